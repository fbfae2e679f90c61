import JSONText
public import KubernetesModel
public import RBAC

extension APIStatus {
    /// What a user is told who may not do what was asked.
    ///
    /// The reason is what the authorizer said besides; empty for nothing.
    public static func forbidden(_ user: UserInfo, _ attributes: RequestAttributes, reason: String = "")
        -> APIStatus
    {
        let name = GoText.quoted(user.name)
        let because = reason.isEmpty ? "" : ": \(reason)"
        switch attributes {
        case .path(let path, let verb):
            return APIStatus(
                code: 403,
                reason: .forbidden,
                message: "forbidden: User \(name) cannot \(verb) path \(GoText.quoted(path))\(because)",
                details: Details()
            )
        case .resource(let wanted):
            let resource = GroupResource(group: wanted.group, resource: wanted.resource)
            let full =
                wanted.subresource.isEmpty ? wanted.resource : "\(wanted.resource)/\(wanted.subresource)"
            let place =
                wanted.namespace.isEmpty
                ? "at the cluster scope" : "in the namespace \(GoText.quoted(wanted.namespace))"
            let verb = wanted.verb.isEmpty ? "unknown" : wanted.verb
            let message =
                "User \(name) cannot \(verb) resource \(GoText.quoted(full)) "
                + "in API group \(GoText.quoted(wanted.group)) \(place)\(because)"
            // Kubernetes names the object only when there is one.
            let subject =
                wanted.name.isEmpty
                ? "\(resource) is forbidden" : "\(resource) \(GoText.quoted(wanted.name)) is forbidden"
            return APIStatus(
                code: 403,
                reason: .forbidden,
                message: "\(subject): \(message)",
                details: Details(name: wanted.name, group: wanted.group, kind: wanted.resource)
            )
        }
    }

    /// Why a subresource is refused that needs a kubelet: as Kubernetes refuses it for a pod without a node, and for
    /// one with a node, in words of our own.
    public static func needsKubelet(_ subresource: String, pod: UnstructuredObject) -> APIStatus {
        if (pod["spec", "nodeName"]?.string ?? "").isEmpty {
            return .badRequest("pod \(pod.name) does not have a host assigned")
        }
        return APIStatus(
            code: 501,
            reason: APIStatus.Reason(rawValue: "NotImplemented"),
            message: "this API server has no kubelets: pods/\(subresource) is not offered",
            details: Details(name: pod.name, kind: "pods")
        )
    }
}
