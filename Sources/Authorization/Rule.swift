/// One compiled rule of one policy.
public struct Rule: Equatable, Sendable {
    public enum Action: String, Sendable {
        case allow = "Allow"
        case deny = "Deny"
    }

    public enum Mode: String, Sendable {
        case enforce = "Enforce"
        /// Judged and recorded, never blocking.
        case audit = "Audit"
    }

    public var id: RuleID
    public var action: Action
    public var mode: Mode
}
