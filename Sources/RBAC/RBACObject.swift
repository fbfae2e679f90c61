import JSONText
public import KubernetesModel

/// One of the four kinds of `rbac.authorization.k8s.io/v1`, read from an object.
public enum RBACObject: Hashable, Sendable {
    case role(Role)
    case binding(RoleBinding)

    /// What is wrong with an object, and where.
    public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        public var path: String
        public var problem: String

        public var description: String { "\(path) \(problem)" }
    }

    /// `nil` for an object of any other kind.
    ///
    /// - Throws: When a field cannot be read: a rule understood in part would grant something else.
    public init?(_ object: UnstructuredObject) throws(Malformed) {
        guard object.groupVersionKind?.groupVersion == Self.groupVersion else { return nil }
        let fields = Fields(value: object.json, path: "")
        switch object.kind {
        case "Role", "ClusterRole": self = .role(try Self.role(object, fields))
        case "RoleBinding", "ClusterRoleBinding": self = .binding(try Self.binding(object, fields))
        default: return nil
        }
    }

    public static let groupVersion = GroupVersion(group: "rbac.authorization.k8s.io", version: "v1")

    private static func role(_ object: UnstructuredObject, _ fields: Fields) throws(Malformed) -> Role {
        let isCluster = object.kind == "ClusterRole"
        var role = Role(
            name: try fields.member("metadata").string("name"),
            namespace: isCluster ? "" : try namespace(of: object, fields),
            labels: object.labels,
            rules: []
        )
        for rule in try fields.list("rules") {
            role.rules.append(
                PolicyRule(
                    verbs: try rule.strings("verbs"),
                    groups: try rule.strings("apiGroups"),
                    resources: try rule.strings("resources"),
                    resourceNames: try rule.strings("resourceNames"),
                    paths: try rule.strings("nonResourceURLs")
                )
            )
        }
        if isCluster, let aggregation = try fields.optional("aggregationRule") {
            role.aggregates = []
            for selector in try aggregation.list("clusterRoleSelectors") {
                role.aggregates?.append(try Self.selector(selector))
            }
        }
        return role
    }

    private static func binding(
        _ object: UnstructuredObject,
        _ fields: Fields
    ) throws(Malformed) -> RoleBinding {
        let isCluster = object.kind == "ClusterRoleBinding"
        let namespace = isCluster ? "" : try namespace(of: object, fields)
        let reference = try fields.member("roleRef")
        guard let kind = RoleReference.Kind(rawValue: try reference.string("kind")) else {
            throw Malformed(path: "roleRef.kind", problem: "is neither Role nor ClusterRole")
        }
        guard kind == .clusterRole || !isCluster else {
            throw Malformed(path: "roleRef.kind", problem: "must be ClusterRole in a ClusterRoleBinding")
        }
        var binding = RoleBinding(
            name: try fields.member("metadata").string("name"),
            namespace: namespace,
            role: RoleReference(kind: kind, name: try reference.string("name")),
            subjects: []
        )
        for subject in try fields.list("subjects") {
            let name = try subject.string("name")
            switch try subject.string("kind") {
            case "User": binding.subjects.append(.user(name))
            case "Group": binding.subjects.append(.group(name))
            case "ServiceAccount":
                let given = try subject.optionalString("namespace") ?? namespace
                guard !given.isEmpty else {
                    throw Malformed(path: "\(subject.path).namespace", problem: "is missing")
                }
                binding.subjects.append(.serviceAccount(namespace: given, name: name))
            default:
                throw Malformed(
                    path: "\(subject.path).kind",
                    problem: "is neither User, Group nor ServiceAccount"
                )
            }
        }
        return binding
    }

    private static func namespace(
        of object: UnstructuredObject,
        _ fields: Fields
    ) throws(Malformed) -> String {
        let namespace = try fields.member("metadata").optionalString("namespace") ?? ""
        return namespace.isEmpty ? "default" : namespace
    }

    private static func selector(_ fields: Fields) throws(Malformed) -> LabelSelector {
        var selector = LabelSelector.everything
        if let labels = try fields.optional("matchLabels") {
            guard let object = labels.value.object else {
                throw Malformed(path: labels.path, problem: "is no object")
            }
            for label in object.members {
                guard let value = label.value.string else {
                    throw Malformed(path: "\(labels.path).\(label.name)", problem: "is no string")
                }
                selector.matchLabels[label.name] = value
            }
        }
        for expression in try fields.list("matchExpressions") {
            let key = try expression.string("key")
            let values = try expression.strings("values")
            switch try expression.string("operator") {
            case "In": selector.matchExpressions.append(.isIn(key, values))
            case "NotIn": selector.matchExpressions.append(.isNotIn(key, values))
            case "Exists": selector.matchExpressions.append(.exists(key))
            case "DoesNotExist": selector.matchExpressions.append(.doesNotExist(key))
            default: throw Malformed(path: "\(expression.path).operator", problem: "is unknown")
            }
        }
        return selector
    }
}

/// An object's fields and where they are, so that an error can say so.
private struct Fields {
    var value: JSONValue
    var path: String

    func optional(_ name: String) throws(RBACObject.Malformed) -> Fields? {
        guard value.object != nil else { throw malformed("is no object") }
        guard let member = value[name], !member.isNull else { return nil }
        return Fields(value: member, path: path.isEmpty ? name : "\(path).\(name)")
    }

    func member(_ name: String) throws(RBACObject.Malformed) -> Fields {
        guard let member = try optional(name) else {
            throw RBACObject.Malformed(path: path.isEmpty ? name : "\(path).\(name)", problem: "is missing")
        }
        return member
    }

    func optionalString(_ name: String) throws(RBACObject.Malformed) -> String? {
        guard let member = try optional(name) else { return nil }
        guard let text = member.value.string else { throw member.malformed("is no string") }
        return text
    }

    func string(_ name: String) throws(RBACObject.Malformed) -> String {
        guard let text = try member(name).value.string else {
            throw try member(name).malformed("is no string")
        }
        return text
    }

    func list(_ name: String) throws(RBACObject.Malformed) -> [Fields] {
        guard let member = try optional(name) else { return [] }
        guard let elements = member.value.array else { throw member.malformed("is no list") }
        return elements.enumerated().map { Fields(value: $1, path: "\(member.path)[\($0)]") }
    }

    func strings(_ name: String) throws(RBACObject.Malformed) -> [String] {
        var result: [String] = []
        for element in try list(name) {
            guard let text = element.value.string else { throw element.malformed("is no string") }
            result.append(text)
        }
        return result
    }

    private func malformed(_ problem: String) -> RBACObject.Malformed {
        RBACObject.Malformed(path: path.isEmpty ? "the object" : path, problem: problem)
    }
}
