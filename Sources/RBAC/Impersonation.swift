/// Whom a caller wants to be taken for (`Impersonate-User` and its kin).
public struct Impersonation: Hashable, Sendable {
    public var user: UserInfo

    /// - Parameters:
    ///   - name: Of the user, or `system:serviceaccount:NAMESPACE:NAME`.
    ///   - uid: Empty when the caller does not say.
    ///   - groups: Besides those that follow from the name.
    ///   - extra: What a credential would have said.
    public init(name: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]) {
        user = UserInfo(name: name, uid: uid, groups: groups, extra: extra)
    }

    /// What the caller must be granted `impersonate` on: all of it.
    public var required: [ResourceAttributes] {
        var wanted: [ResourceAttributes] = []
        if let account = Self.serviceAccount(user.name) {
            wanted.append(
                ResourceAttributes(
                    verb: "impersonate",
                    group: "",
                    resource: "serviceaccounts",
                    namespace: account.namespace,
                    name: account.name
                )
            )
        } else {
            wanted.append(
                ResourceAttributes(verb: "impersonate", group: "", resource: "users", name: user.name)
            )
        }
        wanted += user.groups.map {
            ResourceAttributes(verb: "impersonate", group: "", resource: "groups", name: $0)
        }
        for (key, values) in user.extra.sorted(by: { $0.key < $1.key }) {
            wanted += values.map {
                ResourceAttributes(
                    verb: "impersonate",
                    group: "authentication.k8s.io",
                    resource: "userextras",
                    subresource: key,
                    name: $0
                )
            }
        }
        if !user.uid.isEmpty {
            wanted.append(
                ResourceAttributes(
                    verb: "impersonate",
                    group: "authentication.k8s.io",
                    resource: "uids",
                    name: user.uid
                )
            )
        }
        return wanted
    }

    /// Who the caller then is, with the groups that everybody of that kind has.
    public var result: UserInfo {
        var result = user
        if let account = Self.serviceAccount(user.name), user.groups.isEmpty {
            result.groups =
                UserInfo.serviceAccount(namespace: account.namespace, name: account.name).groups
        }
        guard !user.name.isExactly(UserInfo.anonymous.name) else {
            if !result.groups.contains(exactly: "system:unauthenticated") {
                result.groups.append("system:unauthenticated")
            }
            return result
        }
        let says = ["system:authenticated", "system:unauthenticated"]
        if !says.contains(where: result.groups.contains(exactly:)) { result.groups.append(says[0]) }
        return result
    }

    private static func serviceAccount(_ user: String) -> (namespace: String, name: String)? {
        let parts = user.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount", !parts[2].isEmpty,
            !parts[3].isEmpty
        else { return nil }
        return (String(parts[2]), String(parts[3]))
    }
}
