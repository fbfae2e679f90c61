import AsyncHTTPClient
import Testing

@testable import ControlPlane

@Suite("Fetching an issuer's keys", .timeLimit(.minutes(1)))
struct KeyFetcherTests {
    static func with(
        hosts: Set<String> = ["127.0.0.1"],
        http: Bool = true,
        timeLimit: Duration = .seconds(10),
        _ body: (KeyFetcher) async throws -> Void
    ) async throws {
        let client = KeyFetcher.makeClient()
        let fetcher = KeyFetcher(
            allowedHosts: hosts,
            allowsLoopbackHTTP: http,
            client: client,
            timeLimit: timeLimit
        )
        do {
            try await body(fetcher)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    @Test(
        arguments: [
            ("http://127.0.0.1/keys", false, .notHTTPS),
            ("http://id.example/keys", true, .notHTTPS),
            ("http://169.254.169.254/keys", true, .notHTTPS),
            ("http://127.0.0.1.id.example/keys", true, .notHTTPS),
            ("http://127.0.0.2/keys", true, .hostNotAllowed("127.0.0.2")),
            ("https://other.example/keys", true, .hostNotAllowed("other.example")),
            ("https://other.example/id.example", true, .hostNotAllowed("other.example")),
            ("https://id.example.other.example/", true, .hostNotAllowed("id.example.other.example")),
            ("https://id.example@other.example/", true, .notAURL),
            ("https://id.example:x@other.example/", true, .notAURL),
            ("ftp://id.example/keys", true, .notHTTPS),
            ("file:///etc/passwd", true, .notAURL),
            ("/etc/passwd", true, .notAURL),
            ("", true, .notAURL),
        ] as [(String, Bool, KeyFetchError)]
    )
    func `an address that was not allowed is not asked`(
        url: String,
        http: Bool,
        expected: KeyFetchError
    ) async throws {
        try await Self.with(hosts: ["127.0.0.1", "169.254.169.254", "id.example"], http: http) { fetcher in
            let error = await #expect(throws: KeyFetchError.self) { _ = try await fetcher.fetch(url) }
            #expect(error == expected)
        }
    }

    @Test(arguments: ["https://id.example/keys", "https://ID.Example:8443/keys", "http://127.0.0.1:1/keys"])
    func `an address that was allowed may be asked`(url: String) async throws {
        try await Self.with(hosts: ["127.0.0.1", "id.example"]) { fetcher in
            #expect(throws: Never.self) { try fetcher.check(url) }
        }
    }

    @Test func `what the server answers is what is had`() async throws {
        try await RawServer.run(.ok("{}")) { server, address in
            try await Self.with { fetcher in
                let bytes = try await fetcher.fetch("http://\(address)/keys")
                #expect(bytes == Array("{}".utf8))
            }
            #expect(server.asked == 1)
        }
    }

    @Test func `a redirect is not followed, wherever it leads`() async throws {
        try await RawServer.run(.ok("{}")) { other, elsewhere in
            for host in [elsewhere, elsewhere.replacing("127.0.0.1", with: "localhost")] {
                let head = "HTTP/1.1 302 Found\r\nlocation: http://\(host)/\r\ncontent-length: 0\r\n\r\n"
                try await RawServer.run(.bytes(head)) { _, address in
                    try await Self.with(hosts: ["127.0.0.1", "localhost"]) { fetcher in
                        let error = await #expect(throws: KeyFetchError.self) {
                            _ = try await fetcher.fetch("http://\(address)/keys")
                        }
                        #expect(error == .status(302))
                    }
                }
            }
            #expect(other.asked == 0)
        }
    }

    @Test(
        arguments: [
            "HTTP/1.1 200 OK\r\ncontent-length: 262145\r\n\r\n",
            "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
        ]
    )
    func `an answer that is too large is cut off`(head: String) async throws {
        let body = String(repeating: " ", count: KeyFetcher.sizeLimit + 1)
        try await RawServer.run(.bytes(head + body)) { _, address in
            try await Self.with { fetcher in
                let error = await #expect(throws: KeyFetchError.self) {
                    _ = try await fetcher.fetch("http://\(address)/keys")
                }
                #expect(error == .tooLarge(limit: KeyFetcher.sizeLimit))
            }
        }
    }

    @Test(
        arguments: [
            .silence,
            .trickle("HTTP/1.1 200 OK\r\nx-slow: a"),
            .trickle("HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n"),
        ] as [RawServer.Answer]
    )
    func `a server that takes for ever is not waited for`(answer: RawServer.Answer) async throws {
        try await RawServer.run(answer) { server, address in
            try await Self.with(timeLimit: .milliseconds(500)) { fetcher in
                let error = await #expect(throws: KeyFetchError.self) {
                    _ = try await fetcher.fetch("http://\(address)/keys")
                }
                #expect(error == .timedOut)
            }
            #expect(server.asked == 1)
        }
    }

    @Test func `an error, nonsense and nobody at all are told apart`() async throws {
        try await RawServer.run(.bytes("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")) {
            server,
            address in
            try await Self.with { fetcher in
                let url = "http://\(address)/keys"
                let missing = await #expect(throws: KeyFetchError.self) { _ = try await fetcher.fetch(url) }
                #expect(missing == .status(404))
                server.answer(.bytes("what?\r\n\r\n"))
                let nonsense = await #expect(throws: KeyFetchError.self) { _ = try await fetcher.fetch(url) }
                guard case .unreachable = nonsense else {
                    Issue.record("\(nonsense.debugDescription)")
                    return
                }
            }
        }
    }
}
