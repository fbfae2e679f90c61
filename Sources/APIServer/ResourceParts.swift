import APIRegistry
import JSONText
import KubernetesModel
import Logging
import RBAC

/// What stands behind the front: the service of resources, and what runs beside it.
struct ResourceParts: Sendable {
    let catalogue: @Sendable () -> ResourceCatalogue
    let rules: any AccessRules
    let responder: any RequestResponder

    init(
        _ store: ObjectStore,
        _ tokens: ServiceAccountTokens,
        _ configuration: EmbeddedAPIConfiguration,
        _ logger: Logger
    ) async throws(EmbeddedAPIError) {
        catalogue = { .builtIn }
        rules = NoRules()
        responder = NoResources()
    }

    func run() async {}
}

private struct NoRules: AccessRules {
    let evaluator = AccessEvaluator(roles: [Role](), bindings: [RoleBinding]())
}

private struct NoResources: RequestResponder {
    func respond(to request: APIRequest, info: RequestInfo) async -> APIResponse { APIResponse(.noSuchPath) }
}

extension ObjectStore: BoundObjects {
    func boundObject(_ key: ObjectKey) async throws -> UnstructuredObject? {
        try await object(key)?.object
    }
}

/// The descriptions of types that clients may fetch.
enum OpenAPIPaths {
    static func document(_ path: String, _ catalogue: ResourceCatalogue) -> JSONValue? { nil }
}
