import APIRegistry
import KubernetesModel

/// What namespaces demand of writes: to exist, not to be ending, and to stay where the server needs them.
struct NamespaceAdmission: Sendable {
    let store: ObjectStore

    static let resource = GroupResource(group: "", resource: "namespaces")

    /// Namespaces that nobody may delete.
    static let immortal: Set<String> = ["default", "kube-system", "kube-public"]

    /// The namespaces that the server makes when it starts.
    static let system = ["default", "kube-node-lease", "kube-public", "kube-system"]

    static func key(_ name: String) -> ObjectKey { ObjectKey(resource: resource, namespace: "", name: name) }

    func namespace(_ name: String) async throws(APIStatus) -> UnstructuredObject? {
        try await store.find(Self.key(name))?.object
    }

    /// Refuses a new object in a namespace that is not there, or is ending; `nil` for one that is in none.
    func admitCreate(of object: UnstructuredObject, at place: ResourcePlace) async throws(APIStatus)
        -> StoredObject?
    {
        guard place.definition.isNamespaced, place.definition.isStored else { return nil }
        let name = place.namespace
        guard let namespace = try await store.find(Self.key(name)) else {
            throw .notFound(Self.resource, name: name)
        }
        guard namespace.object.isBeingDeleted else { return namespace }
        var status = APIStatus.forbidden(
            place.resource,
            name: object.name,
            "unable to create new content in namespace \(name) because it is being terminated"
        )
        status.details.causes = [
            APIStatus.Cause(
                reason: "NamespaceTerminating",
                message: "namespace \(name) is being terminated",
                field: "metadata.namespace"
            )
        ]
        throw status
    }

    static func admitDelete(at place: ResourcePlace) throws(APIStatus) {
        guard place.definition.storage == resource, immortal.contains(place.name) else { return }
        throw .forbidden(resource, name: place.name, "this namespace may not be deleted")
    }
}
