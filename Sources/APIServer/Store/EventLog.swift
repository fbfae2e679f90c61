import KubernetesModel
import Synchronization

/// What happened last, and who waits for what happens next.
///
/// A watch that has nothing to read leaves its continuation under the resource, namespace and name it asks for, so
/// that a change finds those it concerns without asking the others.
final class EventLog: Sendable {
    enum Wake { case changed, deadline, cancelled, closed }

    enum Reading {
        case events([WatchEvent], upTo: UInt64)
        /// Nothing more up to here.
        case waiting(upTo: UInt64)
        /// What comes next is on the disk, up to and with this revision.
        case onDisk(upTo: UInt64)
        case expired(oldest: UInt64)
        case closed
    }

    private struct Place: Hashable {
        var resource: GroupResource
        var namespace: String?
        var name: String?
    }

    private struct Waiter {
        var continuation: CheckedContinuation<Wake, Never>
        var deadline: ContinuousClock.Instant?
    }

    private struct State {
        var recent: RecentEvents
        var revision: UInt64
        var compacted: UInt64
        var isClosed = false
        var waiters: [Place: [ObjectIdentifier: Waiter]] = [:]
        var alarm: (at: ContinuousClock.Instant, task: Task<Void, Never>)?
    }

    private let state: Mutex<State>

    init(newest: UInt64, compacted: UInt64, _ options: StoreOptions) {
        let recent = RecentEvents(
            floor: newest,
            countLimit: options.recentCount,
            byteLimit: options.recentBytes
        )
        state = Mutex(State(recent: recent, revision: newest, compacted: compacted))
    }

    var revision: UInt64 { state.withLock(\.revision) }
    var compacted: UInt64 { state.withLock(\.compacted) }

    func object(_ resource: GroupResource, revision: UInt64) -> StoredObject? {
        state.withLock { $0.recent.object(resource, revision: revision) }
    }

    /// Of changes that are safe on the disk, in order.
    func append(_ events: [WatchEvent]) {
        let woken = state.withLock { state in
            var woken: [CheckedContinuation<Wake, Never>] = []
            for event in events {
                state.recent.append(event)
                state.revision = event.revision
                for place in Self.places(of: event.object.key) {
                    guard let waiters = state.waiters.removeValue(forKey: place) else { continue }
                    woken += waiters.values.map(\.continuation)
                }
            }
            return woken
        }
        for continuation in woken { continuation.resume(returning: .changed) }
    }

    func compacted(upTo revision: UInt64) {
        state.withLock { $0.compacted = revision }
    }

    /// What a watch at a revision has not seen; never waits.
    func read(_ query: WatchQuery, after revision: UInt64, limit: Int) -> Reading {
        state.withLock { state in
            if state.isClosed { return .closed }
            if revision < state.compacted { return .expired(oldest: state.compacted) }
            if revision < state.recent.floor { return .onDisk(upTo: state.recent.floor) }
            let events = state.recent.events(for: query, after: revision, limit: limit)
            guard let last = events.last else { return .waiting(upTo: max(revision, state.revision)) }
            return .events(events, upTo: events.count < limit ? state.revision : last.revision)
        }
    }

    /// Waits for a change that the watch asks for, unless something happened since the revision it has seen.
    func wait(
        for stream: WatchStream,
        seen: UInt64,
        until deadline: ContinuousClock.Instant?
    ) async -> Wake {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let wake = enter(stream, seen, Waiter(continuation: continuation, deadline: deadline)) {
                    return continuation.resume(returning: wake)
                }
                // The handler may have run before there was anybody to wake.
                if Task.isCancelled { wake(stream, .cancelled) }
            }
        } onCancel: {
            wake(stream, .cancelled)
        }
    }

    func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            state.alarm?.task.cancel()
            state.alarm = nil
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap(\.values)
        }
        for waiter in woken { waiter.continuation.resume(returning: .closed) }
    }

    // MARK: Waiters

    /// Returns why not to wait, if there is a reason.
    private func enter(_ stream: WatchStream, _ seen: UInt64, _ waiter: Waiter) -> Wake? {
        state.withLock { state in
            if state.isClosed { return .closed }
            // `seen` may lie ahead, when the watch began at a revision that was being announced.
            if state.revision > seen { return .changed }
            state.waiters[Self.place(of: stream.query), default: [:]][ObjectIdentifier(stream)] = waiter
            if let deadline = waiter.deadline { setAlarm(&state, at: deadline) }
            return nil
        }
    }

    private func wake(_ stream: WatchStream, _ wake: Wake) {
        let place = Self.place(of: stream.query)
        let waiter = state.withLock { state in
            let waiter = state.waiters[place]?.removeValue(forKey: ObjectIdentifier(stream))
            if state.waiters[place]?.isEmpty == true { state.waiters[place] = nil }
            return waiter
        }
        waiter?.continuation.resume(returning: wake)
    }

    /// One alarm for all, at the earliest deadline.
    private func setAlarm(_ state: inout State, at deadline: ContinuousClock.Instant) {
        if let alarm = state.alarm {
            guard deadline < alarm.at else { return }
            alarm.task.cancel()
        }
        let task = Task.detached { [weak self] in
            do { try await ContinuousClock().sleep(until: deadline) } catch { return }
            self?.ring(at: deadline)
        }
        state.alarm = (deadline, task)
    }

    private func ring(at time: ContinuousClock.Instant) {
        let woken = state.withLock { state in
            // A later alarm replaced this one while it was going off.
            guard state.alarm?.at == time else { return [Waiter]() }
            state.alarm = nil
            var woken: [Waiter] = []
            var next: ContinuousClock.Instant?
            for (place, waiters) in state.waiters {
                var staying = waiters
                for (stream, waiter) in waiters {
                    guard let deadline = waiter.deadline else { continue }
                    if deadline <= time {
                        woken.append(waiter)
                        staying[stream] = nil
                    } else {
                        next = min(next ?? deadline, deadline)
                    }
                }
                if staying.count < waiters.count { state.waiters[place] = staying.isEmpty ? nil : staying }
            }
            if let next { setAlarm(&state, at: next) }
            return woken
        }
        for waiter in woken { waiter.continuation.resume(returning: .deadline) }
    }

    private static func place(of query: WatchQuery) -> Place {
        Place(resource: query.resource, namespace: query.namespace, name: query.name)
    }

    private static func places(of key: ObjectKey) -> [Place] {
        [
            Place(resource: key.resource), Place(resource: key.resource, namespace: key.namespace),
            Place(resource: key.resource, name: key.name),
            Place(resource: key.resource, namespace: key.namespace, name: key.name),
        ]
    }
}
