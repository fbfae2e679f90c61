public import FoundationEssentials
public import Identity
public import X509

/// A peer that proved its name: the only way to get one is ``SVIDVerifier``.
///
/// The proof covers the certificates. That the peer holds the leaf's key is for the TLS handshake to show.
public struct VerifiedPeer: Equatable, Sendable {
    public let spiffeID: SPIFFEID
    /// From the leaf to the trust bundle's root.
    public let path: [Certificate]
    /// When the first certificate of the path expires; what was granted for the proof ends here.
    public let notAfter: Date

    init(spiffeID: SPIFFEID, path: [CertificateFacts]) {
        self.spiffeID = spiffeID
        self.path = path.map(\.certificate)
        notAfter = path.map(\.certificate.notValidAfter).min() ?? .distantPast
    }
}

/// Decides whether a chain of certificates proves a SPIFFE ID.
///
/// X509-SVID, section 5, and RFC 5280, section 6, as far as SVIDs need it: the leaf says which trust domain it
/// belongs to, and only that domain's roots may vouch for it. A pure function of the chain, the bundles and the
/// time; synchronous, so that it can run inside a TLS handshake. Revocation is by expiry.
public enum SVIDVerifier {
    /// Verifies a chain as it came from a TLS peer.
    ///
    /// - Parameters:
    ///   - chain: DER, the leaf first; intermediates in any order, superfluous ones are ignored.
    ///   - bundles: Whose word counts for which trust domain.
    ///   - role: The side of the connection that the peer is on.
    ///   - now: Wall time, since certificates are dated by it.
    /// - Returns: The name, and the path that proves it.
    /// - Throws: The first rule that is broken: those of the leaf, then those of the path.
    public static func verify(
        chain: [[UInt8]],
        against bundles: TrustBundles,
        as role: PeerRole,
        at now: Date
    ) throws(SVIDViolation) -> VerifiedPeer {
        let parsed: CertificateChain
        do {
            parsed = try CertificateChain(der: chain)
        } catch {
            throw SVIDViolation(error)
        }
        return try verify(chain: parsed, against: bundles, as: role, at: now)
    }

    /// Verifies a chain that was parsed already.
    public static func verify(
        chain: CertificateChain,
        against bundles: TrustBundles,
        as role: PeerRole,
        at now: Date
    ) throws(SVIDViolation) -> VerifiedPeer {
        let leaf = try CertificateFacts(chain.leaf, at: .leaf)
        let id = try leaf.checkLeafProfile()
        guard leaf.allows(role) else { throw .wrongRole(role) }
        guard let bundle = bundles[id.trustDomain] else { throw .unknownTrustDomain(id.trustDomain) }
        try leaf.checkBasics(at: now)

        var intermediates: [CertificateFacts] = []
        for (index, certificate) in chain.certificates.enumerated().dropFirst() {
            intermediates.append(try CertificateFacts(certificate, at: .intermediate(index)))
        }
        var builder = PathBuilder(
            trustDomain: id.trustDomain,
            intermediates: intermediates,
            role: role,
            now: now
        )
        do {
            return VerifiedPeer(spiffeID: id, path: try builder.path(from: leaf, to: bundle.facts))
        } catch {
            throw foreignRoot(for: leaf, builder: builder, bundles: bundles, except: id.trustDomain) ?? error
        }
    }

    /// Tells "signed by a partner's authority" from "signed by nobody we know": the first is an attack or a
    /// misconfigured federation, and an operator wants to hear which.
    private static func foreignRoot(
        for leaf: CertificateFacts,
        builder: PathBuilder,
        bundles: TrustBundles,
        except own: TrustDomain
    ) -> SVIDViolation? {
        // One search for all of them: the signatures that were checked already count.
        var search = builder
        for domain in bundles.trustDomains where domain != own {
            search.trustDomain = domain
            guard let bundle = bundles[domain],
                (try? search.path(from: leaf, to: bundle.facts)) != nil
            else { continue }
            return .rootOfAnotherTrustDomain(domain)
        }
        return nil
    }
}

extension SVIDViolation {
    init(_ error: CertificateFormatError) {
        self =
            switch error {
            case .empty: .noCertificate
            case .tooMany(let count): .tooManyCertificates(count)
            case .tooLarge(let bytes): .certificateTooLarge(bytes: bytes)
            case .malformed(let index): .malformedCertificate(.init(index))
            case .unsupportedPublicKey(let index): .unsupportedKey(.init(index))
            case .unsupportedSignatureAlgorithm(let index): .unsupportedSignatureAlgorithm(.init(index))
            // Only PEM text ends here, and chains of peers are DER.
            case .pem: .malformedCertificate(.leaf)
            }
    }
}

extension CertificatePosition {
    fileprivate init(_ index: Int) {
        self = index == 0 ? .leaf : .intermediate(index)
    }
}
