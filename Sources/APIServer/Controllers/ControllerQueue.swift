import KubernetesModel
import Logging
import Reconciliation
import Synchronization

/// Works on keys, several at a time and none twice, and again after failures.
final class ControllerQueue<Key: Hashable & Sendable>: Sendable {
    /// What is to happen with a key after the work on it.
    enum Outcome: Sendable {
        case done
        case again(after: Duration)
    }

    private struct State {
        var machine = WorkQueueMachine<Key>(
            backoff: Backoff(first: .milliseconds(50), limit: .seconds(60))
        )
        var sleeper: CheckedContinuation<Void, Never>?
        var isWoken = false
    }

    private let name: String
    private let logger: Logger
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    init(_ name: String, logger: Logger) {
        self.name = name
        self.logger = logger
    }

    func add(_ key: Key, after delay: Duration? = nil) {
        let now = moment()
        wake { machine in
            if let delay { machine.add(key, at: now.advanced(by: delay)) } else { machine.add(key) }
        }
    }

    /// Works until it is cancelled.
    func run(workers: Int = 4, _ work: @escaping @Sendable (Key) async throws(APIStatus) -> Outcome) async {
        await withDiscardingTaskGroup { group in
            let free = FreeWorkers(workers)
            while !Task.isCancelled {
                let now = moment()
                let key = state.withLock { state -> Key? in
                    state.machine.timerFired(at: now)
                    return free.take() ? state.machine.take() ?? free.giveBack() : nil
                }
                guard let key else {
                    await rest()
                    continue
                }
                group.addTask {
                    await self.carryOut(key, work)
                    free.put()
                    self.wake { $0.finished(key) }
                }
            }
        }
    }

    private func carryOut(_ key: Key, _ work: (Key) async throws(APIStatus) -> Outcome) async {
        do {
            let outcome = try await work(key)
            let now = moment()
            wake { machine in
                machine.forget(key)
                if case .again(let delay) = outcome { machine.add(key, at: now.advanced(by: delay)) }
            }
        } catch {
            guard !Task.isCancelled else { return }
            logger.debug(
                "A controller will try again.",
                metadata: ["controller": "\(name)", "reason": "\(error)"]
            )
            let now = moment()
            var random = SystemRandomNumberGenerator()
            wake { $0.retry(key, at: now, using: &random) }
        }
    }

    private func moment() -> Moment { Moment(ContinuousClock.now - start) }

    private func wake(_ change: (inout WorkQueueMachine<Key>) -> Void) {
        let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
            change(&state.machine)
            state.isWoken = true
            return state.sleeper.take()
        }
        sleeper?.resume()
    }

    /// Waits until something was added, some work ended, or a delay is over.
    private func rest() async {
        let due = state.withLock { $0.machine.nextDue }
        let timer = Task {
            guard let due else { return }
            try? await Task.sleep(for: max(.zero, moment().duration(to: due)))
            wake { _ in }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = state.withLock { state in
                    if state.isWoken || Task.isCancelled {
                        state.isWoken = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isWoken { continuation.resume() }
            }
        } onCancel: {
            wake { _ in }
        }
        state.withLock { $0.isWoken = false }
        timer.cancel()
    }
}

/// Counts the workers that are idle.
private final class FreeWorkers: Sendable {
    private let count: Mutex<Int>

    init(_ count: Int) {
        self.count = Mutex(count)
    }

    func take() -> Bool {
        count.withLock { count in
            guard count > 0 else { return false }
            count -= 1
            return true
        }
    }

    func put() { count.withLock { $0 += 1 } }

    /// For a worker that found nothing to do.
    func giveBack<Key>() -> Key? {
        put()
        return nil
    }
}
