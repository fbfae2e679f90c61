import CertificateAuthority
import Crypto
import FoundationEssentials
import Identity
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// The control plane's own certificate, renewed as it ages, and the TLS that the mesh API is served with.
///
/// TLS 1.3 only, the hybrid X25519MLKEM768 preferred, both sides with a certificate. A connection takes the newest
/// certificate when it is accepted; so renewal needs no restart.
final class MeshIdentity: Sendable {
    private let authority: AuthorityKeeper
    private let spiffeID: SPIFFEID
    private let logger: Logger
    private let current: Mutex<NIOSSLContext>
    private let renewal: Mutex<RenewalMachine>

    init(_ spiffeID: SPIFFEID, authority: AuthorityKeeper, logger: Logger) async throws {
        self.authority = authority
        self.spiffeID = spiffeID
        self.logger = logger
        let (context, end) = try await Self.renew(spiffeID, authority)
        current = Mutex(context)
        var machine = RenewalMachine()
        _ = machine.renew()
        _ = machine.issued(until: end, at: Date(), random: .random(in: 0..<1))
        renewal = Mutex(machine)
    }

    /// Renews until cancelled.
    func run() async {
        var effect: RenewalMachine.Effect? = renewal.withLock { $0.timerFired(at: Date()) }
        while let next = effect, !Task.isCancelled {
            switch next {
            case .wake(let due):
                let wait = max(0, due.timeIntervalSince(Date()))
                guard (try? await Task.sleep(for: .seconds(wait))) != nil else { return }
                effect = renewal.withLock { $0.timerFired(at: Date()) }
            case .request:
                do {
                    let (context, end) = try await Self.renew(spiffeID, authority)
                    current.withLock { $0 = context }
                    effect = renewal.withLock {
                        $0.issued(until: end, at: Date(), random: .random(in: 0..<1))
                    }
                } catch {
                    logger.error(
                        "the control plane's certificate was not renewed",
                        metadata: ["error": "\(error)"]
                    )
                    effect = renewal.withLock { $0.failed(at: Date(), random: .random(in: 0..<1)) }
                }
            }
        }
    }

    /// TLS for an accepted connection.
    func handler() -> NIOSSLServerHandler {
        let trust = authority.trust
        let logger = logger
        return NIOSSLServerHandler(
            context: current.withLock { $0 },
            customVerificationCallbackWithMetadata: { certificates, promise in
                do {
                    let chain = try certificates.map { try $0.toDERBytes() }
                    _ = try SVIDVerifier.verify(
                        chain: chain,
                        against: trust.value.bundles,
                        as: .client,
                        at: Date()
                    )
                    promise.succeed(
                        .certificateVerified(
                            VerificationMetadata(
                                ValidatedCertificateChain(certificates.prefix(1).map(\.self))
                            )
                        )
                    )
                } catch {
                    logger.notice("a peer of the mesh API was refused", metadata: ["reason": "\(error)"])
                    promise.succeed(.failed)
                }
            }
        )
    }

    private static func renew(
        _ id: SPIFFEID,
        _ authority: AuthorityKeeper
    ) async throws -> (NIOSSLContext, Date) {
        let (svid, key) = try await authority.issueWithKey(for: id)
        let chain = try svid.chain.der.map {
            NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: $0, format: .der))
        }
        let privateKey = try key.reveal { secret in
            try NIOSSLPrivateKey(bytes: Array(secret.derRepresentation), format: .der)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain,
            privateKey: .privateKey(privateKey)
        )
        configuration.minimumTLSVersion = .tlsv13
        configuration.maximumTLSVersion = .tlsv13
        configuration.curves = [.x25519_MLKEM768, .x25519, .secp256r1]
        configuration.applicationProtocols = ["h2"]
        // Only says that a certificate is asked for and must come: our own verifier takes the place of NIOSSL's.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        return (try NIOSSLContext(configuration: configuration), svid.notAfter)
    }
}
