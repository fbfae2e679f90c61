import Glibc
import Subprocess
import SystemPackage

/// What stopped a test before it could show anything.
struct Trouble: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A directory of one test, short enough for the path of a Unix socket (108 bytes with its zero).
func makeTemporaryDirectory() throws -> FilePath {
    var template = Array("/tmp/nullius-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
    }
    guard made else { throw Errno(rawValue: errno) }
    return FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
}

func makeDirectory(_ path: FilePath) throws {
    guard mkdir(path.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
}

func remove(_ path: FilePath) async throws {
    _ = try await Subprocess.run(.name("rm"), arguments: ["-rf", path.string], output: .discarded)
}

func read(_ path: FilePath) throws -> String {
    let file = try FileDescriptor.open(path, .readOnly)
    return try file.closeAfter {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}

/// Writes a file in one step, as an editor or a deployment tool does.
func replace(_ path: FilePath, with text: String) throws {
    let fresh = FilePath(path.string + ".new")
    let file = try FileDescriptor.open(
        fresh,
        .writeOnly,
        options: [.create, .truncate],
        permissions: .ownerReadWrite
    )
    try file.closeAfter { _ = try file.writeAll(text.utf8) }
    guard rename(fresh.string, path.string) == 0 else { throw Errno(rawValue: errno) }
}

/// The names in a directory, sorted; without `.` and `..`.
func list(_ path: FilePath) throws -> [String] {
    guard let directory = opendir(path.string) else { throw Errno(rawValue: errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Asks until there is an answer; a test waits for facts, never for a while.
@discardableResult
func eventually<Value: Sendable>(
    _ what: String,
    within limit: Duration = .seconds(30),
    _ ask: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
        if let answer = try await ask() { return answer }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw Trouble("waited \(limit) in vain for \(what)")
}
