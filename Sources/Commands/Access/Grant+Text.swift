import JSONText
import RBAC

extension Grant {
    /// The rule and where it stands, in a line.
    var reason: String {
        let origin = aggregatedFrom.map { " (aggregated from ClusterRole \($0))" } ?? ""
        return "\(binding) → \(binding.role), rule \(index + 1)\(origin): \(rule)"
    }

    var json: JSONValue {
        var members: JSONObject = [
            "subject": subject.json,
            "binding": [
                "kind": .string(binding.isClusterBinding ? "ClusterRoleBinding" : "RoleBinding"),
                "namespace": .string(binding.namespace),
                "name": .string(binding.name),
            ],
            "role": ["kind": .string(binding.role.kind.rawValue), "name": .string(binding.role.name)],
            "ruleIndex": .int(index),
            "rule": rule.json,
        ]
        if let aggregatedFrom { members["aggregatedFrom"] = .string(aggregatedFrom) }
        return .object(members)
    }
}

extension Subject {
    var json: JSONValue {
        var members: JSONObject = ["kind": .string(kind), "name": .string(name)]
        if !namespace.isEmpty { members["namespace"] = .string(namespace) }
        return .object(members)
    }
}

extension PolicyRule {
    /// As manifests write it.
    var json: JSONValue {
        var members: JSONObject = ["verbs": .strings(verbs)]
        for (name, words) in [
            ("apiGroups", groups), ("resources", resources), ("resourceNames", resourceNames),
            ("nonResourceURLs", paths),
        ] where !words.isEmpty {
            members[name] = .strings(words)
        }
        return .object(members)
    }
}
