import JSONText
public import KubernetesModel

/// What a delete does to one object.
public enum Deletion: Hashable, Sendable {
    /// Nothing holds it: it goes now. The object is as the last event shows it.
    case remove(UnstructuredObject)
    /// It is written as given, and goes when its finalizers are gone or its time has passed.
    case mark(UnstructuredObject)
    /// It is on its way already, and this delete changes nothing.
    case pending(UnstructuredObject)
}

extension ObjectLifecycle {
    /// Decides what a delete does.
    ///
    /// Pods are deleted gracefully, as in Kubernetes: one that has no node, or has ended, goes at once; one that is on a
    /// node is marked with the moment of its end, and whoever plays the kubelet deletes it again with a grace period of
    /// zero. Where nobody does, ``hasOutlivedGrace(_:now:)`` says when the server may do it.
    public func delete(_ object: UnstructuredObject, _ options: DeleteOptions, now: Timestamp)
        throws(APIStatus)
        -> Deletion
    {
        try checkPreconditions(object, options)
        if isNamespace { return deleteNamespace(object, options, now: now) }

        var marked = object
        var isGraceful = false
        if isGracefullyDeleted {
            switch grace(&marked, options, now: now) {
            case .pending: return .pending(object)
            case .started: isGraceful = true
            case .none: break
            }
        }
        marked.finalizers = finalizers(of: object, options)
        if isDefinition, !object.isBeingDeleted { markDefinition(&marked, now: now) }
        if isGraceful {
            let period = marked["metadata", "deletionGracePeriodSeconds"]?.int ?? 0
            return marked.finalizers.isEmpty && period == 0 ? .remove(marked) : .mark(marked)
        }
        guard !marked.finalizers.isEmpty else { return .remove(object) }
        markAsDeleting(&marked, now: now)
        return isUnchanged(marked, from: object) ? .pending(object) : .mark(marked)
    }

    /// Whether an update took away the last thing that held an object which is being deleted.
    public func isGone(_ object: UnstructuredObject, after old: UnstructuredObject) -> Bool {
        guard object.isBeingDeleted, object.finalizers.isEmpty else { return false }
        if isNamespace { return (object["spec", "finalizers"]?.array ?? []).isEmpty }
        // While a grace period runs, no finalizer decides.
        return (object["metadata", "deletionGracePeriodSeconds"]?.int ?? 0) == 0
    }

    /// Whether a pod's end has passed without a kubelet's having confirmed it.
    public func hasOutlivedGrace(_ object: UnstructuredObject, now: Timestamp) -> Bool {
        guard isGracefullyDeleted, let end = object.deletionTimestamp.flatMap({ Timestamp($0) }) else {
            return false
        }
        return end <= now
    }

    private var isNamespace: Bool { kind.group.isEmpty && kind.kind == "Namespace" && !definition.isCustom }
    private var isGracefullyDeleted: Bool { kind.group.isEmpty && kind.kind == "Pod" && !definition.isCustom }
    private var isDefinition: Bool {
        kind.group == "apiextensions.k8s.io" && kind.kind == "CustomResourceDefinition"
    }

    private func checkPreconditions(_ object: UnstructuredObject, _ options: DeleteOptions) throws(APIStatus)
    {
        // Kubernetes puts the kind, not the resource, into these two messages.
        let subject = GroupResource(group: kind.group, resource: kind.kind)
        if let uid = options.uid, uid != object.uid {
            throw .conflict(
                subject,
                name: object.name,
                "the UID in the precondition (\(GoText.shortened(uid))) does not match the UID in record (\(object.uid)). The object might have been deleted and then recreated"
            )
        }
        if let version = options.resourceVersion, version != object.resourceVersion {
            throw .conflict(
                subject,
                name: object.name,
                "the ResourceVersion in the precondition (\(GoText.shortened(version))) does not match the ResourceVersion in record (\(object.resourceVersion)). The object might have been modified"
            )
        }
    }

    // MARK: Finalizers

