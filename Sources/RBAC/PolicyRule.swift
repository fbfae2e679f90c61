/// What one rule of a role grants (`rbac.authorization.k8s.io/v1` PolicyRule).
///
/// Grants only: RBAC has no rule that takes away. A rule speaks either of resources or of paths that name none.
public struct PolicyRule: Hashable, Sendable {
    /// `*` is every verb.
    public var verbs: [String]
    /// The core group is the empty string; `*` is every group.
    public var groups: [String]
    /// Plurals, `pods/log` for a subresource, `*/scale` for that subresource of everything; `*` is everything.
    public var resources: [String]
    /// The objects that the rule is limited to; empty is every object.
    public var resourceNames: [String]
    /// Whole paths, or a prefix followed by `*`.
    public var paths: [String]

    public init(
        verbs: [String],
        groups: [String] = [],
        resources: [String] = [],
        resourceNames: [String] = [],
        paths: [String] = []
    ) {
        self.verbs = verbs
        self.groups = groups
        self.resources = resources
        self.resourceNames = resourceNames
        self.paths = paths
    }

    /// Whether the rule grants what is asked for.
    public func grants(_ request: RequestAttributes) -> Bool {
        switch request {
        case .resource(let wanted):
            verbs.contains(orAll: wanted.verb) && groups.contains(orAll: wanted.group)
                && resources.contains { Self.resource($0, covers: wanted.resource, wanted.subresource) }
                && (resourceNames.isEmpty || resourceNames.contains(exactly: wanted.name))
        case .path(let path, let verb):
            verbs.contains(orAll: verb) && paths.contains { Self.path($0, covers: path) }
        }
    }

    /// Whether a rule's word for a resource speaks of that resource and subresource.
    static func resource(_ pattern: String, covers resource: String, _ subresource: String) -> Bool {
        if pattern == "*" { return true }
        let whole = subresource.isEmpty ? resource : "\(resource)/\(subresource)"
        return pattern.isExactly(whole) || !subresource.isEmpty && pattern.isExactly("*/\(subresource)")
    }

    /// Whether a rule's path, which may end in `*`, speaks of that path.
    static func path(_ pattern: String, covers path: String) -> Bool {
        guard pattern.utf8.last == UInt8(ascii: "*") else { return pattern.isExactly(path) }
        return path.utf8.starts(with: pattern.utf8.dropLast())
    }
}

// Names are compared byte by byte: Swift holds "K" and U+212A to be equal, and nobody must pass for another.

extension String {
    func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension [String] {
    func contains(exactly word: String) -> Bool { contains { $0.isExactly(word) } }

    func contains(orAll word: String) -> Bool { contains { $0 == "*" || $0.isExactly(word) } }
}
