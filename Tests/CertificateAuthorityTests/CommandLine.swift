import FoundationEssentials
import Glibc

/// Runs foreign programs in a directory of the test's own, which is removed with the value.
struct CommandLine: ~Copyable {
    let directory: String

    init() throws {
        var template = Array("/tmp/nullius-certificates-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw Failure(output: "no temporary directory") }
        directory = String(cString: path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    struct Failure: Error {
        var output: String
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: "\(directory)/\(name)"))
    }

    func read(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(directory)/\(name)")))
    }

    /// Runs a line of shell in the directory.
    ///
    /// - Returns: What it printed, on both streams.
    /// - Throws: ``Failure`` when it did not end with 0.
    @discardableResult
    func run(_ line: String) throws -> String {
        var processID: pid_t = 0
        let script = "cd '\(directory)' && { \(line) ; } > .output 2>&1 < /dev/null"
        let words: [String] = ["/bin/sh", "-c", script]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { arguments.forEach { free($0) } }
        guard posix_spawn(&processID, "/bin/sh", nil, nil, arguments, environ) == 0 else {
            throw Failure(output: "no shell")
        }
        var status: CInt = 0
        while waitpid(processID, &status, 0) == -1, errno == EINTR {}
        let output = try read(".output")
        guard status == 0 else { throw Failure(output: output) }
        return output
    }
}
