import JSONText
import SystemPackage
import Testing

extension Integration {
    @Suite("Metrics, scraped by Debian's prometheus")
    struct PrometheusTests {
        @Test func `prometheus scrapes a sidecar and finds requests by verdict`() async throws {
            try await Mesh.with { mesh in
                let orders = try await mesh.runOrders()
                let caller = try await mesh.runCaller("web", of: "orders.shop:8080")
                _ = try await curl("http://\(caller)/orders")
                _ = try await curl("http://\(caller)/admin")

                let address = try await startPrometheus(scraping: orders.admin, in: mesh)
                let up = try await query("up", at: address) { $0 == ["1"] }
                #expect(up == ["1"])
                let allowed = try await query(
                    "sum(nullius_proxy_requests_total{direction=\"inbound\",verdict=\"allow\"})",
                    at: address
                ) { $0 == ["1"] }
                #expect(allowed == ["1"])
                let denied = try await query(
                    "sum(nullius_proxy_requests_total{direction=\"inbound\",verdict=\"deny\"})",
                    at: address
                ) { $0 == ["1"] }
                #expect(denied == ["1"])
                let scraped = try await query("scrape_samples_scraped", at: address) { !$0.isEmpty }
                #expect((scraped.first.flatMap { Int($0) } ?? 0) > 20)
            }
        }

        @Test func `promtool finds nothing to complain about`() async throws {
            try await Mesh.with { mesh in
                let orders = try await mesh.runOrders()
                let caller = try await mesh.runCaller("web", of: "orders.shop:8080")
                _ = try await curl("http://\(caller)/orders")
                let page = try await curl("http://\(orders.admin)/metrics")
                #expect(page.body.contains("nullius_proxy_requests_total{"))
                let outcome = try await run(["promtool", "check", "metrics"], input: page.body + "\n")
                #expect(outcome.succeeded, "\(outcome.output)\(outcome.errors)")
            }
        }

        private func startPrometheus(scraping target: String, in mesh: Mesh) async throws -> String {
            let file = mesh.directory.appending("prometheus.yml")
            let configuration = """
                global: { scrape_interval: 1s, scrape_timeout: 1s }
                scrape_configs:
                - job_name: sidecars
                  static_configs: [ { targets: ["\(target)"] } ]

                """
            try replace(file, with: configuration)
            let address = "127.0.0.1:\(try Loopback.freePort())"
            _ = try await mesh.start(
                "prometheus",
                [
                    "prometheus", "--config.file=\(file)",
                    "--storage.tsdb.path=\(mesh.directory.appending("tsdb"))",
                    "--web.listen-address=\(address)",
                ]
            )
            return address
        }

        /// The values of an instant query, asked until they are as hoped, or for a while.
        private func query(
            _ expression: String,
            at address: String,
            until isEnough: ([String]) -> Bool
        ) async throws -> [String] {
            var values: [String] = []
            _ = try? await eventually("prometheus to answer \(expression)", within: .seconds(20)) {
                () -> Bool? in
                let outcome = try await run(
                    [
                        "curl", "-sS", "--get", "--data-urlencode", "query=\(expression)",
                        "http://\(address)/api/v1/query",
                    ]
                )
                guard outcome.succeeded, let answer = try? JSONValue(parsing: outcome.output) else {
                    return nil
                }
                values = answer["data"]?["result"]?.array?.compactMap { $0["value"]?[1]?.string } ?? []
                return isEnough(values) ? true : nil
            }
            return values
        }
    }
}
