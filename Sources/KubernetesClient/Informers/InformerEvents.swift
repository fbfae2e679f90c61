import Synchronization

/// The events of one listener, for one task to iterate over.
///
/// Ends when the task is cancelled or the informer stops. The informer never waits for a listener.
public final class InformerEvents<Value: Sendable>: AsyncSequence, Sendable {
    public typealias Element = InformerEvent<Value>
    public typealias Failure = Never

    private struct State {
        var pending = PendingEvents<Value>()
        var waiter: CheckedContinuation<InformerEvent<Value>?, Never>?
        var isOver = false
    }

    private let state = Mutex(State())

    init() {}

    /// How many objects have changes that were not told yet.
    public var backlog: Int { state.withLock { $0.pending.count } }

    public func makeAsyncIterator() -> Iterator { Iterator(events: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let events: InformerEvents

        public mutating func next() async -> InformerEvent<Value>? { await events.next() }
    }

    // MARK: For the informer

    func tell(_ deltas: [InformerDelta<Value>], synced: Bool = false) {
        wake { state in
            for delta in deltas { state.pending.fold(delta) }
            if synced { state.pending.synced() }
        }
    }

    func finish() {
        wake { $0.isOver = true }
    }

    private func wake(_ change: (inout State) -> Void) {
        let resumption = state.withLock { state -> (() -> Void)? in
            change(&state)
            guard let waiter = state.waiter else { return nil }
            let event = state.isOver ? nil : state.pending.take()
            guard event != nil || state.isOver else { return nil }
            state.waiter = nil
            return { waiter.resume(returning: event) }
        }
        resumption?()
    }

    private func next() async -> InformerEvent<Value>? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> InformerEvent<Value>?? in
                    // Also when the cancellation came before the wait began.
                    if state.isOver || Task.isCancelled { return .some(nil) }
                    if let event = state.pending.take() { return event }
                    precondition(state.waiter == nil, "two tasks iterate over one listener's events")
                    state.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            finish()
        }
    }
}
