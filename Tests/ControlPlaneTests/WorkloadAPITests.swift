import CertificateAuthority
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import Identity
import MeshAPI
import SwiftProtobuf
import TestSupport
import Testing
import TokenVerification

@testable import ControlPlane

@Suite("The SPIFFE Workload API", .timeLimit(.minutes(1)))
struct WorkloadAPITests {
    private static let metadata: Metadata = ["workload.spiffe.io": "true"]

    private typealias Client = SPIFFESpiffeWorkloadAPI.Client<HTTP2ClientTransport.Posix>

    private static func run(
        configure: (inout ControlPlaneConfiguration) -> Void = { _ in },
        _ body: @Sendable @escaping (Client, Harness) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        try await Harness.run(in: directory.path, configure: configure) { mesh in
            let orders = try await mesh.register("orders")
            try await Harness.client(orders.agentSocket) { client in
                try await body(SPIFFESpiffeWorkloadAPI.Client(wrapping: client), mesh)
            }
        }
    }

    @Test(
        "A call without the mandatory metadata is refused",
        arguments: [Metadata(), ["workload.spiffe.io": "yes"]]
    )
    func metadata(_ metadata: Metadata) async throws {
        try await Self.run { api, _ in
            let single = await #expect(throws: RPCError.self) {
                try await api.fetchJWTSVID(.with { $0.audience = ["a"] }, metadata: metadata)
            }
            #expect(single?.code == .invalidArgument)
            let stream = await #expect(throws: RPCError.self) {
                try await api.fetchX509SVID(SPIFFEX509SVIDRequest(), metadata: metadata) { response in
                    for try await _ in response.messages {}
                }
            }
            #expect(stream?.code == .invalidArgument)
        }
    }

    @Test func `an X509-SVID comes with a key that fits, a bundle that vouches, and again after a rotation`()
        async throws
    {
        try await Self.run { api, mesh in
            try await api.fetchX509SVID(SPIFFEX509SVIDRequest(), metadata: Self.metadata) { response in
                var seen: [SPIFFEX509SVID] = []
                for try await message in response.messages {
                    #expect(message.svids.count == 1)
                    seen += message.svids
                    // Nobody has to acknowledge: this is the first control plane, and there are no proxies.
                    if seen.count == 1 {
                        _ = try await mesh.operators { try await $0.caRotate(WireCARotateRequest()) }
                    }
                    if seen.count == 2 { break }
                }
                try #require(seen.count == 2)
                #expect(seen.map(\.spiffeID).allSatisfy { $0 == "spiffe://cluster.local/ns/shop/sa/orders" })
                #expect(seen[0].x509SvidKey != seen[1].x509SvidKey)
                #expect(seen[0].bundle != seen[1].bundle)
                let svid = try X509SVID(der: [[UInt8](seen[0].x509Svid)])
                let bundle = try TrustBundle(trustDomain: .default, der: [[UInt8](seen[0].bundle)])
                let peer = try SVIDVerifier.verify(
                    chain: svid.chain,
                    against: TrustBundles([bundle]),
                    as: .server,
                    at: Date()
                )
                #expect(peer.spiffeID == svid.spiffeID)
            }
        }
    }

    @Test func `an X509-SVID is renewed before it ends`() async throws {
        try await Self.run(configure: { $0.leafLifetime = .seconds(2) }) { api, _ in
            try await api.fetchX509SVID(SPIFFEX509SVIDRequest(), metadata: Self.metadata) { response in
                var ends: [Date] = []
                for try await message in response.messages {
                    let svid = try X509SVID(der: [[UInt8](try #require(message.svids.first).x509Svid)])
                    if let last = ends.last { #expect(Date() < last) }
                    ends.append(svid.notAfter)
                    if ends.count == 3 { break }
                }
                #expect(ends.count == 3)
            }
        }
    }

    @Test func `a JWT-SVID is valid for its audience and for no other`() async throws {
        try await Self.run { api, _ in
            let response = try await api.fetchJWTSVID(
                .with { $0.audience = ["payments"] },
                metadata: Self.metadata
            )
            let token = try #require(response.svids.first).svid
            let valid = try await api.validateJWTSVID(
                .with {
                    $0.audience = "payments"
                    $0.svid = token
                },
                metadata: Self.metadata
            )
            #expect(valid.spiffeID == "spiffe://cluster.local/ns/shop/sa/orders")
            #expect(valid.claims.fields["sub"]?.stringValue == valid.spiffeID)

            for (audience, svid) in [
                ("orders", token), ("payments", token + "x"), ("payments", ""), ("", token),
            ] {
                let error = await #expect(throws: RPCError.self) {
                    try await api.validateJWTSVID(
                        .with {
                            $0.audience = audience
                            $0.svid = svid
                        },
                        metadata: Self.metadata
                    )
                }
                #expect(error?.code == .invalidArgument)
            }
        }
    }

    @Test func `a token without an audience, or for another identity, is not made`() async throws {
        try await Self.run { api, _ in
            let none = await #expect(throws: RPCError.self) {
                try await api.fetchJWTSVID(SPIFFEJWTSVIDRequest(), metadata: Self.metadata)
            }
            #expect(none?.code == .invalidArgument)
            let other = await #expect(throws: RPCError.self) {
                try await api.fetchJWTSVID(
                    .with {
                        $0.audience = ["a"]
                        $0.spiffeID = "spiffe://cluster.local/ns/shop/sa/web"
                    },
                    metadata: Self.metadata
                )
            }
            #expect(other?.code == .permissionDenied)
        }
    }

    @Test func `bundles come under the trust domain's SPIFFE ID, and again after a rotation`() async throws {
        try await Self.run { api, mesh in
            let sizes = try await api.fetchX509Bundles(SPIFFEX509BundlesRequest(), metadata: Self.metadata) {
                response in
                var sizes: [Int] = []
                for try await message in response.messages {
                    sizes.append(try #require(message.bundles["spiffe://cluster.local"]).count)
                    if sizes.count == 1 {
                        _ = try await mesh.operators { try await $0.caRotate(WireCARotateRequest()) }
                    }
                    if sizes.count == 2 { break }
                }
                return sizes
            }
            try #require(sizes.count == 2)
            #expect(sizes[1] > sizes[0])
            let keys = try await api.fetchJWTBundles(SPIFFEJWTBundlesRequest(), metadata: Self.metadata) {
                response in
                for try await message in response.messages {
                    return try KeySet(
                        parsing: [UInt8](try #require(message.bundles["spiffe://cluster.local"])),
                        for: .jwtSVID
                    )
                }
                throw CancellationError()
            }
            #expect(keys.keys.count == 2)
            #expect(keys.skipped.isEmpty)
        }
    }
}
