import Crypto
public import FoundationEssentials
public import Identity
public import Secrets
import SwiftASN1
public import X509

/// Why a certificate and a key do not make an authority of a trust domain.
public enum SigningAuthorityError: Error, Equatable, Sendable {
    case format(CertificateFormatError)
    case bundle(TrustBundleError)
    case keyMalformed
    case keyPEM(PEMError)
    case noKey
    case severalKeys(Int)
    case unsupportedKey
    /// The key is not that of the first certificate.
    case keyDoesNotMatch
    /// The first certificate may not sign leaves, or does not lead to the last one; why.
    case chain(SVIDViolation)
    case lifetimeOutOfRange
    /// Signing failed inside the cryptographic library.
    case signing
}

/// A key that signs leaves of one trust domain, and the certificates that make verifiers believe it.
///
/// Either a root of our own, or an authority that was brought along: an intermediate signed by a corporate
/// root, for instance.
public struct SigningAuthority: Sendable {
    public let trustDomain: TrustDomain
    /// The signer first, the root last; one certificate when the signer is the root.
    public let chain: CertificateChain
    /// What verifiers must hold: the root alone.
    public let bundle: TrustBundle
    let key: Secret<Certificate.PrivateKey>
    let signer: CertificateFacts

    public var root: Certificate { bundle.roots[0] }

    /// Goes into the chain of each leaf, so that verifiers find their way: all but the root.
    public var intermediates: [Certificate] { chain.certificates.dropLast() }

    /// The day it is over: nothing it signs may be valid for longer.
    public var notAfter: Date {
        chain.certificates.map(\.notValidAfter).min() ?? .distantPast
    }

    /// Accepts certificates and a key that belong together.
    ///
    /// The chain's validity in time is judged by `now`; an authority that has expired signs nothing.
    public init(
        trustDomain: TrustDomain,
        chain: CertificateChain,
        key: Secret<Certificate.PrivateKey>,
        at now: Date
    ) throws(SigningAuthorityError) {
        let publicKey = key.reveal { $0.publicKey }
        guard KeyStrength.accepts(publicKey) else { throw .unsupportedKey }
        guard publicKey == chain.leaf.publicKey else { throw .keyDoesNotMatch }
        do {
            bundle = try TrustBundle(trustDomain: trustDomain, der: chain.der.suffix(1))
        } catch {
            throw .bundle(error)
        }
        do throws(SVIDViolation) {
            signer = try Self.checkedSigner(of: chain, bundle: bundle, at: now)
        } catch {
            throw .chain(error)
        }
        self.trustDomain = trustDomain
        self.chain = chain
        self.key = key
    }

    /// Puts one together again that was accepted before and may have expired since.
    ///
    /// A retired one must come back to be dropped in order; what it would sign is refused by the ``Issuer``.
    public init(
        restoring chain: CertificateChain,
        key: Secret<Certificate.PrivateKey>,
        trustDomain: TrustDomain
    ) throws(SigningAuthorityError) {
        let start = chain.certificates.map(\.notValidBefore).max() ?? .distantPast
        try self.init(trustDomain: trustDomain, chain: chain, key: key, at: start)
    }

    /// Hands the key to the code that stores it.
    public func revealKey<Result, Failure: Error>(
        to body: (Certificate.PrivateKey) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.reveal(to: body)
    }

    /// Holds the signer to what a verifier will ask of an issuer, for both roles, before it signs anything.
    private static func checkedSigner(
        of chain: CertificateChain,
        bundle: TrustBundle,
        at now: Date
    ) throws(SVIDViolation) -> CertificateFacts {
        var facts: [CertificateFacts] = []
        for (index, certificate) in chain.certificates.enumerated() {
            let isRoot = index == chain.certificates.count - 1
            facts.append(try CertificateFacts(certificate, at: isRoot ? .root : .intermediate(index)))
        }
        let signer = facts[0]
        try signer.checkBasics(at: now)
        guard signer.isAuthority else { throw .issuerIsNoAuthority(signer.position) }
        guard signer.keyUsage?.keyCertSign == true else {
            throw .issuerMayNotSignCertificates(signer.position)
        }
        for role in [PeerRole.client, .server] {
            if let usages = signer.extendedUsages, !signer.allows(role), !usages.contains(.any) {
                throw .issuerOfWrongRole(signer.position, role)
            }
            guard facts.count > 1 else { continue }
            var builder = PathBuilder(
                trustDomain: bundle.trustDomain,
                intermediates: Array(facts.dropFirst().dropLast()),
                role: role,
                now: now
            )
            _ = try builder.path(from: signer, to: bundle.facts)
        }
        return signer
    }
}