    /// The object's finalizers with those that the garbage collector works by.
    private func finalizers(of object: UnstructuredObject, _ options: DeleteOptions) -> [String] {
        let own = object.finalizers.filter { $0 != "orphan" && $0 != "foregroundDeletion" }
        guard !rules.isWithoutGarbageCollection else { return own }
        switch (options.orphanDependents, options.propagation) {
        case (true?, _), (_, .orphan?): return own + ["orphan"]
        case (_, .foreground?): return own + ["foregroundDeletion"]
        case (false?, _), (_, .background?): return own
        case (nil, nil):
            if object.finalizers.contains("orphan") { return own + ["orphan"] }
            if object.finalizers.contains("foregroundDeletion") { return own + ["foregroundDeletion"] }
            return rules.orphansByDefault ? own + ["orphan"] : own
        }
    }

    private func markAsDeleting(_ object: inout UnstructuredObject, now: Timestamp) {
        let end = object.deletionTimestamp.flatMap { Timestamp($0) }
        if object.deletionTimestamp == nil { bumpGeneration(&object) }
        if end.map({ $0 > now }) ?? true { object.deletionTimestamp = now.description }
        object["metadata", "deletionGracePeriodSeconds"] = 0
    }

    private func bumpGeneration(_ object: inout UnstructuredObject) {
        guard let generation = object.generation, generation > 0, generation < .max else { return }
        object.generation = generation + 1
    }

    // MARK: Grace

    private enum Grace {
        /// The object is not deleted gracefully, or its time is up.
        case none
        case started
        case pending
    }

    private func grace(_ pod: inout UnstructuredObject, _ options: DeleteOptions, now: Timestamp) -> Grace {
        if pod.isBeingDeleted {
            let running = pod["metadata", "deletionGracePeriodSeconds"]?.int ?? 0
            guard running > 0 else { return .none }
            guard let asked = options.gracePeriodSeconds.map({ max($0, 0) }), asked < running else {
                return .pending
            }
            let end = pod.deletionTimestamp.flatMap { Timestamp($0) } ?? now
            pod.deletionTimestamp = (end.adding(.seconds(asked - running)) ?? now).description
            pod["metadata", "deletionGracePeriodSeconds"] = .int(asked)
            return .started
        }
        var period = options.gracePeriodSeconds ?? pod["spec", "terminationGracePeriodSeconds"]?.int ?? 0
        let hasEnded = ["Failed", "Succeeded"].contains(pod["status", "phase"]?.string)
        if (pod["spec", "nodeName"]?.string ?? "").isEmpty || hasEnded { period = 0 }
        if period < 0 { period = 1 }
        bumpGeneration(&pod)
        pod.deletionTimestamp = (now.adding(.seconds(period)) ?? now).description
        pod["metadata", "deletionGracePeriodSeconds"] = .int(period)
        return .started
    }

    // MARK: Kinds that end in their own way

    /// A namespace stays, terminating, until everything in it is gone and its finalizers are.
    private func deleteNamespace(_ object: UnstructuredObject, _ options: DeleteOptions, now: Timestamp)
        -> Deletion
    {
        let isHeld = !(object["spec", "finalizers"]?.array ?? []).isEmpty || !object.finalizers.isEmpty
        guard !object.isBeingDeleted else { return isHeld ? .pending(object) : .remove(object) }
        var marked = object
        marked.finalizers = finalizers(of: object, options)
        marked.deletionTimestamp = now.description
        marked["status", "phase"] = "Terminating"
        let stays = !(marked["spec", "finalizers"]?.array ?? []).isEmpty || !marked.finalizers.isEmpty
        return stays ? .mark(marked) : .remove(marked)
    }

    /// A definition stays until its objects are gone.
    private func markDefinition(_ object: inout UnstructuredObject, now: Timestamp) {
        if !object.finalizers.contains(CustomResourceNames.cleanupFinalizer) {
            object.finalizers.append(CustomResourceNames.cleanupFinalizer)
        }
        CustomResourceNames.setCondition(
            &object,
            type: "Terminating",
            status: "True",
            reason: "InstanceDeletionPending",
            message: "CustomResource deletion is in progress",
            now: now
        )
    }
}
