import FoundationEssentials
import Glibc
import JSONText
import Logging
import NIOPosix
import Synchronization
import SystemPackage
import TestSupport

@testable import APIServer

/// Runs a program on a thread that may wait: the server needs those of Swift's own pool.
func offPool(_ arguments: [String]) async throws -> Completed {
    try await NIOThreadPool.singleton.runIfActive { try run(arguments) }
}

/// A server of a test's own, on a port that was free, and curl to ask it.
struct APIHarness: Sendable {
    let url: String
    let directory: String
    static var python: String { getenv("NULLIUS_TEST_PYTHON").map { String(cString: $0) } ?? "python3" }
    var data: String { directory + "/data" }

    /// What came back.
    struct Answer {
        var code: Int
        var headers: String
        var body: String

        var json: JSONValue? { try? JSONValue(parsing: Array(body.utf8)) }
    }

    /// Serves while the body runs, then shuts down.
    static func run<Result: Sendable>(
        _ configure: (inout EmbeddedAPIConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (APIHarness) async throws -> Result
    ) async throws -> Result {
        let temporary = try TemporaryDirectory()
        let path = temporary.path
        var configuration = EmbeddedAPIConfiguration(directory: FilePath(path + "/data"))
        configuration.limits.shutdown = .milliseconds(200)
        configure(&configuration)
        let (started, start) = AsyncStream<EmbeddedAPIStarted>.makeStream()
        let api = EmbeddedAPI(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        {
            start.yield($0)
        }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await api.run()
                return nil
            }
            group.addTask {
                for await serving in started {
                    let harness = APIHarness(url: serving.url, directory: path)
                    try harness.unpack(serving.kubeconfig)
                    return try await body(harness)
                }
                return nil
            }
            defer {
                group.cancelAll()
                _ = temporary.path
            }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw SystemFailure(operation: "start", errno: 0)
        }
    }

    /// Puts the parts of the kubeconfig where curl can find them.
    private func unpack(_ kubeconfig: String) throws {
        for (key, name) in [
            ("certificate-authority-data", "ca.pem"), ("client-certificate-data", "client.pem"),
            ("client-key-data", "client.key"),
        ] {
            let line = kubeconfig.split(separator: "\n").first { $0.contains("\(key): ") } ?? ""
            let text = line.split(separator: " ").last.map(String.init) ?? ""
            try writeFile(Array(Data(base64Encoded: text) ?? Data()), to: "\(directory)/\(name)")
        }
    }

    /// Asks as an administrator.
    func admin(_ arguments: String...) async throws -> Answer {
        try await curl(
            [
                "--cacert", "\(directory)/ca.pem", "--cert", "\(directory)/client.pem", "--key",
                "\(directory)/client.key",
            ]
                + arguments
        )
    }

    /// Asks without a credential.
    func anonymous(_ arguments: String...) async throws -> Answer {
        try await curl(["--cacert", "\(directory)/ca.pem"] + arguments)
    }

    /// The last argument is the path.
    func curl(_ arguments: [String]) async throws -> Answer {
        var arguments = arguments
        let path = arguments.removeLast()
        let done = try await offPool(
            ["curl", "-s", "-i", "--path-as-is", "--max-time", "30"] + arguments + [url + path]
        )
        let text = done.outputText.replacing("\r\n", with: "\n")
        let parts = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let code = parts[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? -Int(done.status)
        return Answer(code: code, headers: String(parts[0]), body: parts.count > 1 ? String(parts[1]) : "")
    }

    var auditLines: [JSONValue] {
        let bytes = (try? readFile(data + "/audit/audit.log")) ?? []
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? JSONValue(parsing: $0) }
    }
}
