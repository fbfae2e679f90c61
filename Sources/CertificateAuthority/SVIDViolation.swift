public import FoundationEssentials
public import Identity

/// Which certificate of a path is meant.
public enum CertificatePosition: Hashable, Sendable {
    case leaf
    /// As the peer sent it; the leaf is 0, so this begins at 1.
    case intermediate(Int)
    /// One of the trust bundle's.
    case root
}

/// The side of a TLS connection that the certificate's owner is on.
public enum PeerRole: Hashable, Sendable {
    case client
    case server
}

/// Which rule a chain of certificates breaks, so that it is not an X509-SVID that we accept.
///
/// One case per rule (X509-SVID, sections 2 to 5; RFC 5280, section 6.1): each is a metric label's worth of
/// reason and can be told to an operator. None carries bytes that the peer chose.
public enum SVIDViolation: Error, Equatable, Sendable {
    // The message.
    case noCertificate
    case tooManyCertificates(Int)
    case certificateTooLarge(bytes: Int)
    case malformedCertificate(CertificatePosition)
    case malformedExtension(CertificatePosition)
    /// An extension that says it must be understood, and is not (RFC 5280, section 4.2).
    case unknownCriticalExtension(CertificatePosition)
    /// Older certificates cannot say whether they are an authority.
    case notVersion3(CertificatePosition)

    // The name.
    case noURIName
    case severalURINames(Int)
    /// Also what holds a NUL byte: the name is judged in its full length.
    case notASPIFFEID(IdentityError)
    /// The name of the trust domain itself, which is for authorities.
    case noPathInSPIFFEID

    // What the leaf may be used for.
    case leafIsAuthority
    case leafMaySignCertificates
    case leafMaySignRevocationLists
    case keyUsageMissing
    case keyUsageNotCritical
    case digitalSignatureMissing
    case extendedUsagesMissing
    /// Extended usages are there, and the one for this side of a connection is not among them.
    case wrongRole(PeerRole)

    // Strength.
    case unsupportedKey(CertificatePosition)
    case unsupportedSignatureAlgorithm(CertificatePosition)

    // Time.
    case expired(CertificatePosition, at: Date)
    case notYetValid(CertificatePosition, from: Date)

    // The path.
    case unknownTrustDomain(TrustDomain)
    /// No issuer of that name among the certificates sent and the domain's roots.
    case noPathToRoot
    /// An issuer of that name is there and did not sign this certificate.
    case signatureInvalid(CertificatePosition)
    /// More candidates than a chain made in good faith offers.
    case tooManyCandidates
    case issuerIsNoAuthority(CertificatePosition)
    case issuerMayNotSignCertificates(CertificatePosition)
    case pathTooLong(CertificatePosition)
    /// An authority that names a trust domain other than the leaf's.
    case issuerOfAnotherTrustDomain(CertificatePosition, TrustDomain)
    /// The chain is good, for the roots of another trust domain: those never vouch for this one.
    case rootOfAnotherTrustDomain(TrustDomain)
    /// An authority is limited to uses that do not include this one.
    case issuerOfWrongRole(CertificatePosition, PeerRole)
    case nameNotPermitted(by: CertificatePosition)
    /// A constraint of a kind that is not evaluated, on names that are there.
    case nameConstraintNotUnderstood(CertificatePosition)
}
