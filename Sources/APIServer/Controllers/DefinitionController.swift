import APIRegistry
import JSONText
import KubernetesModel

/// Removes the objects of CustomResourceDefinitions that are to go, and looks again at names that were taken.
struct DefinitionController: Sendable {
    let writer: ObjectWriter

    private static let call = WriteCall.controller("custom-resource-controller")

    func reconcile(_ name: String) async throws(APIStatus) -> ControllerQueue<String>.Outcome {
        let catalogue = writer.catalogue.snapshot()
        guard
            let kind = catalogue.definition(
                group: CustomResources.resource.group,
                version: "v1",
                plural: CustomResources.resource.resource
            )
        else { return .done }
        let place = ResourcePlace(kind, name: name)
        guard let definition = try await writer.read(place)?.object else { return .done }
        guard definition.isBeingDeleted else {
            try await decideNames(place)
            return .done
        }
        guard definition.finalizers.contains(CustomResourceNames.cleanupFinalizer) else { return .done }
        let resource = GroupResource(
            group: definition["spec", "group"]?.string ?? "",
            resource: definition["spec", "names", "plural"]?.string ?? ""
        )
        guard try await empty(resource) else { return .again(after: .milliseconds(200)) }
        do {
            try await writer.edit(place, uid: definition.uid) { object throws(APIStatus) in
                object.finalizers.removeAll { $0 == CustomResourceNames.cleanupFinalizer }
                return true
            }
        } catch {
            guard error.reason == .notFound else { throw error }
        }
        return .done
    }

    private func empty(_ resource: GroupResource) async throws(APIStatus) -> Bool {
        // A definition whose names were never accepted has no objects.
        guard let served = writer.catalogue.snapshot().versions(of: resource).first(where: \.isCustom) else {
            return true
        }
        let items = try await writer.store.all(resource)
        for item in items {
            let place = ResourcePlace(served, namespace: item.key.namespace, name: item.key.name)
            try await StoredResources.delete(item, at: place, writer, by: Self.call)
        }
        return items.isEmpty
    }

    /// Names that were in use may be free now.
    private func decideNames(_ place: ResourcePlace) async throws(APIStatus) {
        do {
            try await writer.definitions.decideAgain { change async throws(APIStatus) in
                try await writer.edit(place, change)
            }
        } catch {
            guard error.reason == .notFound else { throw error }
        }
    }
}
