import APIRegistry
import CertificateAuthority
import HummingbirdCore
import KubernetesModel
public import Logging
import NIOCore
import NIOPosix
import NetworkTypes
public import ServiceLifecycle
import Storage
import Synchronization
import SystemPackage

/// What an API server says once it serves.
public struct EmbeddedAPIStarted: Sendable {
    /// `https://127.0.0.1:6443`.
    public var url: String
    /// An administrator's, with a key in it.
    public var kubeconfig: String
}

/// A small Kubernetes API server inside this process.
///
/// Ends on graceful shutdown or cancellation; then watches are ended, requests finished, and the store is closed.
public struct EmbeddedAPI: ServiceLifecycle.Service {
    let configuration: EmbeddedAPIConfiguration
    let logger: Logger
    let onStart: @Sendable (EmbeddedAPIStarted) async -> Void

    /// Makes a server; `onStart` is called once, when it serves.
    public init(
        _ configuration: EmbeddedAPIConfiguration,
        logger: Logger,
        onStart: @escaping @Sendable (EmbeddedAPIStarted) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onStart = onStart
    }

    public func run() async throws {
        let directory: PrivateDirectory
        let lock: DirectoryLock
        do throws(StorageError) {
            directory = try PrivateDirectory(at: configuration.directory)
            lock = try DirectoryLock(directory)
        } catch {
            throw EmbeddedAPIError.storage(error)
        }
        let parts = try await makeParts(in: directory)
        do {
            try await serve(parts, in: directory)
        } catch {
            await parts.store.close()
            throw error
        }
        await parts.store.close()
        _ = consume lock
    }

    /// What was built and not started yet.
    struct Parts: Sendable {
        var authority: APICertificateAuthority
        var certificate: ServingCertificate
        var store: ObjectStore
        var audit: AuditLog
        var resources: ResourceParts
        var front: HTTPFront
        /// Where the server is reached, once that is known.
        var address: ServerAddress
    }

    private func makeParts(in directory: PrivateDirectory) async throws(EmbeddedAPIError) -> Parts {
        let now = configuration.clock.now()
        let authority: APICertificateAuthority
        let key: TokenSigningKey
        do throws(APIAuthorityError) {
            authority = try APICertificateAuthority(in: directory, at: now)
            key = try ServiceAccountTokens.key(in: directory)
        } catch {
            throw .authority(error)
        }
        let certificate: ServingCertificate
        do {
            certificate = try ServingCertificate(authority, addresses: [configuration.host], at: now)
        } catch {
            throw .tls("\(error)")
        }
        let audit: AuditLog
        do throws(StorageError) {
            let auditDirectory = try PrivateDirectory(at: directory.path.appending("audit"))
            audit = AuditLog(auditDirectory, limits: configuration.audit, logger: logger)
        } catch {
            throw .storage(error)
        }
        let store: ObjectStore
        do throws(StoreError) {
            store = try await ObjectStore.open(
                at: directory.path.appending("store"),
                options: configuration.store
            )
        } catch {
            throw .store(error)
        }
        do {
            let tokens = try ServiceAccountTokens(
                key: key,
                objects: StoredBoundObjects(store: store),
                clock: configuration.clock
            )
            let resources = try await ResourceParts(
                store,
                tokens,
                configuration,
                authorities: authority.certificatePEM + "\n",
                logger
            )
            let address = ServerAddress(host: configuration.host)
            let handler = makeHandler(authority, tokens, store, audit, resources, address)
            let front = HTTPFront(handler: handler, limits: configuration.limits, logger: logger)
            return Parts(
                authority: authority,
                certificate: certificate,
                store: store,
                audit: audit,
                resources: resources,
                front: front,
                address: address
            )
        } catch {
            await store.close()
            throw (error as? EmbeddedAPIError) ?? .tls("\(error)")
        }
    }

    private func makeHandler(
        _ authority: APICertificateAuthority,
        _ tokens: ServiceAccountTokens,
        _ store: ObjectStore,
        _ audit: AuditLog,
        _ resources: ResourceParts,
        _ address: ServerAddress
    ) -> APIHandler {
        let inFlight = InFlight(configuration.limits)
        let metrics = ServerMetrics()
        let catalogue = resources.catalogue
        let storeCheck = HealthCheck(name: "store") {
            do throws(StoreError) {
                let namespaces = GroupResource(group: "", resource: "namespaces")
                _ = try await store.list(ListQuery(resource: namespaces, limit: 1))
                return nil
            } catch {
                return error.description
            }
        }
        let auditCheck = HealthCheck(name: "audit") {
            audit.isWriting ? nil : "the audit log cannot be written"
        }
        let paths = PathService(
            health: HealthChecks(live: [], ready: [storeCheck, auditCheck]),
            catalogue: catalogue,
            keyDocument: tokens.keyDocument,
            address: { address.text },
            metrics: {
                metrics.text(
                    inFlight: inFlight,
                    objects: await StoredCounts.read(from: store, catalogue()),
                    revision: store.revision
                )
            }
        )
        return APIHandler(
            authenticator: Authenticator(
                certificates: ClientCertificates(authority: authority.certificate),
                tokens: tokens,
                clock: configuration.clock
            ),
            rules: resources.rules,
            inFlight: inFlight,
            paths: paths,
            reviews: ReviewService(rules: resources.rules, tokens: tokens),
            resources: resources.responder,
            catalogue: catalogue,
            audit: audit,
            metrics: metrics,
            limits: configuration.limits,
            clock: configuration.clock,
            logger: logger
        )
    }
}

/// Where the server is reached: known once it listens.
final class ServerAddress: Sendable {
    private let host: String
    private let port = Mutex(0)

    init(host: String) {
        self.host = host
    }

    /// `127.0.0.1:6443`, `[::1]:6443`; an address that stands for all is of no use to a client.
    var text: String {
        let host = ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host
        return "\(host.contains(":") ? "[\(host)]" : host):\(port.withLock { $0 })"
    }

    func set(port: Int) { self.port.withLock { $0 = port } }
}

/// Counts what is stored, without reading it.
enum StoredCounts {
    static func read(from store: ObjectStore, _ catalogue: ResourceCatalogue) async -> [(
        resource: String, count: Int
    )] {
        let resources = Set(catalogue.definitions.filter(\.isStored).map(\.storage))
        var counts: [(resource: String, count: Int)] = []
        for resource in resources {
            guard let page = try? await store.list(ListQuery(resource: resource, limit: 1)) else { continue }
            counts.append((resource.description, page.items.count + (page.remainingItemCount ?? 0)))
        }
        return counts.sorted { $0.resource < $1.resource }
    }
}
