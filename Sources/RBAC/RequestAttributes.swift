/// Who asks, as authentication found out.
public struct UserInfo: Hashable, Sendable {
    public var name: String
    public var uid: String
    public var groups: [String]
    /// What the credential said besides, such as the pod that a token is bound to.
    public var extra: [String: [String]]

    public init(name: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]) {
        self.name = name
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }

    public static let anonymous = UserInfo(name: "system:anonymous", groups: ["system:unauthenticated"])

    /// A service account, with the groups that every one has.
    public static func serviceAccount(namespace: String, name: String, uid: String = "") -> UserInfo {
        UserInfo(
            name: "system:serviceaccount:\(namespace):\(name)",
            uid: uid,
            groups: [
                "system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated",
            ]
        )
    }
}

/// What a request to an API server wants, in the words that RBAC judges.
public enum RequestAttributes: Hashable, Sendable {
    case resource(ResourceAttributes)
    /// A path that names no resource, such as `/version`; the verb is the method in lower case.
    case path(String, verb: String)

    public var verb: String {
        switch self {
        case .resource(let attributes): attributes.verb
        case .path(_, let verb): verb
        }
    }
}

/// A verb on a resource (`authorization/v1` ResourceAttributes).
public struct ResourceAttributes: Hashable, Sendable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, or one that only RBAC knows:
    /// `bind`, `escalate`, `impersonate`.
    public var verb: String
    /// Empty for the core group.
    public var group: String
    public var version: String
    /// The plural.
    public var resource: String
    /// Empty for the resource itself.
    public var subresource: String
    /// Empty for an object of the cluster, and for all namespaces.
    public var namespace: String
    /// Empty when the request names no object.
    public var name: String

    public init(
        verb: String,
        group: String,
        version: String = "*",
        resource: String,
        subresource: String = "",
        namespace: String = "",
        name: String = ""
    ) {
        self.verb = verb
        self.group = group
        self.version = version
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
    }
}
