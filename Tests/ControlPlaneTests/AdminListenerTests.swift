import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import ControlPlane

@Suite("The control plane's admin listener", .timeLimit(.minutes(1)))
struct AdminListenerTests {
    private static func ask(_ method: HTTPMethod, _ path: String, _ mesh: Harness) async throws -> (
        UInt, String
    ) {
        let client = KeyFetcher.makeClient()
        do {
            var request = HTTPClientRequest(url: "http://\(mesh.started.admin)\(path)")
            request.method = method
            let response = try await client.execute(request, timeout: .seconds(20))
            let body = try await response.body.collect(upTo: 1 << 20)
            try await client.shutdown()
            return (response.status.code, String(buffer: body))
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    @Test func `it says that it lives, and answers nothing that it does not have`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            for (method, path, status) in [
                (.GET, "/live", 200), (.GET, "/ready", 200), (.GET, "/ready?a=b", 200), (.HEAD, "/live", 200),
                (.GET, "/", 404), (.GET, "/liveness", 404), (.GET, "/../etc/passwd", 404),
                (.POST, "/metrics", 405), (.DELETE, "/live", 405),
            ] as [(HTTPMethod, String, UInt)] {
                let answer = try await Self.ask(method, path, mesh)
                #expect(answer.0 == status, "\(method) \(path)")
            }
        }
    }

    @Test func `metrics are lines of a name and a number, each described`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            _ = try await mesh.register("web")
            let (status, text) = try await Self.ask(.GET, "/metrics", mesh)
            #expect(status == 200)
            #expect(text.hasSuffix("\n"))
            var kinds: Set<Substring> = []
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if line.hasPrefix("# TYPE ") { kinds.insert(words[2]) }
                guard !line.hasPrefix("#") else { continue }
                let name = line.prefix { $0 != "{" && $0 != " " }
                let isDescribed = ["", "_bucket", "_sum", "_count"].contains {
                    name.hasSuffix($0) && kinds.contains(name.dropLast($0.count))
                }
                #expect(isDescribed, "\(line)")
                #expect(words.last.flatMap { Double($0) } != nil, "\(line)")
            }
            #expect(text.contains("nullius_control_plane_workloads_registered 1\n"))
        }
    }
}
