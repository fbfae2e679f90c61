public import JSONText
public import KubernetesModel

/// The documents by which clients learn what is served.
public struct DiscoveryDocuments: Sendable {
    public let catalogue: ResourceCatalogue

    public init(_ catalogue: ResourceCatalogue) {
        self.catalogue = catalogue
    }

    /// `/api`, for clients that take one document per group and version.
    ///
    /// The address is that under which clients outside reach the server, with its port.
    public func coreVersions(serverAddress: String) -> JSONValue {
        [
            "kind": "APIVersions",
            "versions": .strings(catalogue.group("")?.versions ?? []),
            "serverAddressByClientCIDRs": [
                ["clientCIDR": "0.0.0.0/0", "serverAddress": .string(serverAddress)]
            ],
        ]
    }

    /// `/apis`, for clients that take one document per group and version.
    public var groupList: JSONValue {
        let groups = catalogue.groups.filter { !$0.name.isEmpty }
        return [
            "kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map { .object($0.members) }),
        ]
    }

    /// `/apis/apps`; `nil` when nothing is served in the group.
    public func group(_ name: String) -> JSONValue? {
        guard !name.isEmpty, let group = catalogue.group(name) else { return nil }
        var members: JSONObject = ["kind": "APIGroup", "apiVersion": "v1"]
        for member in group.members { members[member.name] = member.value }
        return .object(members)
    }

    /// `/api/v1` and `/apis/apps/v1`; `nil` when nothing is served in the version.
    public func resources(_ version: GroupVersion) -> JSONValue? {
        let definitions = catalogue.definitions(in: version)
        guard !definitions.isEmpty else { return nil }
        var members: JSONObject = ["kind": "APIResourceList"]
        // The core group's list goes without.
        if !version.group.isEmpty { members["apiVersion"] = "v1" }
        members["groupVersion"] = .string(version.apiVersion)
        let ordered = definitions.sorted { $0.plural < $1.plural }
        members["resources"] = .array(ordered.flatMap(\.discovered))
        return .object(members)
    }
}

extension ResourceCatalogue.Group {
    fileprivate var members: JSONObject {
        func named(_ version: String) -> JSONValue {
            [
                "groupVersion": .string(GroupVersion(group: name, version: version).apiVersion),
                "version": .string(version),
            ]
        }
        return [
            "name": .string(name),
            "versions": .array(versions.map(named)),
            "preferredVersion": named(preferredVersion.version),
        ]
    }
}

extension ResourceDefinition {
    /// In the order in which Kubernetes lists them.
    static func sorted(_ verbs: Set<Verb>) -> JSONValue { .strings(verbs.map(\.rawValue).sorted()) }

    /// The resource and its subresources, each an APIResource.
    fileprivate var discovered: [JSONValue] {
        var own: JSONObject = [
            "name": .string(plural), "singularName": .string(singular), "namespaced": .bool(isNamespaced),
            "kind": .string(kind), "verbs": Self.sorted(verbs),
        ]
        if !shortNames.isEmpty { own["shortNames"] = .strings(shortNames) }
        if !categories.isEmpty { own["categories"] = .strings(categories) }
        return [.object(own)]
            + subresources.filter(\.isOffered).map { subresource in
                var members: JSONObject = [
                    "name": .string("\(plural)/\(subresource.name)"), "singularName": "",
                    "namespaced": .bool(isNamespaced),
                ]
                if subresource.kind.groupVersion != groupVersion {
                    members["group"] = .string(subresource.kind.group)
                    members["version"] = .string(subresource.kind.version)
                }
                members["kind"] = .string(subresource.kind.kind)
                members["verbs"] = Self.sorted(subresource.verbs)
                return .object(members)
            }
    }
}
