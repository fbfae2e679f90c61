extension AccessEvaluator {
    /// Everybody who may, each with the first grant that says so, bindings of the cluster first.
    ///
    /// Members of `system:masters` may as well, whoever they are: no object lists them.
    public func whoCan(_ request: RequestAttributes) -> [Grant] {
        var seen: Set<Subject> = []
        var grants: [Grant] = []
        for binding in bindings where Self.isInScope(binding, of: request) {
            guard let rules = rules(of: binding),
                let grant = Self.grant(of: request, by: rules, through: binding)
            else { continue }
            for subject in binding.subjects where seen.insert(subject).inserted {
                grants.append(grant(subject))
            }
        }
        return grants
    }

    /// Those who may in some namespaces though not in all: what ``whoCan(_:)`` says for each namespace that has a binding.
    public func whoCanSomewhere(_ request: ResourceAttributes) -> [Grant] {
        var grants: [Grant] = []
        for namespace in Set(bindings.map(\.namespace)).sorted() where !namespace.isEmpty {
            var wanted = request
            wanted.namespace = namespace
            grants += whoCan(.resource(wanted)).filter { !$0.binding.isClusterBinding }
        }
        return grants
    }

    /// The bindings whose role does not exist: they grant nothing, and would grant whatever a role of that name says.
    public var dangling: [RoleBinding] {
        bindings.filter { rules(of: $0) == nil }
    }
}
