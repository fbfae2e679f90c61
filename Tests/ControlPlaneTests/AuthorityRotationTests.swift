import CertificateAuthority
import FoundationEssentials
import GRPCCore
import Identity
import MeshAPI
import NetworkTypes
import TestSupport
import Testing
import X509

@testable import ControlPlane

@Suite("Rotating the authority", .timeLimit(.minutes(1)))
struct AuthorityRotationTests {
    @Test func `the new key signs when the slowest proxy knows it, and not before`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            let fast = try await mesh.register("web")
            let slow = try await mesh.register("orders")
            let before = try await Credentials.issued(to: fast)
            try await FakeProxy.run(fast.workloadID, with: before, at: fast.meshAddress) { quick in
                try await FakeProxy.run(
                    slow.workloadID,
                    with: try await .issued(to: slow),
                    at: slow.meshAddress,
                    acknowledges: false
                ) { lazy in
                    _ = try await lazy.update(of: .trust)
                    let rotation = try await mesh.operators { try await $0.caRotate(WireCARotateRequest()) }
                    let update = try await lazy.update(of: .trust) { $0.version == rotation.trustVersion }
                    _ = try await quick.update(of: .trust) { $0.version == rotation.trustVersion }

                    let waiting = try await Harness.eventually(mesh.authority) {
                        $0.waitingFor == [slow.workloadID]
                    }
                    #expect(waiting.slots.map(\.state) == [.active, .prepared])
                    let meanwhile = try await Credentials.issued(to: fast)
                    #expect(meanwhile.svid.leaf.issuer == before.svid.leaf.issuer)

                    lazy.say(.acknowledged(.trust, version: update.version))
                    let done = try await Harness.eventually(mesh.authority) {
                        $0.slots.map(\.state) == [.active, .retired]
                    }
                    #expect(done.slots.first?.id == rotation.preparedSlot)
                    let after = try await Credentials.issued(to: fast)
                    #expect(after.svid.leaf.issuer != before.svid.leaf.issuer)
                    let peer = try SVIDVerifier.verify(
                        chain: before.svid.chain,
                        against: after.bundles,
                        as: .client,
                        at: Date()
                    )
                    #expect(peer.spiffeID.description == fast.spiffeID)
                }
            }
        }
    }

    @Test func `only one rotation at a time`() async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path) { mesh in
            let orders = try await mesh.register("orders")
            try await FakeProxy.run(
                orders.workloadID,
                with: try await .issued(to: orders),
                at: orders.meshAddress,
                acknowledges: false
            ) { proxy in
                _ = try await proxy.update(of: .trust)
                _ = try await mesh.operators { try await $0.caRotate(WireCARotateRequest()) }
                let error = await #expect(throws: RPCError.self) {
                    try await mesh.operators { try await $0.caRotate(WireCARotateRequest()) }
                }
                #expect(error?.code == .failedPrecondition)
            }
        }
    }

    @Test func `after a restart a rotation waits for the proxies that were there, and for nobody else`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path
        let web = try await Harness.run(in: path) { mesh in
            let web = try await mesh.register("web")
            _ = try await Credentials.issued(to: web)
            return web
        }
        try await Harness.run(in: path) { mesh in
            _ = try await mesh.operators { try await $0.caRotate(WireCARotateRequest()) }
            let waiting = try await mesh.authority()
            #expect(waiting.slots.map(\.state) == [.active, .prepared])
            #expect(waiting.waitingFor == [web.workloadID])
            try await FakeProxy.run(
                web.workloadID,
                with: try await .issued(to: web),
                at: "\(mesh.started.mesh)"
            ) { _ in
                let done = try await Harness.eventually(mesh.authority) { $0.waitingFor.isEmpty }
                #expect(done.slots.map(\.state) == [.active, .retired])
            }
        }
    }
}
