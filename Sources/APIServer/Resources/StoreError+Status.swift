import APIRegistry
import KubernetesModel

extension StoreError {
    /// What a caller is told, for an object that goes by a resource's name.
    func status(_ resource: GroupResource, name: String) -> APIStatus {
        switch self {
        case .notFound: return .notFound(resource, name: name)
        case .exists: return .alreadyExists(resource, name: name)
        case .conflict, .reliance: return .modified(resource, name: name)
        case .expired(let requested, let oldest):
            return .resourceVersionTooOld(asked: requested, oldest: oldest)
        case .future(let requested, let current):
            return .resourceVersionTooLarge(asked: requested, current: current)
        case .badContinueToken: return .badRequest("continue key is not valid")
        // Kubernetes hands on what etcd says, and controllers know it by these words.
        case .tooLarge:
            return APIStatus(code: 500, reason: .unknown, message: "etcdserver: request is too large")
        case .tooMany:
            return APIStatus(
                code: 507,
                reason: .unknown,
                message: "the server stores as many objects as it may: delete some"
            )
        case .notStorable(let reason): return .badRequest("the object cannot be stored: \(reason)")
        case .overloaded:
            return .tooManyRequests(
                "Too many requests, please try again later.",
                retryAfter: .seconds(1)
            )
        case .cancelled:
            return APIStatus(
                code: 504,
                reason: .timeout,
                message: "Timeout: request did not complete within the allotted timeout"
            )
        case .closed:
            return APIStatus(
                code: 503,
                reason: .serviceUnavailable,
                message: "the server is shutting down"
            )
        case .full: return .internalError("no space is left for the store")
        // Paths and the like are for the log of whoever runs the server, not for its callers.
        case .storage, .corrupt, .foreign, .newer, .failed:
            return .internalError("the store cannot be read or written")
        }
    }
}

extension APIStatus {
    static func resourceVersionTooLarge(asked: UInt64, current: UInt64) -> APIStatus {
        APIStatus(
            code: 504,
            reason: .timeout,
            message: "Timeout: Too large resource version: \(asked), current: \(current)",
            details: Details(
                causes: [
                    Cause(reason: "ResourceVersionTooLarge", message: "Too large resource version")
                ],
                retryAfter: .seconds(1)
            )
        )
    }
}

/// The store's verbs, with refusals as callers are told them.
extension ObjectStore {
    func find(_ key: ObjectKey) async throws(APIStatus) -> StoredObject? {
        do {
            return try await object(key)
        } catch {
            throw error.status(key.resource, name: key.name)
        }
    }

    func page(_ query: ListQuery) async throws(APIStatus) -> ListPage {
        do {
            return try await list(query)
        } catch {
            throw error.status(query.resource, name: "")
        }
    }

    func all(_ resource: GroupResource, namespace: String? = nil) async throws(APIStatus) -> [StoredObject] {
        try await page(ListQuery(resource: resource, namespace: namespace)).items
    }
}
