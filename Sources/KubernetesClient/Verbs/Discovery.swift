public import KubernetesModel

/// Which resource serves a kind, as the server itself says.
///
/// Asks for a group and version once, and again when a kind is not found: it may have been added since. What a server
/// says about a group is kept for ten minutes.
public actor Discovery {
    private struct Known {
        var resources: [APIResource]
        var read: ContinuousClock.Instant
    }

    private let client: APIClient
    private let lifetime: Duration
    private var known: [GroupVersion: Known] = [:]

    public init(_ client: APIClient, lifetime: Duration = .seconds(600)) {
        self.client = client
        self.lifetime = lifetime
    }

    /// One resource of a group, as discovery lists it (`meta/v1` APIResource); those with a slash are subresources.
    public struct APIResource: Hashable, Sendable {
        public var type: ResourceType
        public var verbs: Set<String>
        public var shortNames: [String]
    }

    /// The resource for a kind.
    ///
    /// - Throws: A 404 as the server says it, when it does not serve the group or the kind.
    public func resource(for kind: GroupVersionKind) async throws(ClientError) -> ResourceType {
        if let known = known[kind.groupVersion], known.read.duration(to: .now) < lifetime,
            let found = Self.find(kind, in: known.resources)
        {
            return found
        }
        let resources = try await read(kind.groupVersion)
        known[kind.groupVersion] = Known(resources: resources, read: .now)
        guard let found = Self.find(kind, in: resources) else {
            throw .status(
                APIStatus(
                    code: 404,
                    reason: .notFound,
                    message: "no matches for kind \"\(kind.kind)\" in version \"\(kind.groupVersion)\""
                )
            )
        }
        return found
    }

    /// Everything that the server serves of a group and version, subresources included.
    public func resources(of version: GroupVersion) async throws(ClientError) -> [APIResource] {
        if let known = known[version], known.read.duration(to: .now) < lifetime { return known.resources }
        let resources = try await read(version)
        known[version] = Known(resources: resources, read: .now)
        return resources
    }

    /// Forgets what was read.
    public func invalidate() {
        known = [:]
    }

    private static func find(_ kind: GroupVersionKind, in resources: [APIResource]) -> ResourceType? {
        resources.first { $0.type.kind == kind.kind && !$0.type.plural.contains("/") }?.type
    }

    private func read(_ version: GroupVersion) async throws(ClientError) -> [APIResource] {
        let list = try await client.object(ClientRequest(.get, version.path))
        return try APIClient.reading("APIResourceList") { () throws(ObjectError) in
            try ObjectFields(list).list("resources") { entry throws(ObjectError) in
                // A subresource may be of another group, such as a Scale; its path is still here.
                APIResource(
                    type: ResourceType(
                        version,
                        try entry.require("name", try entry.string("name")),
                        kind: try entry.text("kind"),
                        isNamespaced: try entry.flag("namespaced")
                    ),
                    verbs: Set(try entry.strings("verbs")),
                    shortNames: try entry.strings("shortNames")
                )
            }
        }
    }
}
