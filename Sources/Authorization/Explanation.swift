/// A judgement with its trace: every rule that was considered and, for each, what it missed by.
public struct Explanation: Equatable, Sendable {
    /// One rule that was looked at.
    public struct Considered: Equatable, Sendable {
        public let rule: Rule
        public let mode: Rule.Mode
        /// Empty when the rule matched.
        public let misses: Misses
        /// The entry of `to` that matched or came nearest, as an index of ``Rule/operations``.
        public let operation: Int?

        public var matched: Bool { misses.isEmpty }
    }

    public let judgement: Judgement
    public let request: AccessRequest
    /// By name, so that two explanations of one question are equal.
    public let considered: [Considered]
    public let fallback: DefaultInbound

    init(policy: PortPolicy, request: AccessRequest, judgement: Judgement, considered: [Considered]) {
        self.judgement = judgement
        self.request = request
        self.considered = considered.sorted { $0.rule.id < $1.rule.id }
        fallback = policy.fallback
    }

    /// The rule that would have allowed and missed by least; `nil` when the request was allowed or no rule allows.
    public var nearestMiss: Considered? {
        guard case .deny(let denial) = judgement.enforced, case .unmatched = denial else { return nil }
        return
            considered
            .filter { $0.rule.action == .allow && $0.mode == .enforce && !$0.matched }
            .min { $0.misses.distance < $1.misses.distance }
    }
}
