import CertificateAuthority
import Crypto
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import Identity
import MeshAPI
import NIOCore
import NIOSSL
import NetworkTypes
import Synchronization
import Testing

@testable import ControlPlane

/// What a proxy proves itself with.
struct Credentials: Sendable {
    var key: SVIDKey
    var svid: X509SVID
    var bundles: TrustBundles

    /// Has a fresh key signed, on the workload's socket.
    static func issued(to registration: WireRegisterResponse) async throws -> Credentials {
        let id = try SPIFFEID(parsing: registration.spiffeID)
        let key = SVIDKey()
        var request = WireIssueRequest()
        request.csrDer = Data(try CertificateRequest.make(for: id, key: key))
        let response = try await Harness.client(registration.agentSocket) { [request] client in
            try await WireAgent.Client(wrapping: client).issue(request)
        }
        let trust = try TrustUpdate(response.bundles)
        return Credentials(
            key: key,
            svid: try X509SVID(der: response.chainDer.map { [UInt8]($0) }),
            bundles: try TrustBundles(trust.roots.map { try TrustBundle(trustDomain: $0.key, der: $0.value) })
        )
    }

    /// Signed by an authority of the same name that nobody knows.
    static func foreign(_ id: SPIFFEID, trusting bundles: TrustBundles) throws -> Credentials {
        var random = SystemRandomNumberGenerator()
        let authority = try SigningAuthority.makeRoot(trustDomain: id.trustDomain, at: Date(), using: &random)
        let key = SVIDKey()
        let svid = try Issuer(authority).issue(
            for: id,
            request: CertificateRequest(der: CertificateRequest.make(for: id, key: key)),
            at: Date(),
            using: &random
        )
        return Credentials(key: key, svid: svid, bundles: bundles)
    }

    func transport(
        to address: SocketEndpoint,
        configure: (inout TLSConfiguration) -> Void = { _ in }
    ) throws -> HTTP2ClientTransport.Posix {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        tls.certificateChain = try svid.chain.der.map {
            .certificate(try NIOSSLCertificate(bytes: $0, format: .der))
        }
        tls.privateKey = .privateKey(
            try key.reveal { try NIOSSLPrivateKey(bytes: Array($0.derRepresentation), format: .der) }
        )
        tls.applicationProtocols = ["h2"]
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .certificates([])
        configure(&tls)
        let context = try NIOSSLContext(configuration: tls)
        let bundles = bundles
        var config = HTTP2ClientTransport.Posix.Config.defaults
        config.channelDebuggingCallbacks.onCreateTCPConnection = { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = try NIOSSLClientHandler(
                    context: context,
                    serverHostname: nil,
                    customVerificationCallback: { certificates, promise in
                        let chain = certificates.compactMap { try? $0.toDERBytes() }
                        let peer = try? SVIDVerifier.verify(
                            chain: chain,
                            against: bundles,
                            as: .server,
                            at: Date()
                        )
                        let isRight = peer?.spiffeID.path == "/ns/nullius-system/sa/control-plane"
                        promise.succeed(isRight ? .certificateVerified : .failed)
                    }
                )
                try channel.pipeline.syncOperations.addHandler(handler, position: .first)
            }
        }
        return try HTTP2ClientTransport.Posix(
            target: .ipv4(address: address.address.description, port: Int(address.port.number)),
            transportSecurity: .customSecure,
            config: config
        )
    }
}

/// A proxy that does nothing but talk to the control plane.
final class FakeProxy: Sendable {
    /// The newest of each resource, as they came.
    let latest = Watch<[ResourceKey: ControlUpdate]>([:])
    private let acknowledges: Bool
    private let outgoing: AsyncStream<ProxyReport>
    private let send: AsyncStream<ProxyReport>.Continuation

    private init(acknowledges: Bool) {
        self.acknowledges = acknowledges
        (outgoing, send) = AsyncStream.makeStream()
    }

    func say(_ report: ProxyReport) {
        send.yield(report)
    }

    /// Waits for an update of a resource that is as it should be.
    func update(
        of key: ResourceKey,
        where isRight: (ControlUpdate) -> Bool = { _ in true }
    ) async throws -> ControlUpdate {
        var number: UInt64 = 0
        while let change = await latest.next(after: number) {
            number = change.number
            if let update = change.value[key], isRight(update) { return update }
        }
        throw CancellationError()
    }

    func policies(where isRight: (WorkloadPolicies) -> Bool = { _ in true }) async throws -> WorkloadPolicies
    {
        let update = try await update(of: .policies) { update in
            if case .policies(let policies) = update.resource { isRight(policies) } else { false }
        }
        guard case .policies(let policies) = update.resource else { throw CancellationError() }
        return policies
    }

    /// Runs a test beside a proxy's stream; throws what ended the stream if that was first.
    static func run<Result: Sendable>(
        _ workload: String,
        with credentials: Credentials,
        at mesh: String,
        acknowledges: Bool = true,
        _ body: @Sendable @escaping (FakeProxy) async throws -> Result
    ) async throws -> Result {
        let proxy = FakeProxy(acknowledges: acknowledges)
        proxy.say(.hello(workload: try WorkloadID(parsing: workload), softwareVersion: "test"))
        let transport = try credentials.transport(to: SocketEndpoint(parsing: mesh))
        return try await withGRPCClient(transport: transport) { client in
            try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask {
                    try await proxy.follow(client)
                    return nil
                }
                group.addTask { try await body(proxy) }
                defer { group.cancelAll() }
                while let result = try await group.next() {
                    if let result { return result }
                    throw RPCError(code: .unknown, message: "the stream ended")
                }
                throw CancellationError()
            }
        }
    }

    private func follow(_ client: GRPCClient<HTTP2ClientTransport.Posix>) async throws {
        var options = CallOptions.defaults
        options.waitForReady = false
        let outgoing = outgoing
        try await WireMesh.Client(wrapping: client).subscribe(
            options: options,
            requestProducer: { writer in
                for await report in outgoing { try await writer.write(report.wire) }
            },
            onResponse: { response in
                for try await message in response.messages {
                    let update = try ControlUpdate(message)
                    self.latest.update { $0[update.key] = update }
                    if self.acknowledges { self.say(.acknowledged(update.key, version: update.version)) }
                }
            }
        )
    }
}
