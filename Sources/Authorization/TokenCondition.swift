/// What a rule demands of the token of the person behind a request (`when.jwt`).
public struct TokenCondition: Hashable, Sendable {
    public struct Claim: Hashable, Sendable {
        /// A claim's name; dots lead into nested objects.
        public var name: String
        /// The claim has any of these.
        public var values: [String]

        public init(name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    public var issuer: String
    /// Any of these; empty: every audience.
    public var audiences: [String]
    /// All of these.
    public var claims: [Claim]

    public init(issuer: String, audiences: [String] = [], claims: [Claim] = []) {
        self.issuer = issuer
        self.audiences = audiences
        self.claims = claims
    }

    func misses(_ evidence: TokenEvidence) -> Misses {
        guard case .verified(let token) = evidence else { return .tokenAbsent }
        var misses: Misses = []
        if !Self.same(token.issuer, issuer) { misses.insert(.issuer) }
        if !audiences.isEmpty, !Self.intersect(token.audiences, audiences) { misses.insert(.audience) }
        for claim in claims where !Self.intersect(Self.values(of: claim.name, in: token), claim.values) {
            misses.insert(.claim)
        }
        return misses
    }

    private static func values(of name: String, in token: TokenClaims) -> [String] {
        switch name {
        case "iss": [token.issuer]
        case "sub": token.subject.map { [$0] } ?? []
        case "aud": token.audiences
        default: token.values[name] ?? []
        }
    }

    private static func intersect(_ left: [String], _ right: [String]) -> Bool {
        left.contains { one in right.contains { same(one, $0) } }
    }

    /// Byte for byte: `String`'s own equality would take canonically equivalent texts for one.
    private static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }
}
