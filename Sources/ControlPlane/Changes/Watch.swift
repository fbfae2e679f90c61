import Synchronization

/// The latest value of something that changes, for any number of tasks that wait for the next one.
///
/// Holds one value however slow its readers are: who was away sees the newest, not what it missed.
final class Watch<Value: Sendable>: Sendable {
    struct Change: Sendable {
        /// Grows with every ``set(_:)``; to be handed to ``next(after:)``.
        var number: UInt64
        var value: Value
    }

    private struct State {
        var change: Change
        var isFinished = false
        var waiting: [UInt64: CheckedContinuation<Change?, Never>] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state: Mutex<State>

    init(_ value: Value) {
        state = Mutex(State(change: Change(number: 1, value: value)))
    }

    var current: Change { state.withLock { $0.change } }
    var value: Value { current.value }

    func set(_ value: Value) {
        update { $0 = value }
    }

    /// Changes the value in place, and tells those who wait.
    func update(_ body: (inout Value) -> Void) {
        let (change, waiting) = state.withLock { state in
            body(&state.change.value)
            state.change.number += 1
            defer { state.waiting = [:] }
            return (state.change, Array(state.waiting.values))
        }
        for continuation in waiting { continuation.resume(returning: change) }
    }

    /// No further change will come; those who wait get `nil`.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(returning: nil) }
    }

    /// Waits until there is a change newer than the one given.
    ///
    /// - Returns: `nil` after ``finish()`` and when the task is cancelled.
    func next(after number: UInt64) async -> Change? {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Change?? = state.withLock { state in
                    if Task.isCancelled || state.isFinished { return .some(nil) }
                    if state.change.number > number { return state.change }
                    state.waiting[waiter] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: waiter) }
            continuation?.resume(returning: nil)
        }
    }
}
