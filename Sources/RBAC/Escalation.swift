/// Who may hand out rights: nobody more than they have (Kubernetes' privilege escalation prevention).
extension AccessEvaluator {
    /// What stands against a change of a role or of a binding.
    public enum EscalationError: Error, Hashable, Sendable {
        /// The asker lacks these rules, each one verb on one thing, and may not `escalate` or `bind` either.
        case lacks([PolicyRule])
        /// The role does not exist, so it is not known what would be granted.
        case unknownRole(RoleReference)
        /// The rules multiply into more single rights than is reasonable, or into more than are compared with so
        /// many rules as the asker holds.
        case tooManyRights(limit: Int)
    }

    /// How many single rights a role may stand for and still be compared.
    static let rightsLimit = 100_000

    /// Whether the asker may write such a role.
    public func mayWrite(_ role: Role, by user: UserInfo) throws(EscalationError) {
        let escalate = ResourceAttributes(
            verb: "escalate",
            group: "rbac.authorization.k8s.io",
            resource: role.isClusterRole ? "clusterroles" : "roles",
            namespace: role.namespace,
            name: role.name
        )
        guard !decide(.resource(escalate), by: user).isGranted else { return }
        try mayGrant(role.rules, in: role.namespace, by: user)
    }

    /// Whether the asker may write such a binding.
    public func mayWrite(_ binding: RoleBinding, by user: UserInfo) throws(EscalationError) {
        let bind = ResourceAttributes(
            verb: "bind",
            group: "rbac.authorization.k8s.io",
            resource: binding.role.kind == .clusterRole ? "clusterroles" : "roles",
            namespace: binding.namespace,
            name: binding.role.name
        )
        guard !decide(.resource(bind), by: user).isGranted else { return }
        guard let granted = rules(of: binding)?.map(\.rule) else { throw .unknownRole(binding.role) }
        try mayGrant(granted, in: binding.namespace, by: user)
    }

    private func mayGrant(
        _ rules: [PolicyRule],
        in namespace: String,
        by user: UserInfo
    ) throws(EscalationError) {
        guard !user.groups.contains(exactly: Self.superusers) else { return }
        var held = HeldRights(self.rules(of: user, in: namespace))
        var lacking: [PolicyRule] = []
        var compared = 0
        for rule in rules {
            // What is held as it stands needs no taking apart.
            if try held.cover(rule) { continue }
            guard let count = rule.rightsCount, count <= Self.rightsLimit - compared else {
                throw .tooManyRights(limit: Self.rightsLimit)
            }
            compared += count
            for right in rule.rights() {
                guard try !held.cover(right) else { continue }
                lacking.append(right)
            }
        }
        guard lacking.isEmpty else { throw .lacks(lacking) }
    }
}

extension PolicyRule {
    /// How many single rights the rule stands for; `nil` when the number is beyond reason.
    var rightsCount: Int? {
        var product = max(verbs.count, 1)
        for count in [groups.count, resources.count, max(resourceNames.count, 1)] {
            let (next, overflow) = product.multipliedReportingOverflow(by: count)
            guard !overflow else { return nil }
            product = next
        }
        let (ofPaths, overflow) = verbs.count.multipliedReportingOverflow(by: paths.count)
        let (sum, overflowOfSum) = product.addingReportingOverflow(ofPaths)
        return overflow || overflowOfSum ? nil : sum
    }

    /// The rule taken apart: one verb on one resource (and object) each, one verb on one path each.
    func rights() -> [PolicyRule] {
        var result: [PolicyRule] = []
        for verb in verbs {
            for group in groups {
                for resource in resources {
                    let whole = PolicyRule(verbs: [verb], groups: [group], resources: [resource])
                    guard !resourceNames.isEmpty else {
                        result.append(whole)
                        continue
                    }
                    for name in resourceNames {
                        var right = whole
                        right.resourceNames = [name]
                        result.append(right)
                    }
                }
            }
            result += paths.map { PolicyRule(verbs: [verb], paths: [$0]) }
        }
        return result
    }
}

extension PolicyRule: CustomStringConvertible {
    /// As Kubernetes prints a right that is lacking: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`.
    public var description: String {
        func list(_ words: [String]) -> String {
            "[" + words.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
        }
        var parts: [String] = []
        if !paths.isEmpty { parts.append("NonResourceURLs:\(list(paths))") }
        if !groups.isEmpty { parts.append("APIGroups:\(list(groups))") }
        if !resources.isEmpty { parts.append("Resources:\(list(resources))") }
        if !resourceNames.isEmpty { parts.append("ResourceNames:\(list(resourceNames))") }
        parts.append("Verbs:\(list(verbs))")
        return "{\(parts.joined(separator: ", "))}"
    }
}
