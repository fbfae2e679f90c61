import Authorization
import CertificateAuthority
import GRPCCore
import Identity
import KubernetesModel
import MeshAPI
import NetworkTypes
import SwiftProtobuf
import TestSupport
import Testing

@testable import ControlPlane

@Suite("What the control plane tells proxies", .timeLimit(.minutes(1)))
struct MeshStreamTests {
    @Test func `a proxy gets trust and its policies, and destinations when it wants them`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            try mesh.write(Harness.policy(allowing: "web"), to: "policy.yaml")
            let orders = try await mesh.register("orders")
            let web = try await mesh.register("web")
            #expect(orders.workloadName == "orders")
            #expect(orders.spiffeID == "spiffe://cluster.local/ns/shop/sa/orders")
            let name = try ServiceAddress(parsing: "orders.shop:80")
            let listener = try SocketEndpoint(parsing: "127.0.0.1:40123")
            let port = try #require(Port(8080))

            try await FakeProxy.run(
                orders.workloadID,
                with: try await .issued(to: orders),
                at: orders.meshAddress
            ) { proxy in
                _ = try await proxy.update(of: .trust)
                let policies = try await proxy.policies {
                    if case .selected? = $0.ports.first?.coverage { true } else { false }
                }
                #expect(policies.ports.map(\.port) == [port])

                try await FakeProxy.run(
                    web.workloadID,
                    with: try await .issued(to: web),
                    at: web.meshAddress
                ) { caller in
                    caller.say(.want(name))
                    let before = try await caller.update(of: .destination(name))
                    #expect(
                        before.resource
                            == .destination(DestinationUpdate(name: name, state: .unreachable(.noEndpoints)))
                    )

                    proxy.say(.listening([port: listener]))
                    let after = try await caller.update(of: .destination(name)) {
                        $0.version > before.version
                    }
                    let endpoint = DestinationUpdate.Endpoint(
                        address: listener,
                        identity: try SPIFFEID(parsing: orders.spiffeID),
                        workload: try WorkloadID(parsing: orders.workloadID)
                    )
                    #expect(
                        after.resource
                            == .destination(
                                DestinationUpdate(name: name, state: .reachable([endpoint], serves: .http))
                            )
                    )
                }
            }
        }
    }

    @Test func `a change on disk reaches the proxy, and a mistake takes nothing away`() async throws {
        let directory = try TemporaryDirectory()
        let files = ["shop.yaml": Harness.shop, "policy.yaml": Harness.policy(allowing: "web")]
        try await Harness.run(manifests: files, in: directory.path) { mesh in
            let orders = try await mesh.register("orders")
            try await FakeProxy.run(
                orders.workloadID,
                with: try await .issued(to: orders),
                at: orders.meshAddress
            ) { proxy in
                let first = try await proxy.policies()

                try mesh.write("apiVersion: nullius.dev/v1alpha1\nkind: [", to: "policy.yaml")
                let broken = try await Harness.eventually(mesh.status) {
                    $0.problems.contains { $0.severity == .error }
                }
                #expect(
                    broken.problems.contains { $0.earlierVersionInForce && $0.file.hasSuffix("policy.yaml") }
                )
                #expect(broken.objects["AccessPolicy"] == 1)

                try mesh.write(Harness.policy(allowing: "other"), to: "policy.yaml")
                let second = try await proxy.policies { $0 != first }
                #expect(second.revision > first.revision)
                let other = try WorkloadIdentity(
                    trustDomain: .default,
                    namespace: "shop",
                    serviceAccount: "other"
                )
                #expect(second.ports.first?.firstRule?.peers == [.serviceAccount(other)])

                let status = try await Harness.eventually(mesh.status) {
                    $0.workloads.allSatisfy { $0.policyAcknowledged == $0.policySent && $0.connected }
                }
                #expect(status.workloads.map(\.policySent) == [second.revision.number])
                #expect(status.problems.allSatisfy { $0.severity != .error })
            }
        }
    }

    @Test func `a refusal shows in the status, with its reason`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            let orders = try await mesh.register("orders")
            try await FakeProxy.run(
                orders.workloadID,
                with: try await .issued(to: orders),
                at: orders.meshAddress,
                acknowledges: false
            ) { proxy in
                let update = try await proxy.update(of: .policies)
                proxy.say(.refused(.policies, version: update.version, reason: "no room"))
                let status = try await Harness.eventually(mesh.status) { !$0.workloads[0].refusal.isEmpty }
                #expect(status.workloads[0].refusal == "policies, version \(update.version): no room")
                #expect(status.workloads[0].policyAcknowledged == 0)
            }
        }
    }

    @Test func `a certificate of another workload, or of an unknown authority, opens no stream`() async throws
    {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            let orders = try await mesh.register("orders")
            let web = try await mesh.register("web")
            let own = try await Credentials.issued(to: web)

            let mismatch = await #expect(throws: RPCError.self) {
                try await FakeProxy.run(orders.workloadID, with: own, at: orders.meshAddress) { proxy in
                    _ = try await proxy.update(of: .trust)
                }
            }
            #expect(mismatch?.code == .permissionDenied)

            let foreign = try Credentials.foreign(SPIFFEID(parsing: orders.spiffeID), trusting: own.bundles)
            let refused = await #expect(throws: RPCError.self) {
                try await FakeProxy.run(orders.workloadID, with: foreign, at: orders.meshAddress) { proxy in
                    _ = try await proxy.update(of: .trust)
                }
            }
            #expect(refused?.code == .unavailable)
        }
    }

    @Test func `a stream ends with the certificate that opened it`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path, configure: { $0.leafLifetime = .seconds(4) }) { mesh in
            let orders = try await mesh.register("orders")
            let error = await #expect(throws: RPCError.self) {
                try await FakeProxy.run(
                    orders.workloadID,
                    with: try await .issued(to: orders),
                    at: orders.meshAddress
                ) { proxy in
                    _ = try await proxy.policies { _ in false }
                }
            }
            #expect(error?.code == .unauthenticated)
        }
    }

    @Test func `a stream that does not begin with a hello, or says nonsense, is ended`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            let orders = try await mesh.register("orders")
            let credentials = try await Credentials.issued(to: orders)
            for message in [WireProxyMessage(), .with { $0.want.destination = "orders.shop:80" }] {
                let error = await #expect(throws: RPCError.self) {
                    try await withGRPCClient(
                        transport: try credentials.transport(to: SocketEndpoint(parsing: orders.meshAddress))
                    ) { client in
                        try await WireMesh.Client(wrapping: client).subscribe(
                            requestProducer: { try await $0.write(message) },
                            onResponse: { for try await _ in $0.messages {} }
                        )
                    }
                }
                #expect(error?.code == .invalidArgument)
            }
        }
    }
}

extension PortPolicy {
    fileprivate var firstRule: Rule? {
        guard case .selected(let policies) = coverage else { return nil }
        return policies.first?.rules.first
    }
}
