import JSONText
public import KubernetesModel
public import Reconciliation

/// Where an informer's objects come from: one resource of one API server.
///
/// Errors are those of ``ClientError``, or a `ListWatchFailure`.
public protocol ListWatchSource: Sendable {
    /// The body of one page, as it came: the informer reads one object at a time out of it and keeps what it needs.
    func list(_ request: ListRequest) async throws -> [UInt8]

    /// Hands over the events of a watch, and returns when the server ended it between two of them.
    ///
    /// Nothing more is read from the connection until `receive` returns. Ends soon after its task is cancelled.
    func watch(
        _ request: WatchRequest,
        receive: (WatchEvent<UnstructuredObject>) async throws -> Void
    ) async throws
}

/// Which objects to keep up with.
public struct WatchedResource: Hashable, Sendable {
    public var type: ResourceType
    /// `nil` for all namespaces, and for objects of the cluster.
    public var namespace: String?
    /// As text, such as `app=web`; empty for all.
    public var labelSelector: String
    public var fieldSelector: String

    public init(
        _ type: ResourceType,
        in namespace: String? = nil,
        labelSelector: String = "",
        fieldSelector: String = ""
    ) {
        self.type = type
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
    }
}

extension APIClient {
    /// The objects of a resource, for an informer.
    public func source(_ resource: WatchedResource) -> some ListWatchSource {
        APIListWatch(client: self, resource: resource)
    }
}

/// Lists and watches over a client.
private struct APIListWatch: ListWatchSource {
    let client: APIClient
    let resource: WatchedResource

    func list(_ request: ListRequest) async throws -> [UInt8] {
        var options = ListOptions(
            labelSelector: resource.labelSelector,
            fieldSelector: resource.fieldSelector,
            limit: request.limit
        )
        options.page(request)
        let path = try ResourcePath.collection(resource.type, in: resource.namespace)
        return try await client.transport.send(ClientRequest(.get, path, query: options.query)).body
    }

    func watch(
        _ request: WatchRequest,
        receive: (WatchEvent<UnstructuredObject>) async throws -> Void
    ) async throws {
        var options = WatchOptions(
            labelSelector: resource.labelSelector,
            fieldSelector: resource.fieldSelector,
            resourceVersion: request.version
        )
        options.timeout = request.timeout
        for try await event in try await client.watch(resource.type, in: resource.namespace, options) {
            try await receive(event)
        }
    }
}

extension ListOptions {
    /// Which page, and how new.
    mutating func page(_ request: ListRequest) {
        continuation = request.continuation
        // A version beside a continuation would be refused.
        guard continuation == nil else { return }
        switch request.freshness {
        case .newest:
            break
        case .any:
            resourceVersion = "0"
        case .notOlderThan(let version):
            resourceVersion = version
            match = .notOlderThan
        }
    }
}

extension ListWatchFailure {
    /// What an error of a source means for the next step.
    init(_ error: any Error) {
        switch error {
        case let failure as ListWatchFailure: self = failure
        case let status as APIStatus: self.init(status)
        case ClientError.status(let status): self.init(status)
        case ClientError.malformed(let text): self = .malformed(text)
        default: self = .connection("\(error)")
        }
    }
}
