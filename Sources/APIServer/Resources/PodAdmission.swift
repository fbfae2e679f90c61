import APIRegistry
import JSONText
import KubernetesModel

/// Gives a pod its service account, and refuses one whose account is not there.
struct PodAdmission: Sendable {
    let store: ObjectStore

    private static let accounts = GroupResource(group: "", resource: "serviceaccounts")

    func admitCreate(_ pod: inout UnstructuredObject, at place: ResourcePlace) async throws(APIStatus) {
        guard place.definition.storage == GroupResource(group: "", resource: "pods"),
            place.subresource.isEmpty, pod["spec"]?.object != nil
        else { return }
        var name = pod["spec", "serviceAccountName"]?.string ?? ""
        if name.isEmpty {
            name = "default"
            pod["spec", "serviceAccountName"] = .string(name)
            pod["spec", "serviceAccount"] = .string(name)
        }
        let key = ObjectKey(resource: Self.accounts, namespace: place.namespace, name: name)
        guard try await store.find(key) == nil else { return }
        throw .forbidden(
            place.resource,
            name: pod.name,
            "error looking up service account \(place.namespace)/\(name): serviceaccount \"\(name)\" not found"
        )
    }
}
