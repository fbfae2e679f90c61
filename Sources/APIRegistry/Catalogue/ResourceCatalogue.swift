public import KubernetesModel

/// All resources that are served at one moment.
///
/// A value: whoever holds one sees the same resources until they take another, so that a request is judged and served
/// by one catalogue although CustomResourceDefinitions come and go meanwhile. Copies share their storage.
public struct ResourceCatalogue: Sendable {
    /// One group, and its versions with the preferred one first.
    public struct Group: Hashable, Sendable {
        public let name: String
        public internal(set) var versions: [String]

        public var preferredVersion: GroupVersion {
            GroupVersion(group: name, version: versions.first ?? "")
        }
    }

    /// In the order in which discovery lists them: the core group first, built-in groups, then users'.
    public private(set) var groups: [Group] = []
    private var resources: [GroupVersion: [ResourceDefinition]] = [:]
    private var kinds: [GroupVersionKind: ResourceDefinition] = [:]

    public init(_ definitions: [ResourceDefinition] = []) {
        insert(definitions)
    }

    /// What is served before anyone created a CustomResourceDefinition.
    public static let builtIn = ResourceCatalogue(BuiltInResources.all)

    public func adding(_ definitions: [ResourceDefinition]) -> ResourceCatalogue {
        var result = self
        result.insert(definitions)
        return result
    }

    /// Without all versions of a resource.
    public func removing(_ resource: GroupResource) -> ResourceCatalogue {
        ResourceCatalogue(definitions.filter { $0.groupResource != resource })
    }

    /// By group in the order of ``groups``, then by version, then in the order in which they were added.
    public var definitions: [ResourceDefinition] {
        groups.flatMap { group in
            group.versions.flatMap { version in
                definitions(in: GroupVersion(group: group.name, version: version))
            }
        }
    }

    private mutating func insert(_ definitions: [ResourceDefinition]) {
        for definition in definitions {
            let version = definition.groupVersion
            var siblings = resources[version] ?? []
            if let place = siblings.firstIndex(where: { $0.plural == definition.plural }) {
                kinds[siblings[place].groupVersionKind] = nil
                siblings[place] = definition
            } else {
                siblings.append(definition)
            }
            resources[version] = siblings
            kinds[definition.groupVersionKind] = definition
            insert(version, isCustom: definition.isCustom)
        }
    }

    private mutating func insert(_ version: GroupVersion, isCustom: Bool) {
        guard let place = groups.firstIndex(where: { $0.name == version.group }) else {
            groups.append(Group(name: version.group, versions: [version.version]))
            return
        }
        guard !groups[place].versions.contains(version.version) else { return }
        groups[place].versions.append(version.version)
        groups[place].versions.sort { KubernetesVersionOrder.isPreferred($0, over: $1) }
    }
}

// MARK: - Looking up

extension ResourceCatalogue {
    public func definition(group: String, version: String, plural: String) -> ResourceDefinition? {
        resources[GroupVersion(group: group, version: version)]?.first { $0.plural == plural }
    }

    public func definition(for kind: GroupVersionKind) -> ResourceDefinition? { kinds[kind] }

    public func definitions(in version: GroupVersion) -> [ResourceDefinition] { resources[version] ?? [] }

    /// The group of that name; `nil` when nothing is served in it.
    public func group(_ name: String) -> Group? { groups.first { $0.name == name } }

    /// Every version of a resource, the preferred one first.
    public func versions(of resource: GroupResource) -> [ResourceDefinition] {
        (group(resource.group)?.versions ?? []).compactMap {
            definition(group: resource.group, version: $0, plural: resource.resource)
        }
    }

    /// Every version of a kind, the preferred one first; for owner references, whose version may be another than the
    /// one that is stored.
    public func versions(group: String, kind: String) -> [ResourceDefinition] {
        (self.group(group)?.versions ?? []).compactMap {
            definition(for: GroupVersionKind(group: group, version: $0, kind: kind))
        }
    }
}
