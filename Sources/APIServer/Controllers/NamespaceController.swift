import APIRegistry
import JSONText
import KubernetesModel

/// Furnishes new namespaces, and empties those that are to go.
struct NamespaceController: Sendable {
    let writer: ObjectWriter
    /// PEM; what pods trust the server by.
    let authorities: String

    private static let call = WriteCall.controller("namespace-controller")

    func reconcile(_ name: String) async throws(APIStatus) -> ControllerQueue<String>.Outcome {
        guard let namespace = try await NamespaceAdmission(store: writer.store).namespace(name) else {
            return .done
        }
        guard namespace.isBeingDeleted else {
            try await furnish(name)
            return .done
        }
        let isEmpty = try await empty(name)
        guard isEmpty else { return .again(after: .milliseconds(200)) }
        guard let place = place("namespaces", name: name) else { return .done }
        do {
            try await writer.edit(place, uid: namespace.uid) { object throws(APIStatus) in
                let kept = (object["spec", "finalizers"]?.array ?? []).filter { $0 != "kubernetes" }
                object["spec", "finalizers"] = kept.isEmpty ? nil : .array(kept)
                return true
            }
        } catch {
            guard error.reason == .notFound else { throw error }
        }
        return .done
    }

    /// The account that pods run as when they name none, and what they trust the server by.
    private func furnish(_ name: String) async throws(APIStatus) {
        if let place = place("serviceaccounts", namespace: name) {
            try await createIfAbsent(["metadata": ["name": "default"]], at: place)
        }
        if let place = place("configmaps", namespace: name) {
            try await createIfAbsent(
                [
                    "metadata": [
                        "name": "kube-root-ca.crt",
                        "annotations": [
                            "kubernetes.io/description":
                                "Contains a CA bundle that can be used to verify the API server of this cluster."
                        ],
                    ],
                    "data": ["ca.crt": .string(authorities)],
                ],
                at: place
            )
        }
    }

    private func createIfAbsent(_ content: JSONObject, at place: ResourcePlace) async throws(APIStatus) {
        let object = UnstructuredObject(content)
        guard try await writer.store.find(place.key(object.name)) == nil else { return }
        do {
            _ = try await writer.create(object, at: place, by: Self.call)
        } catch {
            // Somebody else was faster, or the namespace is about to go: both are well.
            guard [.alreadyExists, .notFound, .forbidden].contains(error.reason) else { throw error }
        }
    }

    private func place(_ plural: String, namespace: String = "", name: String = "") -> ResourcePlace? {
        writer.catalogue.snapshot().definition(group: "", version: "v1", plural: plural)
            .map { ResourcePlace($0, namespace: namespace, name: name) }
    }

    /// Deletes what is in a namespace; true when nothing is left.
    private func empty(_ name: String) async throws(APIStatus) -> Bool {
        var isEmpty = true
        for definition in StoredResources(writer.catalogue.snapshot()).all where definition.isNamespaced {
            for item in try await writer.store.all(definition.storage, namespace: name) {
                isEmpty = false
                let place = ResourcePlace(definition, namespace: name, name: item.key.name)
                try await StoredResources.delete(item, at: place, writer, by: Self.call)
            }
        }
        return isEmpty
    }
}

/// One definition for each stored resource, whatever versions it is served in.
struct StoredResources: Sendable {
    let all: [ResourceDefinition]

    init(_ catalogue: ResourceCatalogue) {
        var seen: Set<GroupResource> = []
        all = catalogue.definitions.filter { definition in
            definition.isStored && definition.storage == definition.groupResource
                && seen.insert(definition.storage).inserted
        }
    }

    /// Deletes an object that is in the way; one that is on its way already is left alone.
    static func delete(
        _ item: StoredObject,
        at place: ResourcePlace,
        _ writer: ObjectWriter,
        _ options: DeleteOptions = DeleteOptions(propagation: .background),
        by call: WriteCall
    ) async throws(APIStatus) {
        if item.object.isBeingDeleted, !item.object.finalizers.isEmpty { return }
        var options = options
        options.uid = item.object.uid
        do {
            _ = try await writer.delete(place, options, by: call)
        } catch {
            // Gone, or replaced by another of the same name, which the next round sees.
            guard [.notFound, .conflict].contains(error.reason) else { throw error }
        }
    }
}
