import CertificateAuthority
import FoundationEssentials
import Identity
import NIOCore
import NIOSSL

/// Verifies the peer of one TLS connection and remembers who it is.
///
/// The name comes from this connection's own handshake or not at all: when a session is resumed, BoringSSL does not
/// ask again, ``peer`` stays `nil`, and the connection is closed. A certificate that was rotated or distrusted can
/// therefore not live on in a ticket.
///
/// Confined to the connection's event loop.
final class PeerVerification {
    private(set) var peer: VerifiedPeer?
    private(set) var refusal: PeerRefusal?

    private let role: PeerRole
    private let bundles: TrustBundles
    private let expected: Set<SPIFFEID>?
    private let now: @Sendable () -> Date

    /// `expected` are the names that will do; `nil` when any proved one will, for the policy to judge.
    init(
        of role: PeerRole,
        bundles: TrustBundles,
        expected: Set<SPIFFEID>?,
        now: @escaping @Sendable () -> Date
    ) {
        self.role = role
        self.bundles = bundles
        self.expected = expected
        self.now = now
    }

    func verify(_ certificates: [NIOSSLCertificate], _ promise: EventLoopPromise<NIOSSLVerificationResult>) {
        do {
            peer = try verified(certificates)
            promise.succeed(.certificateVerified)
        } catch {
            refusal = error
            promise.succeed(.failed)
        }
    }

    private func verified(_ certificates: [NIOSSLCertificate]) throws(PeerRefusal) -> VerifiedPeer {
        guard certificates.count <= CertificateChain.maximumLength else {
            throw .violation(.tooManyCertificates(certificates.count))
        }
        var chain: [[UInt8]] = []
        for certificate in certificates {
            guard let der = try? certificate.toDERBytes() else { throw .unreadable }
            chain.append(der)
        }
        let peer: VerifiedPeer
        do {
            peer = try SVIDVerifier.verify(chain: chain, against: bundles, as: role, at: now())
        } catch {
            throw .violation(error)
        }
        if let expected, !expected.contains(peer.spiffeID) { throw .unexpectedIdentity(peer.spiffeID) }
        return peer
    }
}

/// Why a TLS peer was not accepted.
enum PeerRefusal: Error, Equatable {
    case violation(SVIDViolation)
    case unexpectedIdentity(SPIFFEID)
    case unreadable
}
