public import Authorization
import JSONText

/// What we have to check an issuer's signatures with.
public enum IssuerKeys: Sendable {
    case keys(KeySet)
    /// The issuer is trusted, and its keys could not be had: its tokens prove nothing now.
    case unavailable
}

/// Verifies the tokens that come with requests.
///
/// An immutable snapshot: made anew when keys change, and used on the request path from any thread, without lock,
/// suspension or allocation that outlives the call (`docs/decisions/0003-synchronous-token-verification.md`).
public struct TokenVerifier: Sendable {
    private let issuers: [String: IssuerKeys]
    private let skewSeconds: Int64

    /// Trusts the issuers, by the exact text of their `iss` claim.
    public init(issuers: [String: IssuerKeys], clockSkew: Duration = .seconds(60)) {
        self.issuers = issuers
        skewSeconds = max(0, clockSkew.components.seconds)
    }

    /// Looks for a bearer token (RFC 6750, section 2.1) in the values of a request's `Authorization` fields.
    ///
    /// More than one value is ambiguous, whatever they hold. Another scheme is the application's own business.
    public func evidence(
        for authorizationHeaderValues: [ArraySlice<UInt8>],
        at unixSeconds: Int64
    ) -> TokenEvidence {
        guard let value = authorizationHeaderValues.first else { return .absent }
        guard authorizationHeaderValues.count == 1 else { return .unverifiable(.repeated) }
        guard let token = Self.bearerToken(in: value) else { return .absent }
        do throws(TokenProblem) {
            return .verified(try verify(token, at: unixSeconds))
        } catch {
            return .unverifiable(error)
        }
    }

    /// Verifies one token in JWS compact form.
    public func verify(_ token: ArraySlice<UInt8>, at unixSeconds: Int64) throws(TokenProblem) -> TokenClaims
    {
        let token = try SignedToken(parsing: token)
        guard let issuer = token.payload["iss"] else { throw .unknownIssuer }
        guard let name = issuer.string else { throw .malformed }
        try token.verify(with: try keys(of: name))
        try TokenTimes(token.payload).check(at: unixSeconds, skew: skewSeconds)
        return try TokenClaims(payload: token.payload)
    }

    private func keys(of name: String) throws(TokenProblem) -> KeySet {
        // Dictionaries compare by Unicode's canonical equivalence; issuers are compared by their bytes.
        guard let index = issuers.index(forKey: name), issuers[index].key.utf8.elementsEqual(name.utf8) else {
            throw .unknownIssuer
        }
        switch issuers[index].value {
        case .keys(let keys): return keys
        case .unavailable: throw .keysUnavailable
        }
    }

    /// What follows `Bearer` and spaces; `nil` when the scheme, which has no case, is another (RFC 9110, section 11.1).
    private static func bearerToken(in value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var trimmed = value.drop(while: isSpace)
        while let last = trimmed.last, isSpace(last) { trimmed = trimmed.dropLast() }
        let scheme = trimmed.prefix { !isSpace($0) }
        // Bit 5 is all that tells the cases of an ASCII letter apart.
        guard scheme.map({ $0 | 0x20 }) == Array("bearer".utf8) else { return nil }
        return trimmed[scheme.endIndex...].drop(while: isSpace)
    }
}
