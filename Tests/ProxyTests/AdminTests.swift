import JSONText
import NIOPosix
import NetworkTypes
import Proxy
import Telemetry
import Testing

@Suite("The admin server")
struct AdminTests {
    private func with(_ body: (SocketEndpoint, Shared<Bool>) async throws -> Void) async throws {
        let isReady = Shared(false)
        let registry = MetricRegistry()
        registry.counter("nullius_test_total", "Something to count.").increment()
        let server = try await AdminServer.start(
            group: MultiThreadedEventLoopGroup.singleton,
            telling: AdminState(
                isReady: { isReady.value },
                metrics: registry,
                configuration: { ["identity": "spiffe://cluster.local/ns/shop/sa/web"] }
            )
        )
        try await body(server.endpoint, isReady)
        await server.close()
    }

    private func get(_ endpoint: SocketEndpoint, _ path: String) async throws -> String {
        try await Tool.shell("curl -s -w '%{http_code}' http://\(endpoint)\(path)").output
    }

    @Test func `it lives at once and is ready when it says so`() async throws {
        try await with { endpoint, isReady in
            let live = try await get(endpoint, "/live")
            let before = try await get(endpoint, "/ready")
            isReady.update { $0 = true }
            let after = try await get(endpoint, "/ready")
            #expect(live == "live\n200")
            #expect(before == "not ready\n503")
            #expect(after == "ready\n200")
        }
    }

    @Test func `it shows metrics and the configuration`() async throws {
        try await with { endpoint, _ in
            let metrics = try await get(endpoint, "/metrics")
            let configuration = try await get(endpoint, "/config")
            #expect(metrics.contains("nullius_test_total 1"))
            #expect(configuration.contains("\"identity\": \"spiffe://cluster.local/ns/shop/sa/web\""))
        }
    }

    @Test func `what it does not know is a 404, and it takes no orders`() async throws {
        try await with { endpoint, _ in
            let unknown = try await get(endpoint, "/secret")
            let order = try await Tool.shell("curl -s -w '%{http_code}' -X POST http://\(endpoint)/live")
            let rubbish = try await RawClient.exchange(endpoint, "rubbish\r\n\r\n")
            #expect(unknown.hasSuffix("404"))
            #expect(order.output.hasSuffix("405"))
            #expect(rubbish.hasPrefix("HTTP/1.1 400"))
        }
    }
}
