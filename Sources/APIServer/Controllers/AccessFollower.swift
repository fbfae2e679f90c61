import APIRegistry
import JSONText
import KubernetesModel
import RBAC

/// Puts the stored roles and bindings into force, and writes into aggregating roles what they aggregate.
struct AccessFollower: Sendable {
    let writer: ObjectWriter

    private static let group = "rbac.authorization.k8s.io"
    static let resources = ["roles", "rolebindings", "clusterroles", "clusterrolebindings"].map {
        GroupResource(group: group, resource: $0)
    }

    /// Reads everything anew: roles change seldom, and are asked for at every request.
    func refresh() async throws(APIStatus) {
        var roles: [Role] = []
        var bindings: [RoleBinding] = []
        for resource in Self.resources {
            for item in try await writer.store.all(resource) {
                // One that cannot be read grants nothing; whoever wrote it was told, so it came past the API.
                guard let read = try? RBACObject(item.object) else { continue }
                switch read {
                case .role(let role): roles.append(role)
                case .binding(let binding): bindings.append(binding)
                }
            }
        }
        writer.access.install(AccessEvaluator(roles: roles, bindings: bindings))
        try await aggregate()
    }

    /// Writes the rules of aggregating roles where they changed; the evaluator does not need them, readers do.
    private func aggregate() async throws(APIStatus) {
        guard
            let definition = writer.catalogue.snapshot().definition(
                group: Self.group,
                version: "v1",
                plural: "clusterroles"
            )
        else { return }
        let roles = try await writer.store.all(definition.storage).map(\.object)
        for role in roles {
            let selectors = (role["aggregationRule", "clusterRoleSelectors"]?.array ?? []).compactMap {
                try? LabelSelector($0)
            }
            guard !selectors.isEmpty else { continue }
            var rules: [JSONValue] = []
            var seen: Set<JSONValue> = []
            for other in roles where other.name != role.name {
                let labels = other.labels
                guard selectors.contains(where: { $0.matches(labels) }) else { continue }
                for rule in other["rules"]?.array ?? [] where seen.insert(rule).inserted {
                    rules.append(rule)
                }
            }
            guard JSONValue.array(rules) != role["rules"] ?? .array([]) else { continue }
            do {
                try await writer.edit(ResourcePlace(definition, name: role.name), uid: role.uid) {
                    object throws(APIStatus) in
                    object["rules"] = .array(rules)
                    return true
                }
            } catch {
                guard error.reason == .notFound else { throw error }
            }
        }
    }
}
