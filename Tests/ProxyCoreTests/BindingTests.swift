import JSONText
import NetworkTypes
import ProxyCore
import Testing

@Suite("Bindings and the ready line")
struct BindingTests {
    @Test func `a port alone means the same port on loopback`() throws {
        let binding = try InboundBinding(parsing: "8080")
        #expect(binding.description == "8080=127.0.0.1:8080")
    }

    @Test func `a port can be served elsewhere`() throws {
        let binding = try InboundBinding(parsing: "8080=[::1]:18080")
        #expect(binding.description == "8080=[::1]:18080")
    }

    @Test(arguments: ["", "0", "http", "8080=", "8080=localhost:1", "8080=127.0.0.1", "70000"])
    func `what is no port is refused`(text: String) {
        #expect(throws: BindingError.inbound(text)) { try InboundBinding(parsing: text) }
    }

    @Test func `an upstream is a Service and a local address`() throws {
        let binding = try UpstreamBinding(parsing: "orders.shop.svc:8080=127.0.0.1:9001")
        #expect(binding.description == "orders.shop:8080=127.0.0.1:9001")
    }

    @Test(arguments: [
        "orders.shop:8080", "orders.shop:8080=", "orders.shop:8080=9001", "orders:8080=127.0.0.1:1",
    ])
    func `what is no upstream is refused`(text: String) {
        #expect(throws: BindingError.self) { try UpstreamBinding(parsing: text) }
    }

    @Test func `the ready line survives the way`() throws {
        let report = ReadyReport(
            identity: "spiffe://cluster.local/ns/shop/sa/web",
            admin: try SocketEndpoint(parsing: "127.0.0.1:40001"),
            inbound: [try Port(parsing: "8080"): try SocketEndpoint(parsing: "127.0.0.1:40002")],
            upstream: ["orders.shop:8080": try SocketEndpoint(parsing: "127.0.0.1:9001")]
        )
        let line = report.json.text()
        let read = ReadyReport(parsing: line)
        #expect(read == report)
    }

    @Test(arguments: ["", "ready", "{}", #"{"ready":false}"#, #"{"ready":true,"identity":"x","admin":"y"}"#])
    func `another line is not the ready line`(line: String) {
        let read = ReadyReport(parsing: line)
        #expect(read == nil)
    }
}
