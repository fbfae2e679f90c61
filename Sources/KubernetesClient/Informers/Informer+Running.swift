import KubernetesModel
import Reconciliation
import Synchronization

extension Informer {
    /// Keeps up until the task is cancelled.
    ///
    /// Failures of the server or the connection do not end it: they are in ``metrics``, and it goes on after a wait.
    public func run() async {
        let wasRunning = core.withLock { core in
            defer { core.isRunning = true }
            return core.isRunning
        }
        precondition(!wasRunning, "an informer runs once")
        step { machine, now, _ in machine.start(at: now) }
        while !Task.isCancelled {
            let (request, due) = core.withLock { core in
                defer { core.plan.request = nil }
                return (core.plan.request, core.plan.due)
            }
            switch request {
            case .list(let request):
                await racing { [self] in await list(request) }
            case .watch(let request):
                await racing { [self] in await watch(request) }
            case nil:
                try? await clock.sleep(until: origin + due.sinceOrigin)
                if !Task.isCancelled { fireTimer() }
            }
        }
        let listeners = core.withLock { core in
            _ = core.machine.stop()
            return core.listeners.values.compactMap(\.events)
        }
        for listener in listeners { listener.finish() }
    }

    /// Does the work of a request until it is over or the machine's timer ends it.
    ///
    /// Whoever is second finds the machine past the request, and has no effect.
    private func racing(_ work: @escaping @Sendable () async -> Void) async {
        await withTaskGroup { group in
            group.addTask { await work() }
            group.addTask { [self] in
                repeat {
                    let due = core.withLock { $0.plan.due }
                    do {
                        try await clock.sleep(until: origin + due.sinceOrigin)
                    } catch {
                        return
                    }
                } while !fireTimer()
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// - Returns: Whether it ended the request under way.
    @discardableResult
    private func fireTimer() -> Bool {
        let effects = step { machine, now, random in machine.timerFired(at: now, using: &random) }
        return effects.contains { if case .cancel = $0 { true } else { false } }
    }

    // MARK: Requests

    private func list(_ request: ListRequest) async {
        do {
            let page = try ListPageReader(await source.list(request))
            // Objects are read twice, once to be compared and, if they changed, once more for their values: a list
            // mostly brings what is known, and a page's objects all at once would weigh too much.
            var items: [ObjectName: ArraySlice<UInt8>] = [:]
            var listed = ListedPage(objects: [], version: page.version, continuation: page.continuation)
            for item in page.items {
                let object = try ListPageReader.object(item, limit: objectLimit)
                let identity = try Self.identity(of: object)
                items[identity.name] = item
                listed.objects.append(identity)
            }
            let effects = step { machine, now, random in
                machine.pageArrived(listed, for: request.id, at: now, using: &random)
            }
            apply(effects) { name in
                items[name].flatMap { try? ListPageReader.object($0, limit: objectLimit) }
            }
        } catch {
            if Task.isCancelled { return }
            step { machine, now, random in
                machine.listFailed(ListWatchFailure(error), for: request.id, at: now, using: &random)
            }
        }
    }

    private func watch(_ request: WatchRequest) async {
        core.withLock { $0.metrics.watches += 1 }
        var failure: ListWatchFailure?
        do {
            try await source.watch(request) { event in
                try Task.checkCancellation()
                try take(event, request)
            }
        } catch {
            if Task.isCancelled { return }
            failure = ListWatchFailure(error)
        }
        // After an error event the machine is past this request, and ignores what its end says.
        let ending = failure
        step { machine, now, random in
            machine.watchEnded(ending, for: request.id, at: now, using: &random)
        }
    }

    private func take(
        _ told: WatchEvent<UnstructuredObject>,
        _ request: WatchRequest
    ) throws(ListWatchFailure) {
        let event: WatchedEvent
        var object: UnstructuredObject?
        switch told {
        case .added(let state), .modified(let state):
            event = .state(try Self.identity(of: state))
            object = state
        case .deleted(let last):
            event = .deleted(try Self.identity(of: last))
        case .bookmark(let version, _):
            event = .bookmark(version: version)
        case .failed(let status):
            event = .failed(ListWatchFailure(status))
        }
        core.withLock { core in
            core.metrics.events += 1
            core.metrics.lastFailure = nil
        }
        let effects = step { machine, now, random in
            machine.eventArrived(event, for: request.id, at: now, using: &random)
        }
        apply(effects) { _ in object }
        // Whatever may follow an error is not part of the watch.
        if case .failed(let failure) = event { throw failure }
    }

    private static func identity(of object: UnstructuredObject) throws(ListWatchFailure) -> ObjectIdentity {
        let identity = ObjectIdentity(
            name: object.objectName,
            uid: ObjectUID(object.uid),
            version: object.resourceVersion
        )
        guard let identity else { throw .malformed("an object without a name and a version") }
        return identity
    }

    // MARK: Effects

    /// Tells the machine something, and keeps what it wants next in the same breath: the timer and a request may both
    /// speak to it.
    @discardableResult
    private func step(
        _ tell: (inout ListWatchMachine, Moment, inout SystemRandomNumberGenerator) ->
            [ListWatchMachine.Effect]
    ) -> [ListWatchMachine.Effect] {
        var random = SystemRandomNumberGenerator()
        return core.withLock { core in
            let now = Moment(origin.duration(to: clock.now))
            let effects = tell(&core.machine, now, &random)
            for effect in effects {
                switch effect {
                case .list(let request): core.plan.request = .list(request)
                case .watch(let request): core.plan.request = .watch(request)
                // The task that made the request ends with this step.
                case .cancel: core.plan.request = nil
                case .wait(let until): core.plan.due = until
                case .report(let failure):
                    core.metrics.failures += 1
                    core.metrics.lastFailure = failure
                case .emit, .listCompleted: break
                }
            }
            return effects
        }
    }

    /// Applies what a page or an event changed; only one task does, so that listeners are told in that order.
    private func apply(
        _ effects: [ListWatchMachine.Effect],
        object: (ObjectName) -> UnstructuredObject?
    ) {
        for effect in effects {
            switch effect {
            case .emit(let changes): apply(changes, object)
            case .listCompleted: listCompleted()
            case .list, .watch, .cancel, .wait, .report: break
            }
        }
    }

    private func listCompleted() {
        let (isFirst, listeners) = core.withLock { core in
            core.metrics.completedLists += 1
            core.metrics.lastFailure = nil
            let isFirst = !core.hasSynced
            core.hasSynced = true
            return (isFirst, core.listeners.values.compactMap(\.events))
        }
        guard isFirst else { return }
        gate.open()
        for listener in listeners { listener.tell([], synced: true) }
    }

    private func apply(_ changes: [ObjectChange], _ object: (ObjectName) -> UnstructuredObject?) {
        // Values are made before the lock is taken: `read` is foreign code.
        let presences: [(name: ObjectName, after: InformerDelta<Value>.Presence)] = changes.map { change in
            let name = change.object.name
            switch change {
            case .added, .updated: return (name, presence(of: object(name)))
            case .deleted: return (name, .absent(isFinal: true))
            case .vanished: return (name, .absent(isFinal: false))
            }
        }
        let (deltas, listeners) = core.withLock { core in
            var deltas: [InformerDelta<Value>] = []
            for (name, after) in presences {
                let wasUnreadable = core.unreadable[name] != nil
                let before: Value?
                switch after {
                case .value(let value):
                    core.unreadable[name] = nil
                    before = core.store.set(value, for: name)
                case .unreadable(let reason):
                    core.unreadable[name] = reason
                    before = core.store.remove(name)
                case .absent:
                    core.unreadable[name] = nil
                    before = core.store.remove(name)
                }
                let told: InformerDelta<Value>.Presence =
                    if let before { .value(before) } else if wasUnreadable {
                        .unreadable("")
                    } else { .absent(isFinal: true) }
                deltas.append(InformerDelta(name: name, before: told, after: after))
            }
            core.listeners = core.listeners.filter { $0.value.events != nil }
            return (deltas, core.listeners.values.compactMap(\.events))
        }
        for listener in listeners { listener.tell(deltas) }
    }

    private func presence(of object: UnstructuredObject?) -> InformerDelta<Value>.Presence {
        guard let object else { return .unreadable("the object could not be read again") }
        do {
            return .value(try read(object))
        } catch {
            return .unreadable("\(error)")
        }
    }
}
