/// Why a verdict is what it is, as a stable name in kebab case.
///
/// A bounded set: used as a metric label and in records; documented in `docs/records.md`.
public struct ReasonCode: Hashable, Sendable {
    public let name: String

    private init(_ name: String) {
        self.name = name
    }

    public static let rule = ReasonCode("rule")
    public static let probe = ReasonCode("probe")
    public static let defaultDeny = ReasonCode("default-deny")
    public static let defaultAudit = ReasonCode("default-audit")
    public static let defaultAuthenticated = ReasonCode("default-authenticated")
    public static let defaultAllow = ReasonCode("default-allow")
    public static let forbidden = ReasonCode("forbidden")
    public static let unmatched = ReasonCode("no-rule-matched")
    public static let uncovered = ReasonCode("no-policy")
    public static let badToken = ReasonCode("bad-token")
    public static let notReceived = ReasonCode("policy-not-received")
    public static let unreadablePolicy = ReasonCode("policy-unreadable")
    public static let unknownPort = ReasonCode("unknown-port")
    public static let notHTTP = ReasonCode("not-http")

    static func relaxed(_ fallback: DefaultInbound) -> ReasonCode {
        switch fallback {
        case .deny: .defaultDeny
        case .audit: .defaultAudit
        case .authenticated: .defaultAuthenticated
        case .allow: .defaultAllow
        }
    }
}

extension ReasonCode: CustomStringConvertible {
    public var description: String { name }
}

extension Decision {
    public var isAllowed: Bool {
        switch self {
        case .allow: true
        case .deny: false
        }
    }

    public var reason: ReasonCode {
        switch self {
        case .allow(let permit): permit.ground.reason
        case .deny(let denial): denial.reason
        }
    }

    /// The rule that decided, if one did.
    public var rule: RuleID? {
        switch self {
        case .allow(let permit):
            guard case .rule(let id) = permit.ground else { return nil }
            return id
        case .deny(let denial):
            guard case .forbidden(let id) = denial else { return nil }
            return id
        }
    }
}

extension Permit.Ground {
    public var reason: ReasonCode {
        switch self {
        case .rule: .rule
        case .probe: .probe
        case .fallback(let fallback): .relaxed(fallback)
        }
    }
}

extension Denial {
    public var reason: ReasonCode {
        switch self {
        case .forbidden: .forbidden
        case .unmatched: .unmatched
        case .uncovered: .uncovered
        case .badToken: .badToken
        case .undecidable(.notReceived): .notReceived
        case .undecidable(.unreadablePolicy): .unreadablePolicy
        case .undecidable(.unknownPort): .unknownPort
        case .notHTTP: .notHTTP
        }
    }

    /// The HTTP status of the answer: 401 for a token that cannot be trusted, else 403.
    public var status: UInt16 {
        switch self {
        case .badToken: 401
        case .undecidable, .forbidden, .unmatched, .uncovered, .notHTTP: 403
        }
    }
}
