import MeshAPI
import Synchronization

/// What is still to be sent to one proxy: the newest state of each resource, and nothing older.
///
/// A proxy that reads slowly finds one message per resource, whatever happened meanwhile; so the memory for it is
/// bounded by what it asked for. One reader.
final class Mailbox: Sendable {
    private struct State {
        var pending: [ResourceKey: ControlUpdate] = [:]
        /// The order in which resources were first put; each key once.
        var order: [ResourceKey] = []
        var isFinished = false
        var waiting: CheckedContinuation<ControlUpdate?, Never>?
    }

    private let state = Mutex(State())

    /// Queues an update in the place of an older one of the same resource.
    func put(_ update: ControlUpdate) {
        let waiting: CheckedContinuation<ControlUpdate?, Never>? = state.withLock { state in
            guard !state.isFinished else { return nil }
            if let waiting = state.waiting {
                state.waiting = nil
                return waiting
            }
            if state.pending.updateValue(update, forKey: update.key) == nil { state.order.append(update.key) }
            return nil
        }
        waiting?.resume(returning: update)
    }

    /// Takes back what was not sent yet.
    func discard(_ key: ResourceKey) {
        state.withLock { state in
            guard state.pending.removeValue(forKey: key) != nil else { return }
            state.order.removeAll { $0 == key }
        }
    }

    /// Ends the stream.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            state.pending = [:]
            state.order = []
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: nil)
    }

    /// The next update, oldest resource first; `nil` when finished or cancelled.
    func next() async -> ControlUpdate? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: ControlUpdate?? = state.withLock { state in
                    if Task.isCancelled || state.isFinished { return .some(nil) }
                    guard let key = state.order.first else {
                        state.waiting = continuation
                        return nil
                    }
                    state.order.removeFirst()
                    return .some(state.pending.removeValue(forKey: key))
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume(returning: nil)
        }
    }
}
