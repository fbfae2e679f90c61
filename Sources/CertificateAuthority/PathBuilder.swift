import FoundationEssentials
import Identity
import X509

/// Looks for a path from a leaf to one of the given roots.
///
/// Depth first over the certificates sent, each used at most once, so that loops end; roots are tried before
/// intermediates, and those whose key identifier fits before others. Of the signatures checked in all there are
/// at most ``maximumSignatureChecks``: the search cannot be made to cost more.
///
/// Synchronous on purpose: it runs inside a TLS handshake, on an event loop.
struct PathBuilder {
    static let maximumSignatureChecks = 32

    var trustDomain: TrustDomain
    let intermediates: [CertificateFacts]
    let role: PeerRole
    let now: Date
    /// Over all searches of this builder.
    private var signatureChecks = 0
    /// The most telling reason met so far, for when no path is found.
    private var nearest: SVIDViolation = .noPathToRoot
    private var nearestWeight = 0

    init(trustDomain: TrustDomain, intermediates: [CertificateFacts], role: PeerRole, now: Date) {
        self.trustDomain = trustDomain
        self.intermediates = intermediates
        self.role = role
        self.now = now
    }

    /// The path, from the leaf to the root.
    mutating func path(
        from leaf: CertificateFacts,
        to roots: [CertificateFacts]
    ) throws(SVIDViolation) -> [CertificateFacts] {
        nearest = .noPathToRoot
        nearestWeight = 0
        guard let path = try extend([leaf], to: roots) else { throw nearest }
        return path
    }

    private mutating func extend(
        _ path: [CertificateFacts],
        to roots: [CertificateFacts]
    ) throws(SVIDViolation) -> [CertificateFacts]? {
        guard let child = path.last else { return nil }
        for root in candidates(for: child, among: roots) {
            if try accepts(root, above: path) { return path + [root] }
        }
        let unused = intermediates.filter { candidate in !path.contains { $0.position == candidate.position }
        }
        for intermediate in candidates(for: child, among: unused) {
            guard try accepts(intermediate, above: path) else { continue }
            if let whole = try extend(path + [intermediate], to: roots) { return whole }
        }
        return nil
    }

    private func candidates(
        for child: CertificateFacts,
        among issuers: [CertificateFacts]
    ) -> [CertificateFacts] {
        let named = issuers.filter { $0.certificate.subject == child.certificate.issuer }
        guard let wanted = child.issuerKeyIdentifier else { return named }
        return named.filter { $0.subjectKeyIdentifier == wanted }
            + named.filter { $0.subjectKeyIdentifier != wanted }
    }

    /// Whether the issuer signed the last certificate of the path and was allowed to.
    private mutating func accepts(
        _ issuer: CertificateFacts,
        above path: [CertificateFacts]
    ) throws(SVIDViolation) -> Bool {
        guard let child = path.last?.certificate, let position = path.last?.position else { return false }
        // Before the signature: its cost depends on the key.
        guard KeyStrength.accepts(issuer.certificate.publicKey) else {
            note(.unsupportedKey(issuer.position), weight: 1)
            return false
        }
        guard signatureChecks < Self.maximumSignatureChecks else { throw .tooManyCandidates }
        signatureChecks += 1
        guard issuer.certificate.publicKey.isValidSignature(child.signature, for: child) else {
            note(.signatureInvalid(position), weight: 1)
            return false
        }
        do {
            try checkIssuer(issuer, above: path)
            return true
        } catch {
            note(error, weight: 2)
            return false
        }
    }

    private func checkIssuer(
        _ issuer: CertificateFacts,
        above path: [CertificateFacts]
    ) throws(SVIDViolation) {
        let position = issuer.position
        try issuer.checkBasics(at: now)
        guard issuer.isAuthority else { throw .issuerIsNoAuthority(position) }
        guard issuer.keyUsage?.keyCertSign == true else { throw .issuerMayNotSignCertificates(position) }
        let between = path.dropFirst().count { !$0.isSelfIssued }
        if let maximum = issuer.maximumPathLength, between > maximum { throw .pathTooLong(position) }
        if issuer.extendedUsages != nil, !issuer.allows(role), issuer.extendedUsages?.contains(.any) == false
        {
            throw .issuerOfWrongRole(position, role)
        }
        try checkTrustDomain(of: issuer)
        guard let constraints = issuer.nameConstraints else { return }
        for certificate in path where certificate.position == .leaf || !certificate.isSelfIssued {
            switch NameConstraintCheck.judge(certificate, by: constraints) {
            case .permitted: continue
            case .notPermitted: throw .nameNotPermitted(by: position)
            case .notUnderstood: throw .nameConstraintNotUnderstood(position)
            }
        }
    }

    /// An authority may name its trust domain; then it is bound to it (X509-SVID, section 3.1).
    private func checkTrustDomain(of issuer: CertificateFacts) throws(SVIDViolation) {
        for name in issuer.alternativeNames {
            guard case .uniformResourceIdentifier(let uri) = name, let id = try? SPIFFEID(parsing: uri),
                id.trustDomain != trustDomain
            else { continue }
            throw .issuerOfAnotherTrustDomain(issuer.position, id.trustDomain)
        }
    }

    private mutating func note(_ violation: SVIDViolation, weight: Int) {
        guard weight > nearestWeight else { return }
        nearest = violation
        nearestWeight = weight
    }
}
