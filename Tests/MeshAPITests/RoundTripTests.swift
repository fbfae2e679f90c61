import Authorization
import Identity
import KubernetesModel
import NetworkTypes
import SwiftProtobuf
import Testing

@testable import MeshAPI

@Suite("What goes over the wire comes back as it was")
struct RoundTripTests {
    @Test("Policies of every shape", arguments: UInt64(1)...200)
    func policies(seed: UInt64) throws {
        var source = ArbitraryPolicies(seed: seed)
        let sent = ControlUpdate(version: seed, resource: .policies(try source.policies()))

        let bytes: [UInt8] = try sent.wire.serializedBytes()
        let received = try ControlUpdate(WireControlMessage(serializedBytes: bytes))

        #expect(received == sent, "seed \(seed)")
    }

    static let updates: [ControlUpdate.Resource] = {
        guard
            let name = try? ServiceAddress(parsing: "orders.shop:8080"),
            let endpoint = try? SocketEndpoint(parsing: "127.0.0.1:40123"),
            let endpoint6 = try? SocketEndpoint(parsing: "[2001:db8::1]:80"),
            let identity = try? SPIFFEID(parsing: "spiffe://cluster.local/ns/shop/sa/orders"),
            let workload = try? WorkloadID(parsing: "orders-1"),
            let partner = try? TrustDomain(parsing: "partner.example")
        else { return [] }
        return [
            .trust(TrustUpdate(roots: [.default: [[1, 2], [3]], partner: [[4]]])),
            .destination(DestinationUpdate(name: name, state: .unreachable(.noSuchPort))),
            .destination(DestinationUpdate(name: name, state: .unreachable(.noSuchService))),
            .destination(DestinationUpdate(name: name, state: .unreachable(.noEndpoints))),
            .destination(
                DestinationUpdate(
                    name: name,
                    state: .reachable(
                        [
                            DestinationUpdate.Endpoint(
                                address: endpoint,
                                identity: identity,
                                workload: workload
                            ),
                            DestinationUpdate.Endpoint(
                                address: endpoint6,
                                identity: identity,
                                workload: workload
                            ),
                        ],
                        serves: .http
                    )
                )
            ),
            .issuerKeys(IssuerKeysUpdate(issuer: "https://id.example", state: .keys(Array("{}".utf8)))),
            .issuerKeys(IssuerKeysUpdate(issuer: "https://id.example", state: .unavailable("refused"))),
        ]
    }()

    @Test("Trust, destinations and keys", arguments: updates)
    func update(_ resource: ControlUpdate.Resource) throws {
        let sent = ControlUpdate(version: 7, resource: resource)
        let received = try ControlUpdate(sent.wire)
        #expect(received == sent)
        #expect(ControlUpdate.key(of: sent.wire) == sent.key)
    }

    static let reports: [ProxyReport] = {
        guard
            let name = try? ServiceAddress(parsing: "orders.shop:8080"),
            let endpoint = try? SocketEndpoint(parsing: "127.0.0.1:40123"),
            let workload = try? WorkloadID(parsing: "orders-1"),
            let port = Port(8080)
        else { return [] }
        return [
            .hello(workload: workload, softwareVersion: "0.1.0"),
            .listening([port: endpoint]),
            .listening([:]),
            .want(name),
            .unwant(name),
            .acknowledged(.policies, version: 1),
            .acknowledged(.trust, version: .max),
            .acknowledged(.destination(name), version: 2),
            .refused(.issuerKeys("https://id.example"), version: 3, reason: "no key"),
        ]
    }()

    @Test("What proxies say", arguments: reports)
    func report(_ sent: ProxyReport) throws {
        let received = try ProxyReport(sent.wire)
        #expect(received == sent)
    }

    @Test func `the tables above are not empty`() {
        #expect(Self.updates.count == 7)
        #expect(Self.reports.count == 9)
    }
}
