import APIRegistry
import JSONText
import KubernetesModel

/// Removes what has outlived its time: Events after an hour, and pods whose grace period nobody ended.
struct Expiry: Sendable {
    let writer: ObjectWriter

    static let events = GroupResource(group: "", resource: "events")
    static let pods = GroupResource(group: "", resource: "pods")

    private static let call = WriteCall.controller("expiry-controller")
    private static let eventLifetime = Duration.seconds(3600)

    func reconcile(_ key: ObjectKey) async throws(APIStatus) -> ControllerQueue<ObjectKey>.Outcome {
        let definition = writer.catalogue.snapshot().definition(
            group: key.resource.group,
            version: "v1",
            plural: key.resource.resource
        )
        guard let definition, let item = try await writer.store.find(key) else { return .done }
        guard let end = Self.end(of: item.object, key.resource) else { return .done }
        let left = end.since(writer.now())
        guard left <= .zero else { return .again(after: left) }
        let place = ResourcePlace(definition, namespace: key.namespace, name: key.name)
        // There are no kubelets here that would confirm the end of a pod.
        let options = DeleteOptions(gracePeriodSeconds: 0, propagation: .background)
        try await StoredResources.delete(item, at: place, writer, options, by: Self.call)
        return .done
    }

    /// When an object's time is over; `nil` when it has no end.
    static func end(of object: UnstructuredObject, _ resource: GroupResource) -> Timestamp? {
        switch resource {
        case events:
            let times = [
                object["lastTimestamp"], object["series", "lastObservedTime"], object["eventTime"],
                object["metadata", "creationTimestamp"],
            ]
            return times.compactMap { $0?.string.flatMap { Timestamp($0) } }.max()?.adding(eventLifetime)
        case pods: return object.deletionTimestamp.flatMap { Timestamp($0) }
        default: return nil
        }
    }
}
