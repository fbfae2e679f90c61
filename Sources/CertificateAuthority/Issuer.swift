import Crypto
public import FoundationEssentials
public import Identity
import Secrets
import SwiftASN1
import X509

/// Why no leaf was signed.
public enum IssueError: Error, Equatable, Sendable {
    /// The request asks for another name than was attested.
    case request(CertificateRequestViolation)
    /// The identity belongs to a trust domain that this authority does not speak for.
    case otherTrustDomain(TrustDomain)
    /// The name of a whole trust domain is no workload's.
    case noPathInSPIFFEID
    case lifetimeOutOfRange
    /// The authority's own certificates are over, or not yet valid.
    case authorityNotValid
    /// The authority may not vouch for this name: a constraint of one that was brought along, say.
    case notVerifiable(SVIDViolation)
    /// Signing failed inside the cryptographic library.
    case signing
}

/// Signs leaves for identities that somebody attested.
///
/// Everything in the certificate comes from the attested identity and from here; the request gives the key and
/// nothing else.
public struct Issuer: Sendable {
    /// One hour: an SVID is renewed at half of that, and there is no revocation to wait for.
    public static let defaultLifetime: Duration = .seconds(3600)
    /// Seconds are for tests of the rotation; more than thirty days is no short-lived certificate.
    public static let lifetimes: ClosedRange<Duration> = .seconds(1) ... .seconds(30 * 86_400)

    public let authority: SigningAuthority

    public init(_ authority: SigningAuthority) {
        self.authority = authority
    }

    /// Signs a leaf.
    ///
    /// - Parameters:
    ///   - id: The attested identity.
    ///   - request: Proves that the caller holds the key.
    ///   - lifetime: From `now`; cut where the authority itself ends.
    ///   - now: Wall time.
    ///   - random: For the serial number.
    /// - Returns: The leaf and the intermediates, without the root.
    /// - Throws: Why nothing was signed.
    public func issue(
        for id: SPIFFEID,
        request: CertificateRequest,
        lifetime: Duration = Issuer.defaultLifetime,
        at now: Date,
        using random: inout some RandomNumberGenerator
    ) throws(IssueError) -> X509SVID {
        do {
            try request.check(against: id)
        } catch {
            throw .request(error)
        }
        guard id.trustDomain == authority.trustDomain else { throw .otherTrustDomain(id.trustDomain) }
        guard !id.path.isEmpty else { throw .noPathInSPIFFEID }
        guard Self.lifetimes.contains(lifetime) else { throw .lifetimeOutOfRange }
        let start = now.flooredToSecond
        let end = min(start + lifetime, authority.notAfter)
        guard end > now, authority.chain.certificates.allSatisfy({ $0.notValidBefore <= now }) else {
            throw .authorityNotValid
        }
        let chain: CertificateChain
        do {
            let leaf = try sign(
                id,
                publicKey: request.publicKey,
                validity: (start - SigningAuthority.backdating)...end,
                serialNumber: .random(using: &random)
            )
            chain = try CertificateChain([leaf] + authority.intermediates)
        } catch {
            throw .signing
        }
        return try proved(chain, at: now)
    }

    /// Nothing leaves that a verifier would refuse.
    private func proved(_ chain: CertificateChain, at now: Date) throws(IssueError) -> X509SVID {
        do throws(SVIDViolation) {
            for role in [PeerRole.client, .server] {
                _ = try SVIDVerifier.verify(chain: chain, against: ownBundle, as: role, at: now)
            }
            return try X509SVID(chain: chain)
        } catch {
            throw .notVerifiable(error)
        }
    }

    private var ownBundle: TrustBundles {
        var bundles = TrustBundles()
        bundles.replace(with: authority.bundle)
        return bundles
    }

    private func sign(
        _ id: SPIFFEID,
        publicKey: Certificate.PublicKey,
        validity: ClosedRange<Date>,
        serialNumber: Certificate.SerialNumber
    ) throws -> Certificate {
        // An authority that was brought along may identify its key as it likes.
        let issuerKeyIdentifier =
            authority.signer.subjectKeyIdentifier
            ?? SubjectKeyIdentifier(hash: authority.signer.certificate.publicKey).keyIdentifier
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([.serverAuth, .clientAuth])
            // Critical because there is no subject beside it (RFC 5280, section 4.2.1.6).
            Critical(SubjectAlternativeNames([.uniformResourceIdentifier(id.description)]))
            SubjectKeyIdentifier(hash: publicKey)
            AuthorityKeyIdentifier(keyIdentifier: issuerKeyIdentifier)
        }
        return try authority.key.reveal { key in
            try Certificate(
                version: .v3,
                serialNumber: serialNumber,
                publicKey: publicKey,
                notValidBefore: validity.lowerBound,
                notValidAfter: validity.upperBound,
                issuer: authority.signer.certificate.subject,
                subject: DistinguishedName(),
                extensions: extensions,
                issuerPrivateKey: key
            )
        }
    }
}
