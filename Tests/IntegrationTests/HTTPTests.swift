import JSONText
import SystemPackage
import Testing

extension Integration {
    @Suite("HTTP, asked by curl")
    struct HTTPTests {
        @Test func `an allowed request reaches the program, with both identities in its record`() async throws
        {
            try await Mesh.with { mesh in
                _ = try await mesh.runOrders()
                let orders = try await mesh.runCaller("web", of: "orders.shop:8080")

                let answer = try await curl("http://\(orders)/orders/1")
                #expect(answer.status == 200)
                #expect(answer.body.contains("Micrographia"))

                let record = try await mesh.record(answer.decision)
                #expect(record["verdict"]?.string == "allow")
                #expect(
                    record["destination"]?["identity"]?.string == "spiffe://cluster.local/ns/shop/sa/orders"
                )
                #expect(record["source"]?["identity"]?.string == "spiffe://cluster.local/ns/shop/sa/web")
                #expect(record["rule"]?.string == "shop/orders/web-reads")
            }
        }

        @Test func `a denied request says which decision it was, and explain names the nearest rule`()
            async throws
        {
            try await Mesh.with { mesh in
                _ = try await mesh.runOrders()
                let orders = try await mesh.runCaller("web", of: "orders.shop:8080")

                let answer = try await curl("http://\(orders)/orders/1", "-X", "DELETE")
                #expect(answer.status == 403)
                #expect(answer.body.contains(answer.decision))

                _ = try await mesh.record(answer.decision)
                let explained = try await mesh.nullius("explain", answer.decision)
                #expect(explained.code == 0)
                #expect(explained.output.contains("shop/orders/web-reads"))
            }
        }

        @Test func `a caller in plain text has no identity`() async throws {
            try await Mesh.with { mesh in
                let orders = try await mesh.runOrders()
                let answer = try await curl("http://\(orders.inbound)/orders")
                #expect(answer.status == 403)
                #expect(!answer.body.contains("Micrographia"))
            }
        }

        @Test func `no spelling of a path gets past the rule about it`() async throws {
            try await Mesh.with { mesh in
                _ = try await mesh.runOrders()
                let orders = try await mesh.runCaller("web", of: "orders.shop:8080")
                for path in [
                    "/admin", "//admin", "/%61dmin", "/orders/../admin", "/orders/%2e%2e/admin",
                    "/orders/..%2fadmin",
                    "/orders/..%5cadmin", "/orders/..;/admin", "/orders/1%00/../../admin",
                    "/orders#/../admin",
                ] {
                    let answer = try await curl("http://\(orders)", "--path-as-is", "--request-target", path)
                    #expect([400, 403].contains(answer.status), "\(path) was answered \(answer.status)")
                    #expect(!answer.body.contains("secret"), "\(path) got through")
                }
            }
        }

        @Test func `a large body passes in both directions, chunked and announced`() async throws {
            try await Mesh.with { mesh in
                try await mesh.runPeer("echo.py", as: "orders")
                let orders = try await mesh.runCaller("web", of: "orders.shop:8080")
                let body = mesh.directory.appending("body")
                try replace(body, with: String(repeating: "nullius in verba ", count: 200_000))
                for framing in [["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"], []] {
                    let answer = try await curl(
                        "http://\(orders)/orders",
                        ["--data-binary", "@\(body)"] + framing
                    )
                    #expect(answer.status == 200)
                    #expect(answer.body.utf8.count == 17 * 200_000)
                }
            }
        }
    }
}

/// What curl got.
struct CurlAnswer: Sendable {
    var status: Int
    var decision: String
    var body: String
}

/// One request by curl; throws when curl itself does.
func curl(_ url: String, _ options: String...) async throws -> CurlAnswer {
    try await curl(url, options)
}

func curl(_ url: String, _ options: [String]) async throws -> CurlAnswer {
    // The facts come after the body, on a line of their own.
    let facts = "\n%{http_code} %header{nullius-decision}"
    let outcome = try await run(["curl", "-sS", "--max-time", "30", "-w", facts, url] + options)
    guard outcome.succeeded else { throw Trouble("curl ended with \(outcome.code): \(outcome.errors)") }
    guard let end = outcome.output.lastIndex(of: "\n") else { throw Trouble("curl printed no facts") }
    let words = outcome.output[outcome.output.index(after: end)...].split(separator: " ")
    return CurlAnswer(
        status: words.first.flatMap { Int($0) } ?? 0,
        decision: words.count > 1 ? String(words[1]) : "",
        body: String(outcome.output[..<end])
    )
}
