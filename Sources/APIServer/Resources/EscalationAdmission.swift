import APIRegistry
import JSONText
import KubernetesModel
import RBAC

/// Nobody hands out rights that they do not have: asked at each write of a role or a binding.
struct EscalationAdmission: Sendable {
    let access: AccessEvaluator

    init(_ access: AccessEvaluator) {
        self.access = access
    }

    func check(
        _ object: UnstructuredObject,
        old: UnstructuredObject?,
        at place: ResourcePlace,
        by user: UserInfo
    ) throws(APIStatus) {
        guard place.definition.storage.group == RBACObject.groupVersion.group,
            !user.groups.contains(AccessEvaluator.superusers)
        else { return }
        // What only keeps the object's books needs nobody's leave. A label may: it aggregates a role into others.
        if let old, Self.withoutBooks(object) == Self.withoutBooks(old) { return }
        let read: RBACObject?
        do {
            read = try RBACObject(object)
        } catch {
            throw .badRequest("\(place.definition.kind) \(error)")
        }
        do {
            switch read {
            case .role(let role)?:
                if role.aggregates != nil { try checkAggregation(user, place) }
                try access.mayWrite(role, by: user)
            case .binding(let binding)?: try access.mayWrite(binding, by: user)
            case nil: return
            }
        } catch let error as AccessEvaluator.EscalationError {
            throw refusal(error, place, user)
        } catch let status as APIStatus {
            throw status
        } catch {
            throw .internalError("\(error)")
        }
    }

    private static func withoutBooks(_ object: UnstructuredObject) -> UnstructuredObject {
        var rest = object
        for name in ["ownerReferences", "finalizers", "managedFields", "resourceVersion", "generation"] {
            rest["metadata", name] = nil
        }
        return rest
    }

    /// What an aggregating role will grant cannot be known: only whoever may do everything may write one.
    private func checkAggregation(_ user: UserInfo, _ place: ResourcePlace) throws(APIStatus) {
        let everything = Role(
            name: "everything",
            rules: [
                PolicyRule(verbs: ["*"], groups: ["*"], resources: ["*"]),
                PolicyRule(verbs: ["*"], paths: ["*"]),
            ]
        )
        do {
            try access.mayWrite(everything, by: user)
        } catch {
            throw .forbidden(
                place.resource,
                name: place.name,
                "must have cluster-admin privileges to use the aggregationRule"
            )
        }
    }

    private func refusal(
        _ error: AccessEvaluator.EscalationError,
        _ place: ResourcePlace,
        _ user: UserInfo
    ) -> APIStatus {
        switch error {
        case .unknownRole(let role):
            let plural = role.kind == .role ? "roles" : "clusterroles"
            return .notFound(
                GroupResource(group: "rbac.authorization.k8s.io", resource: plural),
                name: role.name
            )
        case .lacks(let rules):
            let groups = user.groups.map { "\"\($0)\"" }.joined(separator: " ")
            let list = rules.prefix(100).map(\.description).joined(separator: "\n")
            return .forbidden(
                place.resource,
                name: place.name,
                "user \"\(user.name)\" (groups=[\(groups)]) is attempting to grant RBAC permissions not currently held:\n\(list)"
            )
        case .tooManyRights(let limit):
            return .forbidden(
                place.resource,
                name: place.name,
                "the rules stand for too many single rights to be compared with those held (at most \(limit))"
            )
        }
    }
}
