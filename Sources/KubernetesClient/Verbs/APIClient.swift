public import JSONText
import KubernetesModel
public import Logging

/// Speaks with one API server.
///
///     let client = try APIClient(.standard())
///     let lease = try await client.get(Lease.self, name: "leader", in: "nullius-system")
///     let pods = try await client.list(ResourceType.pods, in: "shop")
///
/// For kinds that have a Swift type, and by ``KubernetesModel/ResourceType`` for all others. Where a namespace is left
/// out, single objects are looked for in the configuration's own, and lists and watches are of all namespaces.
public struct APIClient: Sendable {
    public let transport: APITransport

    public init(_ transport: APITransport) {
        self.transport = transport
    }

    public init(
        _ configuration: ClientConfiguration,
        logger: Logger = Logger(label: "nullius.kubernetes-client")
    ) throws(ClientError) {
        transport = try APITransport(configuration, logger: logger)
    }

    /// For objects that name none.
    public var namespace: String { transport.configuration.namespace }

    public func shutdown() async { await transport.shutdown() }

    /// Sends any request, for what has no verb here, such as `/version`.
    public func request(_ request: ClientRequest) async throws(ClientError) -> JSONValue {
        try await transport.send(request).json(limit: transport.configuration.limits.responseBytes)
    }

    /// Sends a request whose answer is one object.
    func object(_ request: ClientRequest) async throws(ClientError) -> UnstructuredObject {
        guard let object = UnstructuredObject(try await self.request(request)) else {
            throw .malformed("what should be an object is none")
        }
        return object
    }

    /// Makes an object a value of a kind.
    static func read<Kind: KubernetesResource>(
        _ object: UnstructuredObject,
        as kind: Kind.Type
    ) throws(ClientError) -> Kind {
        do {
            return try Kind(object)
        } catch {
            throw .malformed("a \(Kind.resource.kind) whose \(error)")
        }
    }
}
