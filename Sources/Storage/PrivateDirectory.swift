import Glibc
public import SystemPackage

/// A directory that only its owner can look into, for keys and sockets.
///
/// What others could read or write is refused, not repaired: when the mode is wrong, it is not known who has
/// been there.
public struct PrivateDirectory: Equatable, Sendable {
    public let path: FilePath

    /// Makes the directory (0700), with what is missing above it, or checks the one that is there.
    public init(at path: FilePath) throws(StorageError) {
        self.path = path
        try Self.create(path)
        guard let status = try FileStatus.ofLink(path) else {
            throw .failed(.open, path, .noSuchFileOrDirectory)
        }
        guard status.kind != .symbolicLink else { throw .symbolicLink(path) }
        guard status.kind == .directory else { throw .notADirectory(path) }
        try status.refuseIfOpenToOthers(path)
        try removeLeftovers()
    }

    /// Writes a file that only the owner can read, whole or not at all.
    public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws(StorageError) {
        try AtomicFile.write(file(name), bytes)
    }

    /// Reads a whole file; one that others could read or change is refused.
    ///
    /// - Parameters:
    ///   - name: Without any directory.
    ///   - limit: In bytes; the file is ours, but so is the memory.
    /// - Returns: `nil` when there is no such file.
    /// - Throws: Also for a symbolic link, and what is no regular file.
    public func read(_ name: String, limit: Int = 1 << 20) throws(StorageError) -> [UInt8]? {
        let path = try file(name)
        guard let status = try FileStatus.ofLink(path) else { return nil }
        guard status.kind != .symbolicLink else { throw .symbolicLink(path) }
        let descriptor = try attempt(.open, path) {
            try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
        }
        defer { try? descriptor.close() }
        let opened = try FileStatus.of(descriptor, path: path)
        guard opened.kind == .regular else { throw .notARegularFile(path) }
        try opened.refuseIfOpenToOthers(path)
        guard opened.size <= limit else { throw .tooLarge(path, limit: limit) }
        return try Self.contents(of: descriptor, path: path, limit: limit)
    }

    /// Removes a file, if it is there.
    public func remove(_ name: String) throws(StorageError) {
        let path = try file(name)
        guard try FileStatus.ofLink(path) != nil else { return }
        try attempt(.remove, path) { try check(unlink(path.string)) }
        try AtomicFile.flush(directory: self.path)
    }

    /// The names in the directory, sorted.
    public func names() throws(StorageError) -> [String] {
        guard let stream = opendir(path.string) else { throw .failed(.list, path, Errno(rawValue: errno)) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The path of a file in the directory.
    public func file(_ name: String) throws(StorageError) -> FilePath {
        guard let component = FilePath.Component(name), component.kind == .regular else {
            throw .badName(name)
        }
        return path.appending(component)
    }

    private static func create(_ path: FilePath) throws(StorageError) {
        if mkdir(path.string, 0o700) == 0 { return }
        switch Errno(rawValue: errno) {
        case .fileExists:
            return
        case .noSuchFileOrDirectory where path.removingLastComponent() != path:
            try create(path.removingLastComponent())
            try attempt(.create, path) { try check(mkdir(path.string, 0o700)) }
        case let reason:
            throw .failed(.create, path, reason)
        }
    }

    /// Temporary files of writes that a crash or a power cut ended.
    private func removeLeftovers() throws(StorageError) {
        for name in try names() where AtomicFile.isTemporary(name) { try remove(name) }
    }

    static func contents(
        of file: FileDescriptor,
        path: FilePath,
        limit: Int
    ) throws(StorageError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = try attempt(.read, path) {
                try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else { throw .tooLarge(path, limit: limit) }
            bytes += buffer.prefix(count)
        }
    }
}
