public import Authorization

/// Why a request or connection was let through or refused, as a label with few values.
public enum VerdictReason: String, CaseIterable, Sendable {
    // What the engine said.
    case rule
    case probe
    case fallback
    case forbidden
    case unmatched
    case uncovered
    case badToken = "bad-token"
    case undecidable
    case notHTTP = "not-http"

    // What the proxy found before or after asking the engine.
    case malformed
    case upstreamUnavailable = "upstream-unavailable"
    case wrongServerIdentity = "wrong-server-identity"
    case timeout
    case draining
    case overloaded

    public init(_ decision: Decision) {
        self =
            switch decision {
            case .allow(let permit):
                switch permit.ground {
                case .rule: .rule
                case .probe: .probe
                case .fallback: .fallback
                }
            case .deny(let denial):
                switch denial {
                case .forbidden: .forbidden
                case .unmatched: .unmatched
                case .uncovered: .uncovered
                case .badToken: .badToken
                case .undecidable: .undecidable
                case .notHTTP: .notHTTP
                }
            }
    }
}
