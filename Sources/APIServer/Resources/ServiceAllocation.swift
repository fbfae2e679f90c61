import APIRegistry
import KubernetesModel
import NetworkTypes

/// Gives Services their addresses and ports.
///
/// The stored Services are the only record of what is taken: nothing leaks when a write fails, and nothing has to be
/// restored. Writes of Services therefore take turns.
struct ServiceAllocation: Sendable {
    let store: ObjectStore
    let range: CIDR
    private let turns = SerialTurns()

    static let resource = GroupResource(group: "", resource: "services")

    init(store: ObjectStore, range: CIDR) {
        self.store = store
        self.range = range
    }

    /// Hands the object on to be written, with its addresses when it is a Service.
    func assign(
        _ object: UnstructuredObject,
        old: UnstructuredObject?,
        at place: ResourcePlace,
        _ write: (UnstructuredObject) async throws(APIStatus) -> UnstructuredObject
    ) async throws(APIStatus) -> UnstructuredObject {
        guard place.definition.storage == Self.resource, !object.isBeingDeleted,
            place.subresource.isEmpty
        else { return try await write(object) }
        return try await turns.take { () async throws(APIStatus) in
            let stored = try await store.all(Self.resource)
            guard var pool = ServiceAddressPool(range: range, services: stored.map(\.object)) else {
                throw .internalError("the range of Services, \(range), cannot be used")
            }
            var service = object
            try ServiceAddresses.assign(&service, old: old, from: &pool)
            return try await write(service)
        }
    }
}
