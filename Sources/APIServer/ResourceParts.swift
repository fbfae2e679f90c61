import APIRegistry
import KubernetesModel
import Logging
import NetworkTypes
import RBAC

/// What stands behind the front: the service of resources, and what runs beside it.
struct ResourceParts: Sendable {
    let catalogue: @Sendable () -> ResourceCatalogue
    let rules: any AccessRules
    let responder: any RequestResponder
    private let controllers: Controllers
    private let webhooks: HTTPWebhookCaller

    /// Prepares what must be there before the first request: definitions, namespaces, roles.
    init(
        _ store: ObjectStore,
        _ tokens: ServiceAccountTokens,
        _ configuration: EmbeddedAPIConfiguration,
        authorities: String,
        _ logger: Logger
    ) async throws(EmbeddedAPIError) {
        guard let range = try? CIDR(parsing: configuration.serviceRange) else {
            throw .preparation("\(configuration.serviceRange) is no range of addresses")
        }
        let served = CatalogueInForce()
        let access = AccessInForce()
        let limits = configuration.resourceLimits
        webhooks = HTTPWebhookCaller(store: store, limits: limits)
        let service = ResourceService(
            ResourceService.Parts(
                store: store,
                catalogue: served,
                access: access,
                limits: limits,
                tokens: tokens,
                serviceRange: range,
                now: configuration.clock.now
            ),
            admission: WebhookAdmission(store: store, catalogue: served, limits: limits, caller: webhooks)
        )
        controllers = Controllers(
            service,
            Bootstrap(),
            authorities: authorities,
            logger: logger
        )
        catalogue = { served.snapshot() }
        rules = access
        responder = service
        do {
            try await controllers.prepare()
        } catch {
            throw .preparation(error.message)
        }
    }

    /// Tells those inside where the server listens, by the endpoints of the Service `kubernetes`.
    func publish(address: String, port: Int) async throws(APIStatus) {
        try await controllers.publish(address: address, port: port)
    }

    func run() async {
        await controllers.run()
        await webhooks.shutDown()
    }
}

extension AccessInForce: AccessRules {
    var evaluator: AccessEvaluator { snapshot() }
}

/// Finds what tokens are bound to in the store.
struct StoredBoundObjects: BoundObjects {
    let store: ObjectStore

    func boundObject(_ key: ObjectKey) async throws -> UnstructuredObject? {
        try await store.object(key)?.object
    }
}
