public import KubernetesModel

/// A Role, or a ClusterRole when it has no namespace.
public struct Role: Hashable, Sendable {
    public var name: String
    /// Empty for a ClusterRole.
    public var namespace: String
    public var labels: [String: String]
    /// Written down, or by the aggregation controller; ignored when the role aggregates others.
    public var rules: [PolicyRule]
    /// A ClusterRole whose rules are those of every ClusterRole that one of these selects; `nil` for all others.
    public var aggregates: [LabelSelector]?

    public init(
        name: String,
        namespace: String = "",
        labels: [String: String] = [:],
        rules: [PolicyRule],
        aggregates: [LabelSelector]? = nil
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.rules = rules
        self.aggregates = aggregates
    }

    public var isClusterRole: Bool { namespace.isEmpty }
}

/// The role that a binding refers to; a Role is one of the binding's own namespace.
public struct RoleReference: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case role = "Role"
        case clusterRole = "ClusterRole"
    }

    public var kind: Kind
    public var name: String

    public init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }
}

extension RoleReference: CustomStringConvertible {
    public var description: String { "\(kind.rawValue) \(name)" }
}

/// Whom a binding speaks of.
public enum Subject: Hashable, Sendable {
    case user(String)
    case group(String)
    case serviceAccount(namespace: String, name: String)

    public func isAmong(_ user: UserInfo) -> Bool {
        switch self {
        case .user(let name): user.name.isExactly(name)
        case .group(let name): user.groups.contains(exactly: name)
        case .serviceAccount(let namespace, let name):
            user.name.isExactly("system:serviceaccount:\(namespace):\(name)")
        }
    }

    /// As the API writes it.
    public var kind: String {
        switch self {
        case .user: "User"
        case .group: "Group"
        case .serviceAccount: "ServiceAccount"
        }
    }

    public var name: String {
        switch self {
        case .user(let name), .group(let name), .serviceAccount(_, let name): name
        }
    }

    public var namespace: String {
        if case .serviceAccount(let namespace, _) = self { namespace } else { "" }
    }
}

extension Subject: CustomStringConvertible {
    public var description: String {
        switch self {
        case .user, .group: "\(kind) \(name)"
        case .serviceAccount: "\(kind) \(namespace)/\(name)"
        }
    }
}

/// A RoleBinding, or a ClusterRoleBinding when it has no namespace.
public struct RoleBinding: Hashable, Sendable {
    public var name: String
    /// Empty for a ClusterRoleBinding.
    public var namespace: String
    public var role: RoleReference
    public var subjects: [Subject]

    public init(name: String, namespace: String = "", role: RoleReference, subjects: [Subject]) {
        self.name = name
        self.namespace = namespace
        self.role = role
        self.subjects = subjects
    }

    public var isClusterBinding: Bool { namespace.isEmpty }
}

extension RoleBinding: CustomStringConvertible {
    public var description: String {
        isClusterBinding ? "ClusterRoleBinding \(name)" : "RoleBinding \(namespace)/\(name)"
    }
}
