/// What is known about the person behind a request (RFC 7519).
public enum TokenEvidence: Equatable, Sendable {
    case absent
    /// A token came and cannot be trusted.
    case unverifiable(TokenProblem)
    case verified(TokenClaims)
}

/// Why a token cannot be trusted.
public enum TokenProblem: String, Error, CaseIterable, Sendable {
    case malformed
    case unsupportedAlgorithm = "unsupported-algorithm"
    case unknownIssuer = "unknown-issuer"
    case unknownKey = "unknown-key"
    case keysUnavailable = "keys-unavailable"
    case badSignature = "bad-signature"
    case expired
    case notYetValid = "not-yet-valid"
    case repeated
}

/// The claims of a token whose signature and times were checked.
public struct TokenClaims: Equatable, Sendable {
    public var issuer: String
    public var subject: String?
    public var audiences: [String]
    /// String-valued claims and arrays of strings, by name; nested objects flattened with dots.
    public var values: [String: [String]]

    public init(issuer: String, subject: String?, audiences: [String], values: [String: [String]]) {
        self.issuer = issuer
        self.subject = subject
        self.audiences = audiences
        self.values = values
    }
}
