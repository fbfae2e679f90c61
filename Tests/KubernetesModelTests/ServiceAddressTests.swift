import KubernetesModel
import NetworkTypes
import Testing

@Suite("The address of a Service's port")
struct ServiceAddressTests {
    @Test(
        arguments: [
            "orders.shop:8080", "orders.shop.svc:8080",
            "orders.shop.svc.cluster.local:8080",
        ]
    )
    func `every form of a name is one destination`(text: String) throws {
        let address = try ServiceAddress(parsing: text)
        #expect(address.description == "orders.shop:8080")
    }

    @Test(
        arguments: [
            ("orders.shop", ServiceAddressError.noPort("orders.shop")),
            ("orders.shop:0", .noPort("orders.shop:0")),
            ("orders.shop:08", .noPort("orders.shop:08")),
            ("orders:8080", .noNamespace("orders:8080")),
            ("Orders.shop:8080", .badLabel("Orders")),
            ("-a.shop:1", .badLabel("-a")),
            (".shop:1", .badLabel("")),
            ("orders.shop.pod:1", .notAService("orders.shop.pod:1")),
            ("orders.shop.svc.cluster.local.evil:1", .notAService("orders.shop.svc.cluster.local.evil:1")),
        ]
    )
    func `what is no Service's port is refused`(text: String, expected: ServiceAddressError) {
        #expect(throws: expected) { try ServiceAddress(parsing: text) }
    }
}

@Suite("Lengths of time")
struct DurationTextTests {
    @Test(
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("30s", .seconds(30)), ("5m", .seconds(300)),
            ("1h", .seconds(3600)), ("1h30m", .seconds(5400)), ("0s", .zero),
        ]
    )
    func `are read as Kubernetes writes them`(text: String, expected: Duration) throws {
        let parsed = try Duration(parsing: text)
        #expect(parsed == expected)
    }

    @Test(arguments: ["", "5", "s", "-5s", "1.5h", "5 s", "5us", "1d", "9999999999s", "1s1s1s1s1s", "5sm"])
    func `are refused in any other spelling`(text: String) {
        #expect(throws: DurationTextError.self) { try Duration(parsing: text) }
    }
}
