import KubernetesModel

/// Judges requests by a set of roles and bindings, as Kubernetes' RBAC authorizer does.
///
/// An immutable value, compiled once: a lookup costs as many bindings as speak of the asker, not as many as there are.
/// Roles that aggregate others are resolved here, so that it needs no controller to be right.
public struct AccessEvaluator: Sendable {
    /// The rules of a role, each with the role it was aggregated from.
    struct ResolvedRule: Sendable {
        var rule: PolicyRule
        var aggregatedFrom: String?
    }

    /// A key whose equality is that of bytes.
    struct RoleKey: Hashable, Sendable {
        private let namespace: [UInt8]
        private let name: [UInt8]

        init(namespace: String, name: String) {
            self.namespace = Array(namespace.utf8)
            self.name = Array(name.utf8)
        }
    }

    private struct SubjectKey: Hashable {
        private let isGroup: Bool
        private let name: [UInt8]

        static func user(_ name: String) -> Self { Self(isGroup: false, name: Array(name.utf8)) }
        static func group(_ name: String) -> Self { Self(isGroup: true, name: Array(name.utf8)) }

        init(_ subject: Subject) {
            switch subject {
            case .user(let name): self = .user(name)
            case .group(let name): self = .group(name)
            case .serviceAccount(let namespace, let name):
                self = .user("system:serviceaccount:\(namespace):\(name)")
            }
        }

        private init(isGroup: Bool, name: [UInt8]) {
            self.isGroup = isGroup
            self.name = name
        }
    }

    public static let superusers = "system:masters"

    public let bindings: [RoleBinding]
    let rules: [RoleKey: [ResolvedRule]]
    /// Places in `bindings` by whom they speak of, in order.
    private let bySubject: [SubjectKey: [Int]]

    public init(roles: some Collection<Role>, bindings: some Sequence<RoleBinding>) {
        // Bindings of the cluster come first, as Kubernetes looks at them; the rest by name, so that the grant which
        // is named for a request is the same one each time.
        self.bindings = bindings.sorted {
            ($0.isClusterBinding ? 0 : 1, $0.namespace, $0.name) < (
                $1.isClusterBinding ? 0 : 1, $1.namespace, $1.name
            )
        }
        rules = Self.resolve(roles)
        var bySubject: [SubjectKey: [Int]] = [:]
        for (place, binding) in self.bindings.enumerated() {
            for subject in Set(binding.subjects.map(SubjectKey.init)) {
                bySubject[subject, default: []].append(place)
            }
        }
        self.bySubject = bySubject
    }

    /// Whether the asker may, and by which binding and rule.
    public func decide(_ request: RequestAttributes, by user: UserInfo) -> AccessDecision {
        if user.groups.contains(exactly: Self.superusers) { return .superuser }
        var unresolved: [RoleBinding] = []
        for binding in bindings(of: user, for: request) {
            guard let rules = rules(of: binding) else {
                unresolved.append(binding)
                continue
            }
            if let grant = Self.grant(of: request, by: rules, through: binding),
                let subject = binding.subjects.first(where: { $0.isAmong(user) })
            {
                return .granted(grant(subject))
            }
        }
        return unresolved.isEmpty ? .ungranted : .unresolved(unresolved)
    }

    /// Every rule that the asker has in a namespace, or in the whole cluster only when it is empty.
    public func rules(of user: UserInfo, in namespace: String) -> [PolicyRule] {
        bindings(of: user).filter { $0.isClusterBinding || $0.namespace.isExactly(namespace) }
            .flatMap { rules(of: $0) ?? [] }.map(\.rule)
    }

    /// The rules of a role; `nil` when there is no such role.
    public func rules(of role: RoleReference, in namespace: String) -> [PolicyRule]? {
        rules[RoleKey(namespace: role.kind == .role ? namespace : "", name: role.name)]?.map(\.rule)
    }

    /// Whether a binding can grant such a request at all.
    static func isInScope(_ binding: RoleBinding, of request: RequestAttributes) -> Bool {
        switch request {
        case .resource(let wanted):
            binding.isClusterBinding
                || !wanted.namespace.isEmpty && binding.namespace.isExactly(wanted.namespace)
        // What has no namespace cannot be granted within one.
        case .path: binding.isClusterBinding
        }
    }

    func rules(of binding: RoleBinding) -> [ResolvedRule]? {
        let namespace = binding.role.kind == .role ? binding.namespace : ""
        return rules[RoleKey(namespace: namespace, name: binding.role.name)]
    }

    /// The first rule that grants, waiting to be told the subject.
    static func grant(
        of request: RequestAttributes,
        by rules: [ResolvedRule],
        through binding: RoleBinding
    ) -> ((Subject) -> Grant)? {
        guard let index = rules.firstIndex(where: { $0.rule.grants(request) }) else { return nil }
        let found = rules[index]
        return { subject in
            Grant(
                subject: subject,
                binding: binding,
                rule: found.rule,
                index: index,
                aggregatedFrom: found.aggregatedFrom
            )
        }
    }

    private func bindings(of user: UserInfo, for request: RequestAttributes) -> [RoleBinding] {
        bindings(of: user).filter { Self.isInScope($0, of: request) }
    }

    private func bindings(of user: UserInfo) -> [RoleBinding] {
        let keys = Set([SubjectKey.user(user.name)] + user.groups.map(SubjectKey.group))
        let places = Set(keys.flatMap { bySubject[$0] ?? [] })
        return places.sorted().map { bindings[$0] }
    }
}

// MARK: - Aggregation

extension AccessEvaluator {
    /// The rules of each role, with those that aggregate others taken together.
    ///
    /// A ClusterRole's aggregation replaces its own rules, reaches through roles that aggregate in turn, and stops at a
    /// circle.
    private static func resolve(_ roles: some Collection<Role>) -> [RoleKey: [ResolvedRule]] {
        let cluster = roles.filter(\.isClusterRole).sorted { $0.name < $1.name }
        var resolved: [RoleKey: [ResolvedRule]] = [:]
        for role in roles {
            let key = RoleKey(namespace: role.namespace, name: role.name)
            guard role.isClusterRole, role.aggregates != nil else {
                resolved[key] = role.rules.map { ResolvedRule(rule: $0, aggregatedFrom: nil) }
                continue
            }
            resolved[key] = aggregated(by: role, among: cluster)
        }
        return resolved
    }

    private static func aggregated(by role: Role, among roles: [Role]) -> [ResolvedRule] {
        var reached: Set<[UInt8]> = [Array(role.name.utf8)]
        var pending = [role]
        var sources: [Role] = []
        while let next = pending.popLast() {
            for other in roles where next.aggregates?.contains(where: { $0.matches(other.labels) }) ?? false {
                guard reached.insert(Array(other.name.utf8)).inserted else { continue }
                if other.aggregates == nil { sources.append(other) } else { pending.append(other) }
            }
        }
        return sources.sorted { $0.name < $1.name }.flatMap { source in
            source.rules.map { ResolvedRule(rule: $0, aggregatedFrom: source.name) }
        }
    }
}
