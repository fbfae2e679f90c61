public import Authorization

/// Why a request or connection was let through or refused, as a label with few values.
///
/// The engine's reasons keep the names that they have in records (``ReasonCode``).
public enum VerdictReason: String, CaseIterable, Sendable {
    // What the engine said.
    case rule
    case probe
    case defaultDeny = "default-deny"
    case defaultAudit = "default-audit"
    case defaultAuthenticated = "default-authenticated"
    case defaultAllow = "default-allow"
    case forbidden
    case unmatched = "no-rule-matched"
    case uncovered = "no-policy"
    case badToken = "bad-token"
    case notReceived = "policy-not-received"
    case unreadablePolicy = "policy-unreadable"
    case unknownPort = "unknown-port"
    case notHTTP = "not-http"

    // What the proxy found before or after it asked the engine.
    case malformed
    case upstreamUnavailable = "upstream-unavailable"
    case wrongServerIdentity = "wrong-server-identity"
    case timeout
    case draining
    case overloaded
    case cancelled

    case other

    public init(_ code: ReasonCode) {
        self = VerdictReason(rawValue: code.name) ?? .other
    }

    public init(_ decision: Decision) {
        self.init(decision.reason)
    }
}
