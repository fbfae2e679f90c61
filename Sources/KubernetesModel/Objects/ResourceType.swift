/// A resource as clients address it: where it is served, and what its objects are.
public struct ResourceType: Hashable, Sendable {
    public var groupVersion: GroupVersion
    /// As in paths: `leases`.
    public var plural: String
    public var kind: String
    public var isNamespaced: Bool

    public init(_ groupVersion: GroupVersion, _ plural: String, kind: String, isNamespaced: Bool = true) {
        self.groupVersion = groupVersion
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    init(_ group: String, _ version: String, _ plural: String, kind: String, isNamespaced: Bool = true) {
        self.init(
            GroupVersion(group: group, version: version),
            plural,
            kind: kind,
            isNamespaced: isNamespaced
        )
    }

    public var groupVersionKind: GroupVersionKind { GroupVersionKind(groupVersion, kind: kind) }
    public var groupResource: GroupResource {
        GroupResource(group: groupVersion.group, resource: plural)
    }
}

extension ResourceType: CustomStringConvertible {
    public var description: String { groupResource.description }
}
