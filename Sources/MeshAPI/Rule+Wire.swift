internal import Authorization

extension CompiledPolicy {
    init(_ wire: WireCompiledPolicy) throws(WireError) {
        let id = PolicyID(
            namespace: try WireCheck.text(wire.namespace, "policy.namespace", limit: WireLimits.name),
            name: try WireCheck.text(wire.name, "policy.name", limit: WireLimits.name)
        )
        let rules = try WireCheck.count(wire.rules, "rules", limit: WireLimits.rulesPerPort)
        self.init(
            id: id,
            mode: try Rule.Mode(wire.mode),
            rules: try rules.converted { rule throws(WireError) in try Rule(rule, of: id) }
        )
    }

    var wire: WireCompiledPolicy {
        var wire = WireCompiledPolicy()
        wire.namespace = id.namespace
        wire.name = id.name
        wire.mode = mode.wire
        wire.rules = rules.map(\.wire)
        return wire
    }
}

extension Rule {
    /// Reads a rule; its full name begins with that of the policy it stands in.
    init(_ wire: WireRule, of policy: PolicyID) throws(WireError) {
        let peers = try WireCheck.count(wire.peers, "rule.peers", limit: WireLimits.listInRule)
        let operations = try WireCheck.count(wire.operations, "rule.operations", limit: WireLimits.listInRule)
        self.init(
            id: RuleID(
                namespace: policy.namespace,
                policy: policy.name,
                rule: try WireCheck.text(wire.name, "rule.name", limit: WireLimits.name)
            ),
            action: try Action(wire.action),
            peers: try peers.converted { peer throws(WireError) in try Peer(peer) },
            operations: try operations.converted { operation throws(WireError) in
                try OperationMatch(operation)
            },
            token: wire.hasToken ? try TokenCondition(wire.token) : nil,
            unresolved: wire.hasUnresolved ? WireCheck.cut(wire.unresolved, to: WireLimits.reason) : nil
        )
    }

    var wire: WireRule {
        var wire = WireRule()
        wire.name = id.rule
        wire.action = action.wire
        wire.peers = peers.map(\.wire)
        wire.operations = operations.map(\.wire)
        if let token { wire.token = token.wire }
        if let unresolved { wire.unresolved = unresolved }
        return wire
    }
}

extension Rule.Action {
    fileprivate init(_ wire: WireRule.Action) throws(WireError) {
        switch wire {
        case .allow: self = .allow
        case .deny: self = .deny
        case .unspecified, .UNRECOGNIZED: throw .unknownCase("rule.action", number: wire.rawValue)
        }
    }

    fileprivate var wire: WireRule.Action {
        switch self {
        case .allow: .allow
        case .deny: .deny
        }
    }
}

extension Rule.Mode {
    fileprivate init(_ wire: WireCompiledPolicy.Mode) throws(WireError) {
        switch wire {
        case .enforce: self = .enforce
        case .audit: self = .audit
        case .unspecified, .UNRECOGNIZED: throw .unknownCase("policy.mode", number: wire.rawValue)
        }
    }

    fileprivate var wire: WireCompiledPolicy.Mode {
        switch self {
        case .enforce: .enforce
        case .audit: .audit
        }
    }
}
