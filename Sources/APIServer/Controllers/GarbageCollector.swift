import APIRegistry
import JSONText
import KubernetesModel
import Synchronization

/// Deletes what nobody owns any more, and carries out how deletions spread to dependents.
///
/// Keeps for each object its place and its owners, by identity. What it decides it decides from the store: its memory
/// only tells where to look, except that it may not know a dependent yet. Deletions that wait for dependents, or
/// leave them behind, therefore ask the store for them.
final class GarbageCollector: Sendable {
    fileprivate struct Node {
        var key: ObjectKey
        var owners: [String]
    }

    fileprivate struct State {
        var nodes: [String: Node] = [:]
        /// Identities of objects by the identity of an owner.
        var dependents: [String: Set<String>] = [:]
    }

    private let writer: ObjectWriter
    private let queue: ControllerQueue<String>
    private let state = Mutex(State())

    private static let call = WriteCall.controller("generic-garbage-collector")
    private static let foreground = "foregroundDeletion"
    private static let orphan = "orphan"

    init(_ writer: ObjectWriter, _ queue: ControllerQueue<String>) {
        self.writer = writer
        self.queue = queue
    }

    // MARK: What is seen

    func observe(_ change: FollowedChange) {
        switch change {
        case .present(let stored):
            let object = stored.object
            let owners = OwnerReference.all(of: object).map(\.uid)
            state.withLock { state in
                state.forget(object.uid)
                state.nodes[object.uid] = Node(key: stored.key, owners: owners)
                for owner in owners { state.dependents[owner, default: []].insert(object.uid) }
            }
            if !owners.isEmpty || object.isBeingDeleted { queue.add(object.uid) }
        case .gone(_, let uid):
            let others = state.withLock { state -> [String] in
                let owners = state.nodes[uid]?.owners ?? []
                state.forget(uid)
                return owners + (state.dependents[uid].map(Array.init) ?? [])
            }
            // Dependents have lost an owner, and an owner may have waited for this one.
            for other in others { queue.add(other) }
        }
    }

    // MARK: What is done

    func reconcile(_ uid: String) async throws(APIStatus) -> ControllerQueue<String>.Outcome {
        guard let node = state.withLock({ $0.nodes[uid] }), let place = place(node.key),
            let stored = try await writer.store.find(node.key), stored.object.uid == uid
        else { return .done }
        let object = stored.object
        if object.isBeingDeleted {
            if object.finalizers.contains(Self.orphan) { return try await leaveDependents(of: object, place) }
            if object.finalizers.contains(Self.foreground) {
                return try await deleteDependents(of: object, place)
            }
            return .done
        }
        try await deleteIfUnowned(object, place)
        return .done
    }

    private enum OwnerState {
        case there, gone, waiting
        /// Its kind is not served, so nothing is known about it.
        case unknown
    }

    private func deleteIfUnowned(_ object: UnstructuredObject, _ place: ResourcePlace) async throws(APIStatus)
    {
        var gone: Set<String> = []
        var isWaitedFor = false
        var isOwned = false
        let references = OwnerReference.all(of: object)
        guard !references.isEmpty else { return }
        for reference in references {
            switch try await ownerState(reference, of: object) {
            case .there, .unknown: isOwned = true
            case .gone: gone.insert(reference.uid)
            case .waiting:
                isWaitedFor = true
                gone.insert(reference.uid)
            }
        }
        if isOwned {
            guard !gone.isEmpty else { return }
            try await dropOwners(gone, from: place, uid: object.uid)
            return
        }
        var options = DeleteOptions(propagation: .background, uid: object.uid)
        if object.finalizers.contains(Self.orphan) {
            options.propagation = .orphan
        } else if object.finalizers.contains(Self.foreground) {
            options.propagation = .foreground
        } else if isWaitedFor, state.withLock({ !($0.dependents[object.uid] ?? []).isEmpty }) {
            // Whoever waits for this one waits for its dependents too.
            options.propagation = .foreground
        }
        do {
            _ = try await writer.delete(place, options, by: Self.call)
        } catch {
            guard [.notFound, .conflict].contains(error.reason) else { throw error }
        }
    }

