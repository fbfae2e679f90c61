import KubernetesModel
import Synchronization

/// Lets one task at a time do something that takes several steps, in the order in which they came.
final class SerialTurns: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Cancellation does not shorten the wait: whoever holds the turn gives it on soon.
    func take<Value: Sendable>(
        _ body: () async throws(APIStatus) -> Value
    ) async throws(APIStatus) -> Value {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.isTaken else {
                    state.isTaken = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { giveOn() }
        return try await body()
    }

    private func giveOn() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.isTaken = false
            return nil
        }
        next?.resume()
    }
}
