import AsyncHTTPClient
import JSONText
public import KubernetesModel

/// One page of a list.
public struct ObjectPage<Object: Sendable>: Sendable {
    public var items: [Object]
    /// Of the list as a whole.
    public var resourceVersion: String
    /// Empty on the last page.
    public var continuation: String
    /// How many follow, if the server says.
    public var remaining: Int?
}

// MARK: - Of any kind

extension APIClient {
    public func get(
        _ type: ResourceType,
        name: String,
        in namespace: String? = nil,
        subresource: String = ""
    ) async throws(ClientError) -> UnstructuredObject {
        let place = namespace ?? self.namespace
        return try await object(
            ClientRequest(.get, try ResourcePath.object(type, name, in: place, subresource: subresource))
        )
    }

    /// One page; all objects when ``ListOptions/limit`` is `nil`.
    public func list(
        _ type: ResourceType,
        in namespace: String? = nil,
        _ options: ListOptions = ListOptions()
    ) async throws(ClientError) -> ObjectPage<UnstructuredObject> {
        try await page(type, in: namespace, options) { object throws(ClientError) in object }
    }

    /// Every page, one after the other.
    ///
    /// When the pages expire on the way, everything is asked for anew and at once.
    public func listAll(
        _ type: ResourceType,
        in namespace: String? = nil,
        _ options: ListOptions = ListOptions(limit: 500)
    ) async throws(ClientError) -> ObjectPage<UnstructuredObject> {
        try await pages(type, in: namespace, options) { object throws(ClientError) in object }
    }

    public func watch(
        _ type: ResourceType,
        in namespace: String? = nil,
        _ options: WatchOptions = WatchOptions()
    ) async throws(ClientError) -> WatchStream<UnstructuredObject> {
        try await events(type, in: namespace, options) { object throws(ClientError) in object }
    }
}

// MARK: - Of kinds that have a type

extension APIClient {
    public func get<Kind: KubernetesResource>(
        _ kind: Kind.Type,
        name: String,
        in namespace: String? = nil
    ) async throws(ClientError) -> Kind {
        try Self.read(try await get(Kind.resource, name: name, in: namespace), as: kind)
    }

    public func list<Kind: KubernetesResource>(
        _ kind: Kind.Type,
        in namespace: String? = nil,
        _ options: ListOptions = ListOptions()
    ) async throws(ClientError) -> ObjectPage<Kind> {
        try await page(Kind.resource, in: namespace, options) { object throws(ClientError) in
            try Self.read(object, as: Kind.self)
        }
    }

    public func listAll<Kind: KubernetesResource>(
        _ kind: Kind.Type,
        in namespace: String? = nil,
        _ options: ListOptions = ListOptions(limit: 500)
    ) async throws(ClientError) -> ObjectPage<Kind> {
        try await pages(Kind.resource, in: namespace, options) { object throws(ClientError) in
            try Self.read(object, as: Kind.self)
        }
    }

    public func watch<Kind: KubernetesResource>(
        _ kind: Kind.Type,
        in namespace: String? = nil,
        _ options: WatchOptions = WatchOptions()
    ) async throws(ClientError) -> WatchStream<Kind> {
        try await events(Kind.resource, in: namespace, options) { object throws(ClientError) in
            try Self.read(object, as: Kind.self)
        }
    }
}

// MARK: - How

extension APIClient {
    typealias Reading<Object> = @Sendable (UnstructuredObject) throws(ClientError) -> Object

    private func page<Object: Sendable>(
        _ type: ResourceType,
        in namespace: String?,
        _ options: ListOptions,
        _ read: Reading<Object>
    ) async throws(ClientError) -> ObjectPage<Object> {
        let path = try ResourcePath.collection(type, in: namespace)
        let list = try await object(ClientRequest(.get, path, query: options.query))
        // Go writes an empty list as null.
        let values: [JSONValue]
        switch list["items"] {
        case .array(let items)?: values = items
        case .null?: values = []
        default: throw .malformed("a list without items")
        }
        var items: [Object] = []
        items.reserveCapacity(values.count)
        for value in values {
            guard var object = UnstructuredObject(value) else { throw .malformed("an item is no object") }
            // Items of built-in kinds do not say what they are; whoever takes one from here should know.
            if object.kind.isEmpty { object.setKind(type.groupVersionKind) }
            items.append(try read(object))
        }
        return ObjectPage(
            items: items,
            resourceVersion: list.resourceVersion,
            continuation: list["metadata", "continue"]?.string ?? "",
            remaining: list["metadata", "remainingItemCount"]?.int
        )
    }

    private func pages<Object: Sendable>(
        _ type: ResourceType,
        in namespace: String?,
        _ options: ListOptions,
        _ read: Reading<Object>
    ) async throws(ClientError) -> ObjectPage<Object> {
        var options = options
        var whole = try await page(type, in: namespace, options, read)
        while !whole.continuation.isEmpty {
            // The token stands for the version and the place; a version beside it is refused.
            options.resourceVersion = nil
            options.match = nil
            options.continuation = whole.continuation
            do throws(ClientError) {
                let next = try await page(type, in: namespace, options, read)
                guard next.continuation != whole.continuation else {
                    throw .malformed("a list without an end")
                }
                whole.items += next.items
                whole.resourceVersion = next.resourceVersion
                whole.continuation = next.continuation
            } catch {
                guard error.status?.code == 410 else { throw error }
                options.limit = nil
                options.continuation = nil
                whole = try await page(type, in: namespace, options, read)
                guard whole.continuation.isEmpty else { throw error }
            }
        }
        whole.remaining = nil
        return whole
    }

    private func events<Object: Sendable>(
        _ type: ResourceType,
        in namespace: String?,
        _ options: WatchOptions,
        _ read: @escaping Reading<Object>
    ) async throws(ClientError) -> WatchStream<Object> {
        let path = try ResourcePath.collection(type, in: namespace)
        let response = try await transport.open(ClientRequest(.get, path, query: options.query))
        return WatchStream(
            body: response.body,
            limit: transport.configuration.limits.frameBytes,
            read: read
        )
    }
}

extension UnstructuredObject {
    /// Puts the kind first, where it stands in every object that is sent alone.
    fileprivate mutating func setKind(_ kind: GroupVersionKind) {
        var members: JSONObject = [
            "apiVersion": .string(kind.groupVersion.apiVersion), "kind": .string(kind.kind),
        ]
        for member in content where member.name != "apiVersion" && member.name != "kind" {
            members[member.name] = member.value
        }
        content = members
    }
}
