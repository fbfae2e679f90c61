import CLinux
public import SystemPackage

/// Who connected a Unix socket, in the kernel's words.
///
/// Taken at `connect(2)`: it tells who opened the connection, also when the descriptor was handed on since.
public struct PeerCredentials: Hashable, Sendable {
    /// Positive: a peer whose process cannot be seen from here has no credentials.
    public let processID: Int32
    public let userID: UInt32
    public let groupID: UInt32

    /// Asks the kernel about a connected Unix socket.
    ///
    /// - Parameter descriptor: Stays the caller's.
    /// - Returns: The credentials.
    /// - Throws: `ENOTSOCK`, `ENOPROTOOPT` and so on for what is not a connected Unix socket; `ESRCH` for a
    ///   peer in a foreign pid namespace.
    public static func of(_ descriptor: FileDescriptor) throws(Errno) -> PeerCredentials {
        var processID: Int32 = 0
        var userID: UInt32 = 0
        var groupID: UInt32 = 0
        let status = nullius_peer_credentials(descriptor.rawValue, &processID, &userID, &groupID)
        guard status == 0 else { throw Errno(rawValue: -status) }
        // An unconnected socket answers with pid 0 and uid -1 instead of an error.
        guard processID > 0 else { throw .noSuchProcess }
        return PeerCredentials(processID: processID, userID: userID, groupID: groupID)
    }
}
