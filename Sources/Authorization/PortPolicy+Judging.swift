import CanonicalHTTP
import Identity
import NetworkTypes

extension PortPolicy {
    /// Decides one request.
    ///
    /// Pure and total: linear in the rules of the port, without a lock, a clock or a wait.
    public func judge(_ request: AccessRequest) -> Judgement {
        decide(request) { _, _, _ in }
    }

    /// Decides one request as ``judge(_:)`` does, and keeps what was considered.
    public func explain(_ request: AccessRequest) -> Explanation {
        var considered: [Explanation.Considered] = []
        let judgement = decide(request) { rule, mode, answer in
            considered.append(
                Explanation.Considered(
                    rule: rule,
                    mode: mode,
                    misses: answer.misses,
                    operation: answer.operation
                )
            )
        }
        return Explanation(policy: self, request: request, judgement: judgement, considered: considered)
    }

    /// Whether bytes that are not HTTP are refused: a rule in force looks into requests, or the port is declared so.
    public var requiresHTTP: Bool {
        serves == .http
            || policies.contains { $0.mode == .enforce && $0.rules.contains(where: \.requiresHTTP) }
    }

    /// Whether any rule, of any mode, asks for a token, so that tokens are worth verifying.
    public var requiresToken: Bool {
        policies.contains { $0.rules.contains { $0.token != nil } }
    }

    private var policies: [CompiledPolicy] {
        guard case .selected(let policies) = coverage else { return [] }
        return policies
    }

    private func decide(
        _ request: AccessRequest,
        noting: (Rule, Rule.Mode, Rule.Answer) -> Void
    ) -> Judgement {
        if case .unknown(let failure) = coverage {
            return Judgement(
                enforced: .deny(.undecidable(failure)),
                wouldBe: .deny(.undecidable(failure)),
                route: nil
            )
        }
        var enforced = Tally()
        var all = Tally()
        for policy in policies {
            all.select()
            if policy.mode == .enforce { enforced.select() }
            for rule in policy.rules {
                let answer = rule.answer(request)
                noting(rule, policy.mode, answer)
                all.count(rule, answer)
                if policy.mode == .enforce { enforced.count(rule, answer) }
            }
        }
        return Judgement(
            enforced: verdict(request, by: enforced, isWouldBe: false),
            wouldBe: verdict(request, by: all, isWouldBe: true),
            route: enforced.route
        )
    }

    /// The order of reasons; the order of rules has no say.
    private func verdict(_ request: AccessRequest, by tally: Tally, isWouldBe: Bool) -> Decision {
        if case .connection = request.operation, serves == .http || tally.asksForHTTP {
            return .deny(.notHTTP)
        }
        if case .unverifiable(let problem) = request.token, tally.asksForToken {
            return .deny(.badToken(problem))
        }
        if let denying = tally.denying { return .deny(.forbidden(by: denying)) }
        if isProbe(request) { return .allow(Permit(ground: .probe, revision: revision)) }
        if let allowing = tally.allowing {
            return .allow(Permit(ground: .rule(allowing), revision: revision))
        }
        guard !tally.isSelected else { return .deny(.unmatched(considered: tally.considered)) }

        let relaxed = Decision.allow(Permit(ground: .fallback(fallback), revision: revision))
        switch fallback {
        case .deny: return .deny(.uncovered)
        case .audit: return isWouldBe ? .deny(.uncovered) : relaxed
        case .authenticated: return request.caller.identity == nil ? .deny(.uncovered) : relaxed
        case .allow: return relaxed
        }
    }

    /// The kubelet proves no identity, reads only, and asks exactly what the workload declared.
    private func isProbe(_ request: AccessRequest) -> Bool {
        guard case .http(let asked) = request.operation, request.caller.identity == nil else { return false }
        guard asked.method == "GET" || asked.method == "HEAD" else { return false }
        return probes.contains { probe in
            probe.path.utf8.elementsEqual(asked.path.utf8)
                && probe.sources.contains { $0.contains(request.caller.address) }
        }
    }
}

/// What the rules of one view, enforced or all, said together.
private struct Tally {
    private(set) var isSelected = false
    private(set) var considered = 0
    private(set) var asksForHTTP = false
    private(set) var asksForToken = false
    /// The first by name of those that matched, so that the answer does not depend on the order of rules.
    private(set) var denying: RuleID?
    private(set) var allowing: RuleID?
    private var denyingRoute: String?
    private var allowingRoute: String?

    /// The entry of `to` that decided, as the policy writes it.
    var route: String? { denying == nil ? allowingRoute : denyingRoute }

    mutating func select() {
        isSelected = true
    }

    mutating func count(_ rule: Rule, _ answer: Rule.Answer) {
        considered += 1
        asksForHTTP = asksForHTTP || rule.requiresHTTP
        asksForToken = asksForToken || rule.token != nil
        guard answer.misses.isEmpty else { return }
        let route = answer.operation.map { rule.operations[$0].route }
        switch rule.action {
        case .deny where denying.map({ rule.id < $0 }) ?? true:
            denying = rule.id
            denyingRoute = route
        case .allow where allowing.map({ rule.id < $0 }) ?? true:
            allowing = rule.id
            allowingRoute = route
        case .deny, .allow:
            break
        }
    }
}
