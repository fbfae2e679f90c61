import JSONText
import SystemPackage
import Testing

extension Integration {
    @Suite("WebSocket")
    struct WebSocketTests {
        @Test func `an upgrade is judged like any request, then carries messages both ways`() async throws {
            try await Mesh.with { mesh in
                try await mesh.runPeer("websocket_server.py", as: "orders")
                let orders = try await mesh.runCaller("web", of: "orders.shop:8080")
                let seen = try await peer("websocket_client.py", orders, "/orders", "/admin")
                #expect(seen["echoed"]?.array?.compactMap(\.bool) == [true, true, true])
                #expect(seen["denied"]?.int == 403)
            }
        }
    }
}
