import KubernetesModel
import RBAC

/// What is said of a request, in the words of Kubernetes' audit log and refusals.
struct AuthorizationAnswer: Sendable {
    var isAllowed: Bool
    var reason: String

    init(_ decision: AccessDecision) {
        isAllowed = decision.isGranted
        switch decision {
        case .superuser, .ungranted: reason = ""
        case .granted(let grant):
            let binding = grant.binding
            let name =
                binding.isClusterBinding
                ? "ClusterRoleBinding \(Self.quoted(binding.name))"
                : "RoleBinding \(Self.quoted("\(binding.name)/\(binding.namespace)"))"
            let role = "\(binding.role.kind.rawValue) \(Self.quoted(binding.role.name))"
            reason = "RBAC: allowed by \(name) of \(role) to \(Self.text(grant.subject))"
        case .unresolved(let bindings):
            let problems = bindings.map { binding in
                let kind = binding.role.kind == .role ? "role" : "clusterrole"
                return "\(kind).rbac.authorization.k8s.io \(Self.quoted(binding.role.name)) not found"
            }
            reason = "RBAC: \(problems.count == 1 ? problems[0] : "[\(problems.joined(separator: ", "))]")"
        }
    }

    private static func text(_ subject: Subject) -> String {
        switch subject {
        case .user(let name): "User \(quoted(name))"
        case .group(let name): "Group \(quoted(name))"
        case .serviceAccount(let namespace, let name): "ServiceAccount \(quoted("\(name)/\(namespace)"))"
        }
    }

    private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}

/// Says by which rules requests are judged at this moment.
protocol AccessRules: Sendable {
    var evaluator: AccessEvaluator { get }
}

extension AccessRules {
    func judge(_ attributes: RequestAttributes, by user: UserInfo) -> AuthorizationAnswer {
        AuthorizationAnswer(evaluator.decide(attributes, by: user))
    }
}
