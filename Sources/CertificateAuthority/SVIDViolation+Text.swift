extension SVIDViolation {
    /// A word for metrics and records: one per case, and none chosen by a peer.
    public var code: String {
        switch self {
        case .noCertificate: "no_certificate"
        case .tooManyCertificates: "too_many_certificates"
        case .certificateTooLarge: "certificate_too_large"
        case .malformedCertificate: "malformed_certificate"
        case .malformedExtension: "malformed_extension"
        case .unknownCriticalExtension: "unknown_critical_extension"
        case .notVersion3: "not_version_3"
        case .noURIName: "no_uri_name"
        case .severalURINames: "several_uri_names"
        case .notASPIFFEID: "not_a_spiffe_id"
        case .noPathInSPIFFEID: "no_path_in_spiffe_id"
        case .leafIsAuthority: "leaf_is_authority"
        case .leafMaySignCertificates: "leaf_may_sign_certificates"
        case .leafMaySignRevocationLists: "leaf_may_sign_revocation_lists"
        case .keyUsageMissing: "key_usage_missing"
        case .keyUsageNotCritical: "key_usage_not_critical"
        case .digitalSignatureMissing: "digital_signature_missing"
        case .extendedUsagesMissing: "extended_usages_missing"
        case .wrongRole: "wrong_role"
        case .unsupportedKey: "unsupported_key"
        case .unsupportedSignatureAlgorithm: "unsupported_signature_algorithm"
        case .expired: "expired"
        case .notYetValid: "not_yet_valid"
        case .unknownTrustDomain: "unknown_trust_domain"
        case .noPathToRoot: "no_path_to_root"
        case .signatureInvalid: "signature_invalid"
        case .tooManyCandidates: "too_many_candidates"
        case .issuerIsNoAuthority: "issuer_is_no_authority"
        case .issuerMayNotSignCertificates: "issuer_may_not_sign_certificates"
        case .pathTooLong: "path_too_long"
        case .issuerOfAnotherTrustDomain: "issuer_of_another_trust_domain"
        case .rootOfAnotherTrustDomain: "root_of_another_trust_domain"
        case .issuerOfWrongRole: "issuer_of_wrong_role"
        case .nameNotPermitted: "name_not_permitted"
        case .nameConstraintNotUnderstood: "name_constraint_not_understood"
        }
    }
}

extension SVIDViolation: CustomStringConvertible {
    /// A sentence for logs, without a full stop.
    public var description: String {
        switch self {
        case .noCertificate: "the peer showed no certificate"
        case .tooManyCertificates(let count):
            "the chain has \(count) certificates, more than \(CertificateChain.maximumLength)"
        case .certificateTooLarge(let bytes): "a certificate has \(bytes) bytes"
        case .malformedCertificate(let position): "\(position) cannot be read"
        case .malformedExtension(let position): "an extension of \(position) cannot be read"
        case .unknownCriticalExtension(let position):
            "\(position) has a critical extension that is not understood"
        case .notVersion3(let position): "\(position) is not an X.509 version 3 certificate"
        case .noURIName: "the leaf has no URI name"
        case .severalURINames(let count): "the leaf has \(count) URI names; an SVID has exactly one"
        case .notASPIFFEID(let reason): "the leaf's URI name is not a SPIFFE ID (\(reason))"
        case .noPathInSPIFFEID: "the leaf names a trust domain, not a workload"
        case .leafIsAuthority: "the leaf is a certificate authority"
        case .leafMaySignCertificates: "the leaf may sign certificates"
        case .leafMaySignRevocationLists: "the leaf may sign revocation lists"
        case .keyUsageMissing: "the leaf has no key usage"
        case .keyUsageNotCritical: "the leaf's key usage is not critical"
        case .digitalSignatureMissing: "the leaf's key usage lacks digitalSignature"
        case .extendedUsagesMissing: "the leaf has no extended key usage"
        case .wrongRole(let role): "the leaf is not for a \(role)"
        case .unsupportedKey(let position): "the key of \(position) is of a kind or size that is not accepted"
        case .unsupportedSignatureAlgorithm(let position):
            "\(position) is signed with an algorithm that is not accepted"
        case .expired(let position, _): "\(position) has expired"
        case .notYetValid(let position, _): "\(position) is not valid yet"
        case .unknownTrustDomain(let domain): "there is no trust bundle for \(domain)"
        case .noPathToRoot: "the chain does not lead to a root of its trust domain"
        case .signatureInvalid(let position): "\(position) was not signed by the issuer it names"
        case .tooManyCandidates: "the chain offers too many ways to look for a root"
        case .issuerIsNoAuthority(let position): "\(position) issued a certificate and is no authority"
        case .issuerMayNotSignCertificates(let position):
            "\(position) issued a certificate and lacks key usage keyCertSign"
        case .pathTooLong(let position): "there are more authorities below \(position) than it allows"
        case .issuerOfAnotherTrustDomain(let position, let domain):
            "\(position) is an authority of \(domain)"
        case .rootOfAnotherTrustDomain(let domain):
            "the chain leads to a root of \(domain), which does not vouch for this trust domain"
        case .issuerOfWrongRole(let position, let role):
            "\(position) may not issue certificates for a \(role)"
        case .nameNotPermitted(let position): "the name constraints of \(position) exclude a name below it"
        case .nameConstraintNotUnderstood(let position):
            "\(position) constrains names of a kind that is not understood"
        }
    }
}

extension CertificatePosition: CustomStringConvertible {
    public var description: String {
        switch self {
        case .leaf: "the leaf"
        case .intermediate(let index): "intermediate \(index)"
        case .root: "the root"
        }
    }
}
