public import JSONText
public import KubernetesModel

/// A change to an object that need not be read before.
public enum ObjectPatch: Hashable, Sendable {
    /// Operations in order (RFC 6902).
    case json([JSONValue])
    /// What shall be different; null removes (RFC 7386).
    case merge(JSONValue)
    /// As merge, with lists merged by their keys, for built-in kinds.
    case strategic(JSONValue)
    /// What a manager wants; the server keeps who owns which field (server-side apply).
    ///
    /// `forces` takes fields over that others own.
    case apply(UnstructuredObject, manager: String, forces: Bool = false)

    var contentType: String {
        switch self {
        case .json: "application/json-patch+json"
        case .merge: "application/merge-patch+json"
        case .strategic: "application/strategic-merge-patch+json"
        // YAML is what the type is called; JSON is YAML too.
        case .apply: "application/apply-patch+yaml"
        }
    }

    var body: [UInt8] {
        switch self {
        case .json(let operations): JSONValue.array(operations).bytes()
        case .merge(let value), .strategic(let value): value.bytes()
        case .apply(let object, _, _): object.json.bytes()
        }
    }
}

extension APIClient {
    /// Changes an object, or what stands behind it.
    ///
    /// An apply makes the object when there is none; the others answer 404.
    public func patch(
        _ type: ResourceType,
        name: String,
        in namespace: String? = nil,
        subresource: String = "",
        _ patch: ObjectPatch,
        _ options: WriteOptions = WriteOptions()
    ) async throws(ClientError) -> UnstructuredObject {
        var options = options
        var forces = false
        if case .apply(_, let manager, let isForced) = patch {
            guard !manager.isEmpty else { throw .request("an apply names no field manager") }
            options.fieldManager = manager
            forces = isForced
        }
        var request = ClientRequest(
            .patch,
            try ResourcePath.object(type, name, in: namespace ?? self.namespace, subresource: subresource),
            query: options.query,
            body: patch.body,
            contentType: patch.contentType
        )
        if forces { request.query.append(("force", "true")) }
        return try await object(request)
    }

    /// Has the server keep this as what the manager wants.
    public func apply<Kind: WritableResource>(
        _ object: Kind,
        manager: String,
        forces: Bool = false,
        _ options: WriteOptions = WriteOptions()
    ) async throws(ClientError) -> Kind {
        let space = object.metadata.namespace
        let applied = try await patch(
            Kind.resource,
            name: object.metadata.name,
            in: space.isEmpty ? nil : space,
            .apply(object.object, manager: manager, forces: forces),
            options
        )
        return try Self.read(applied, as: Kind.self)
    }
}
