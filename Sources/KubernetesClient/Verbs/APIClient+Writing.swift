import JSONText
public import KubernetesModel

// MARK: - Of any kind

extension APIClient {
    /// Makes an object; its name may be left to the server (`generateName`).
    public func create(
        _ type: ResourceType,
        _ object: UnstructuredObject,
        in namespace: String? = nil,
        _ options: WriteOptions = WriteOptions()
    ) async throws(ClientError) -> UnstructuredObject {
        let path = try ResourcePath.collection(type, in: place(of: object, namespace))
        return try await self.object(
            ClientRequest(.post, path, query: options.query, body: object.json.bytes())
        )
    }

    /// Makes what stands behind an object, such as an eviction of a pod.
    public func create(
        _ subresource: String,
        of type: ResourceType,
        name: String,
        _ body: UnstructuredObject,
        in namespace: String? = nil,
        _ options: WriteOptions = WriteOptions()
    ) async throws(ClientError) -> UnstructuredObject {
        let path = try ResourcePath.object(
            type,
            name,
            in: namespace ?? self.namespace,
            subresource: subresource
        )
        return try await object(ClientRequest(.post, path, query: options.query, body: body.json.bytes()))
    }

    /// Replaces an object, or what stands behind it, if nobody did since it was read (`resourceVersion`).
    public func update(
        _ type: ResourceType,
        _ object: UnstructuredObject,
        in namespace: String? = nil,
        subresource: String = "",
        _ options: WriteOptions = WriteOptions()
    ) async throws(ClientError) -> UnstructuredObject {
        let path = try ResourcePath.object(
            type,
            object.name,
            in: place(of: object, namespace),
            subresource: subresource
        )
        return try await self.object(
            ClientRequest(.put, path, query: options.query, body: object.json.bytes())
        )
    }

    /// Reads, changes and replaces an object, and begins again when somebody else was faster.
    ///
    /// What changes it gets the object as it is, each time anew, and answers `nil` to leave it so. What comes back is
    /// the object as it is now.
    public func updateWithRetry(
        _ type: ResourceType,
        name: String,
        in namespace: String? = nil,
        subresource: String = "",
        attempts: Int = 5,
        _ options: WriteOptions = WriteOptions(),
        change: (UnstructuredObject) throws(ClientError) -> UnstructuredObject?
    ) async throws(ClientError) -> UnstructuredObject {
        var attempt = 1
        while true {
            let current = try await get(type, name: name, in: namespace)
            guard let changed = try change(current) else { return current }
            do throws(ClientError) {
                return try await update(type, changed, in: namespace, subresource: subresource, options)
            } catch {
                guard error.isConflict, attempt < attempts else { throw error }
                attempt += 1
                try await Pause.beforeRetry(attempt)
            }
        }
    }

    /// Deletes an object.
    ///
    /// What comes back is the object, when it is still there and waits for its finalizers; else the server's Status.
    @discardableResult
    public func delete(
        _ type: ResourceType,
        name: String,
        in namespace: String? = nil,
        _ options: DeleteOptions = DeleteOptions()
    ) async throws(ClientError) -> UnstructuredObject {
        let path = try ResourcePath.object(type, name, in: namespace ?? self.namespace)
        return try await object(ClientRequest(.delete, path, body: options.json.bytes()))
    }

    /// Deletes all objects of a namespace, or of the cluster, that the selectors pick.
    public func deleteCollection(
        _ type: ResourceType,
        in namespace: String? = nil,
        selecting selection: ListOptions = ListOptions(),
        _ options: DeleteOptions = DeleteOptions()
    ) async throws(ClientError) {
        let place = type.isNamespaced ? namespace ?? self.namespace : nil
        let path = try ResourcePath.collection(type, in: place)
        _ = try await request(
            ClientRequest(.delete, path, query: selection.query, body: options.json.bytes())
        )
    }

    private func place(of object: UnstructuredObject, _ namespace: String?) -> String {
        if let namespace { return namespace }
        return object.namespace.isEmpty ? self.namespace : object.namespace
    }
}

// MARK: - Of kinds that have a type

extension APIClient {
    public func create<Kind: WritableResource>(
        _ object: Kind,
        in namespace: String? = nil,
        _ options: WriteOptions = WriteOptions()
    ) async throws(ClientError) -> Kind {
        let made = try await create(Kind.resource, object.object, in: namespace, options)
        return try Self.read(made, as: Kind.self)
    }

    public func update<Kind: WritableResource>(
        _ object: Kind,
        in namespace: String? = nil,
        subresource: String = "",
        _ options: WriteOptions = WriteOptions()
    ) async throws(ClientError) -> Kind {
        let made = try await update(
            Kind.resource,
            object.object,
            in: namespace,
            subresource: subresource,
            options
        )
        return try Self.read(made, as: Kind.self)
    }

    /// Reads, changes and replaces an object, and begins again when somebody else was faster.
    public func updateWithRetry<Kind: WritableResource>(
        _ kind: Kind.Type,
        name: String,
        in namespace: String? = nil,
        subresource: String = "",
        attempts: Int = 5,
        _ options: WriteOptions = WriteOptions(),
        change: (inout Kind) throws(ClientError) -> Void
    ) async throws(ClientError) -> Kind {
        let written = try await updateWithRetry(
            Kind.resource,
            name: name,
            in: namespace,
            subresource: subresource,
            attempts: attempts,
            options
        ) { object throws(ClientError) in
            var value = try Self.read(object, as: kind)
            try change(&value)
            let changed = value.object
            return changed == object ? nil : changed
        }
        return try Self.read(written, as: kind)
    }

    public func delete<Kind: KubernetesResource>(
        _ kind: Kind.Type,
        name: String,
        in namespace: String? = nil,
        _ options: DeleteOptions = DeleteOptions()
    ) async throws(ClientError) {
        try await delete(Kind.resource, name: name, in: namespace, options)
    }
}

/// Waits a little between two tries to write, less alike for each who tries.
enum Pause {
    static func beforeRetry(_ attempt: Int) async throws(ClientError) {
        let most = 10 << min(attempt, 8)
        do {
            try await Task.sleep(for: .milliseconds(Int.random(in: most / 2...most)))
        } catch {
            throw .cancelled
        }
    }
}
