public import SystemPackage

/// Reads a secret that somebody else put somewhere, such as the key of an authority that is brought along.
public enum SecretFile {
    /// Reads a whole file; one that others could read or change is refused.
    ///
    /// - Parameters:
    ///   - path: May lead over symbolic links, as the files of a mounted Secret do: what they lead to is checked.
    ///   - limit: In bytes.
    /// - Returns: Its content.
    /// - Throws: What is wrong with it, and for a wrong mode what to do.
    public static func read(_ path: FilePath, limit: Int = 1 << 20) throws(StorageError) -> [UInt8] {
        let file = try attempt(.open, path) {
            // Not to wait for a pipe's other end.
            try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
        }
        defer { try? file.close() }
        let status = try FileStatus.of(file, path: path)
        guard status.kind == .regular else { throw .notARegularFile(path) }
        try status.refuseIfOpenToOthers(path)
        guard status.size <= limit else { throw .tooLarge(path, limit: limit) }
        return try PrivateDirectory.contents(of: file, path: path, limit: limit)
    }
}