    private func ownerState(_ reference: OwnerReference, of object: UnstructuredObject)
        async throws(APIStatus) -> OwnerState
    {
        guard let version = GroupVersion(apiVersion: reference.apiVersion),
            let definition = writer.catalogue.snapshot().versions(group: version.group, kind: reference.kind)
                .first
        else { return .unknown }
        // An owner of another namespace is none: it is looked for in the dependent's own.
        let owner = ResourcePlace(definition, namespace: object.namespace, name: reference.name)
        guard !definition.isNamespaced || !object.namespace.isEmpty else { return .unknown }
        guard let stored = try await writer.store.find(owner.key), stored.object.uid == reference.uid else {
            return .gone
        }
        let isWaiting =
            stored.object.isBeingDeleted && stored.object.finalizers.contains(Self.foreground)
        return isWaiting ? .waiting : .there
    }

    /// Deletes the dependents of an object that waits for them, and lets it go when those that block it are gone.
    private func deleteDependents(of owner: UnstructuredObject, _ place: ResourcePlace)
        async throws(APIStatus) -> ControllerQueue<String>.Outcome
    {
        var isBlocked = false
        for (dependent, at) in try await dependents(of: owner, place) {
            let references = OwnerReference.all(of: dependent)
            if references.contains(where: { $0.uid == owner.uid && $0.blocksOwnerDeletion }) {
                isBlocked = true
            }
            if !dependent.isBeingDeleted { try await deleteIfUnowned(dependent, at) }
        }
        // Dependents that go add the owner again; a finalizer of theirs may take its time.
        guard !isBlocked else { return .again(after: .seconds(1)) }
        try await drop(finalizer: Self.foreground, from: place, uid: owner.uid)
        return .done
    }

    private func leaveDependents(of owner: UnstructuredObject, _ place: ResourcePlace)
        async throws(APIStatus) -> ControllerQueue<String>.Outcome
    {
        for (dependent, at) in try await dependents(of: owner, place) {
            try await dropOwners([owner.uid], from: at, uid: dependent.uid)
        }
        try await drop(finalizer: Self.orphan, from: place, uid: owner.uid)
        return .done
    }

    /// All dependents that the store knows.
    private func dependents(of owner: UnstructuredObject, _ place: ResourcePlace)
        async throws(APIStatus) -> [(UnstructuredObject, ResourcePlace)]
    {
        var result: [(UnstructuredObject, ResourcePlace)] = []
        let uid = owner.uid
        let mark = Array("\"\(uid)\"".utf8)
        for definition in StoredResources(writer.catalogue.snapshot()).all {
            if place.definition.isNamespaced, !definition.isNamespaced { continue }
            let query = ListQuery(
                resource: definition.storage,
                namespace: place.namespace.isEmpty ? nil : place.namespace,
                matching: { stored in
                    // Most objects do not name it at all, which their text tells without being read.
                    stored.bytes.contains(mark)
                        && OwnerReference.all(of: stored.object).contains { $0.uid == uid }
                }
            )
            for item in try await writer.store.page(query).items {
                let at = ResourcePlace(definition, namespace: item.key.namespace, name: item.key.name)
                result.append((item.object, at))
            }
        }
        return result
    }

    private func dropOwners(_ owners: Set<String>, from place: ResourcePlace, uid: String)
        async throws(APIStatus)
    {
        try await edit(place, uid) { object in
            let kept = (object["metadata", "ownerReferences"]?.array ?? []).filter { reference in
                !owners.contains(reference["uid"]?.string ?? "")
            }
            object["metadata", "ownerReferences"] = kept.isEmpty ? nil : .array(kept)
        }
    }

    private func drop(finalizer: String, from place: ResourcePlace, uid: String) async throws(APIStatus) {
        try await edit(place, uid) { $0.finalizers.removeAll { $0 == finalizer } }
    }

    private func edit(_ place: ResourcePlace, _ uid: String, _ change: (inout UnstructuredObject) -> Void)
        async throws(APIStatus)
    {
        do {
            try await writer.edit(place, uid: uid) { object throws(APIStatus) in
                change(&object)
                return true
            }
        } catch {
            guard error.reason == .notFound else { throw error }
        }
    }

    private func place(_ key: ObjectKey) -> ResourcePlace? {
        writer.catalogue.snapshot().versions(of: key.resource).first
            .map { ResourcePlace($0, namespace: key.namespace, name: key.name) }
    }
}

extension GarbageCollector.State {
    fileprivate mutating func forget(_ uid: String) {
        guard let node = nodes.removeValue(forKey: uid) else { return }
        for owner in node.owners {
            dependents[owner]?.remove(uid)
            if dependents[owner]?.isEmpty ?? false { dependents[owner] = nil }
        }
    }
}
