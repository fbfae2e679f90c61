import CLinux
public import SystemPackage

/// Why the process behind a Unix socket was not accepted.
public enum LocalRefusal: Error, Equatable, Sendable {
    case credentials(Errno)
    case otherUser(UInt32)
    /// Neither the registered process nor one that it started.
    case otherProcess(Int32)
    /// The process ended while it was looked at, so that its pid proves nothing.
    case gone(Int32)
}

extension LocalRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .credentials(let errno): "the kernel does not say who the caller is: \(errno)"
        case .otherUser(let userID): "the caller is user \(userID)"
        case .otherProcess(let processID):
            "process \(processID) is neither the registered one nor started by it"
        case .gone(let processID): "process \(processID) ended while it was looked at"
        }
    }
}

/// Who may use a Unix socket: a user, and on a workload's socket one process and those it started.
public struct LocalAttestation: Equatable, Sendable {
    public let userID: UInt32
    /// `nil`: every process of the user.
    public let process: ProcessIdentity?

    public init(userID: UInt32, process: ProcessIdentity? = nil) {
        self.userID = userID
        self.process = process
    }

    /// Checks the peer of an accepted connection; root may use every socket, as it could anyway.
    ///
    /// Root is not let past the process: the workload's identity belongs to the workload.
    ///
    /// - Parameter connection: Stays the caller's.
    /// - Returns: The peer's credentials.
    /// - Throws: Why the connection must be closed.
    @discardableResult
    public func check(_ connection: FileDescriptor) throws(LocalRefusal) -> PeerCredentials {
        let peer: PeerCredentials
        do {
            peer = try PeerCredentials.of(connection)
        } catch {
            throw .credentials(error)
        }
        guard peer.userID == userID || peer.userID == 0 else { throw .otherUser(peer.userID) }
        guard let process else { return peer }

        // Held open while /proc is read: as long as it is alive, the pid belongs to the peer. Kernels before
        // 6.5 cannot say; there the start times alone stand between a reused pid and its ancestors.
        let handle = nullius_peer_process(connection.rawValue)
        defer { if handle >= 0 { try? FileDescriptor(rawValue: handle).close() } }
        guard handle >= 0 || Errno(rawValue: -handle) == .protocolNotAvailable else {
            throw .gone(peer.processID)
        }
        guard ProcessAncestry.isDescendant(peer.processID, of: process) else {
            throw .otherProcess(peer.processID)
        }
        if handle >= 0, nullius_process_is_alive(handle) != 0 { throw .gone(peer.processID) }
        return peer
    }
}
