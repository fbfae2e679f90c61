import APIRegistry
import AsyncHTTPClient
import JSONText
import KubernetesModel
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Calls webhooks over HTTPS, and trusts none that cannot prove its name.
///
/// A webhook that is named by a Service is looked up in the store: nobody routes the addresses of Services here, so
/// its ready endpoints are called. The certificate must be for `name.namespace.svc` then.
final class HTTPWebhookCaller: WebhookCaller {
    private struct Target: Hashable {
        /// The host that the certificate must be for.
        var host: String
        /// The address that is called in its stead; empty to ask the system's resolver.
        var address: String
        var authorities: String
    }

    private let store: ObjectStore
    private let limits: APIServerLimits
    private let clients = Mutex<[Target: HTTPClient]>([:])

    /// Clients beyond these are not kept.
    private static let clientLimit = 64

    init(store: ObjectStore, limits: APIServerLimits) {
        self.store = store
        self.limits = limits
    }

    func call(_ webhook: AdmissionWebhook, _ question: JSONValue) async throws(WebhookFailure) -> JSONValue {
        let (url, target) = try await resolve(webhook)
        let client = try client(for: target)
        let separator = url.contains("?") ? "&" : "?"
        var request = HTTPClientRequest(
            url: "\(url)\(separator)timeout=\(webhook.timeout.components.seconds)s"
        )
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json, */*")
        request.body = .bytes(ByteBuffer(bytes: question.bytes()))
        let bytes: [UInt8]
        do {
            bytes = try await answer(to: request, of: client, within: webhook.timeout)
        } catch let error as WebhookFailure {
            throw error
        } catch let error as HTTPClientError where error == .deadlineExceeded {
            throw WebhookFailure(
                message: "failed to call webhook: Post \"\(request.url)\": context deadline exceeded"
            )
        } catch {
            throw WebhookFailure(message: "failed to call webhook: Post \"\(request.url)\": \(error)")
        }
        let bounds = JSONLimits(bytes: limits.webhookAnswerBytes, depth: limits.bodyDepth)
        guard let value = try? JSONValue(parsing: bytes, limits: bounds) else {
            throw WebhookFailure(message: "failed to call webhook: the answer is no JSON")
        }
        return value
    }

    /// The whole answer, head and body, or nothing: a body may come as slowly as its sender likes.
    private func answer(
        to request: HTTPClientRequest,
        of client: HTTPClient,
        within timeout: Duration
    ) async throws -> [UInt8] {
        let limit = limits.webhookAnswerBytes
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                let deadline = NIODeadline.now() + .seconds(timeout.components.seconds)
                let response = try await client.execute(request, deadline: deadline)
                guard (200..<300).contains(response.status.code) else {
                    throw WebhookFailure(
                        message: "failed to call webhook: the server answered \(response.status.code)"
                    )
                }
                return Array(buffer: try await response.body.collect(upTo: limit))
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw HTTPClientError.deadlineExceeded
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    /// Ends all connections.
    func shutDown() async {
        let all = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        for client in all { try? await client.shutdown() }
    }

    // MARK: Where to call

    private func resolve(_ webhook: AdmissionWebhook) async throws(WebhookFailure) -> (String, Target) {
        switch webhook.endpoint {
        case .url(let url):
            let host = url.dropFirst("https://".count).prefix { $0 != "/" && $0 != "?" }
            return (url, Target(host: String(host), address: "", authorities: webhook.authorities))
        case .service(let namespace, let name, let path, let port):
            let host = "\(name).\(namespace).svc"
            let place = try await endpoint(of: name, in: namespace, port: port)
            let rooted = path.hasPrefix("/") || path.isEmpty ? path : "/\(path)"
            return (
                "https://\(host):\(place.port)\(rooted)",
                Target(host: host, address: place.address, authorities: webhook.authorities)
            )
        }
    }

    private func endpoint(of name: String, in namespace: String, port: Int) async throws(WebhookFailure)
        -> (address: String, port: Int)
    {
        do throws(APIStatus) {
            let key = ObjectKey(resource: ServiceAllocation.resource, namespace: namespace, name: name)
            guard let service = try await store.find(key)?.object else {
                throw .notFound(ServiceAllocation.resource, name: name)
            }
            let ports = service["spec", "ports"]?.array ?? []
            guard let wanted = ports.first(where: { $0["port"]?.int == port }) else {
                throw .notFound(
                    GroupResource(group: "", resource: "serviceports"),
                    name: "\(name):\(port)"
                )
            }
            let portName = wanted["name"]?.string ?? ""
            let slices = GroupResource(group: "discovery.k8s.io", resource: "endpointslices")
            for slice in try await store.all(slices, namespace: namespace).map(\.object)
            where slice.labels["kubernetes.io/service-name"] == name {
                let number = (slice["ports"]?.array ?? []).first { ($0["name"]?.string ?? "") == portName }?[
                    "port"
                ]?.int
                let ready = (slice["endpoints"]?.array ?? []).first {
                    $0["conditions"]?["ready"]?.bool != false
                }
                if let number, let address = ready?["addresses"]?[0]?.string { return (address, number) }
            }
            let key2 = ObjectKey(
                resource: GroupResource(group: "", resource: "endpoints"),
                namespace: namespace,
                name: name
            )
            for subset in try await store.find(key2)?.object["subsets"]?.array ?? [] {
                let number = (subset["ports"]?.array ?? []).first { ($0["name"]?.string ?? "") == portName }?[
                    "port"
                ]?.int
                if let number, let address = subset["addresses"]?[0]?["ip"]?.string {
                    return (address, number)
                }
            }
        } catch {
            throw WebhookFailure(message: "failed to call webhook: \(error.message)")
        }
        throw WebhookFailure(
            message: "failed to call webhook: no endpoints available for service \"\(name)\""
        )
    }

    // MARK: Clients

    private func client(for target: Target) throws(WebhookFailure) -> HTTPClient {
        if let known = clients.withLock({ $0[target] }) { return known }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if !target.authorities.isEmpty {
            do {
                let certificates = try NIOSSLCertificate.fromPEMBytes(Array(target.authorities.utf8))
                tls.trustRoots = .certificates(certificates)
            } catch {
                throw WebhookFailure(message: "failed to call webhook: the caBundle cannot be read")
            }
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        // A certificate that is wrong now is wrong a second later: say so, instead of trying until time is up.
        configuration.connectionPool.retryConnectionEstablishment = false
        if !target.address.isEmpty { configuration.dnsOverride = [target.host: target.address] }
        let made = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        let (kept, dropped) = clients.withLock { clients -> (HTTPClient, [HTTPClient]) in
            if let known = clients[target] { return (known, [made]) }
            var dropped: [HTTPClient] = []
            if clients.count >= Self.clientLimit, let old = clients.keys.first,
                let client = clients.removeValue(forKey: old)
            {
                dropped.append(client)
            }
            clients[target] = made
            return (made, dropped)
        }
        for client in dropped { client.shutdown { _ in } }
        return kept
    }
}
