import Glibc

/// A directory of a test's own, gone when the test lets go of it.
public struct TemporaryDirectory: ~Copyable, Sendable {
    public let path: String

    public init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/nullius-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure(operation: "mkdtemp", errno: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        Self.remove(path)
    }

    /// Removes what is there, depth first; a link is removed, never followed.
    private static func remove(_ path: String) {
        guard unlink(path) != 0, let stream = opendir(path) else { return }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { remove("\(path)/\(name)") }
        }
        closedir(stream)
        rmdir(path)
    }
}

/// A system call that failed.
public struct SystemFailure: Error, CustomStringConvertible {
    public let operation: String
    public let errno: Int32

    public init(operation: String, errno: Int32) {
        self.operation = operation
        self.errno = errno
    }

    public var description: String { "\(operation): \(String(cString: strerror(errno)))" }
}

/// Reads a whole file.
public func readFile(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw SystemFailure(operation: "open \(path)", errno: errno) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        guard count > 0 else { return bytes }
        bytes += chunk[..<count]
    }
}

/// Writes a whole file, replacing what is there.
public func writeFile(_ bytes: some Collection<UInt8>, to path: String) throws {
    guard let file = fopen(path, "w") else { throw SystemFailure(operation: "open \(path)", errno: errno) }
    let content = Array(bytes)
    let written = fwrite(content, 1, content.count, file)
    guard fclose(file) == 0, written == content.count else {
        throw SystemFailure(operation: "write \(path)", errno: errno)
    }
}
