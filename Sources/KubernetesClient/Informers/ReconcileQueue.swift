public import Reconciliation
import Synchronization

/// What became of the work on a key; a failure is thrown.
public enum ReconcileResult: Hashable, Sendable {
    case done
    /// Nothing failed, and there is more to do later.
    case requeue(after: Duration)
}

/// Works on keys, several at a time and none twice at a time.
///
/// A key says that something is to be done, and not what: the reconciler looks at the state as it is now. What throws
/// is tried again, after a wait that grows with each failure of that key; ``WorkQueueMachine`` has the rules.
///
/// Keys may be added before ``run(_:)`` and from anywhere. Memory is bounded by the number of different keys.
public final class ReconcileQueue<Key: Hashable & Sendable>: Sendable {
    public typealias FailureObserver = @Sendable (Key, any Error, _ failures: Int) -> Void

    private struct State {
        var machine: WorkQueueMachine<Key>
        /// The timer whose firing counts.
        var armed: Moment?
        var isRunning = false
    }

    private let state: Mutex<State>
    private let workers: Int
    private let observeFailure: FailureObserver
    private let clock = ContinuousClock()
    private let origin = ContinuousClock.now
    /// Says that there may be something to do; saying it twice is the same.
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    public init(
        workers: Int = 1,
        backoff: Backoff = Backoff(first: .milliseconds(100), limit: .seconds(300)),
        onFailure: @escaping FailureObserver = { _, _, _ in }
    ) {
        self.workers = max(workers, 1)
        observeFailure = onFailure
        state = Mutex(State(machine: WorkQueueMachine(backoff: backoff)))
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    public func add(_ key: Key) {
        state.withLock { $0.machine.add(key) }
        changed.yield()
    }

    public func add(_ key: Key, after delay: Duration) {
        let due = now.advanced(by: delay)
        state.withLock { $0.machine.add(key, at: due) }
        changed.yield()
    }

    /// Adds nothing more; ``run(_:)`` returns when what is queued is done.
    public func shutDown() {
        state.withLock { $0.machine.shutDown() }
        changed.yield()
    }

    public var queuedCount: Int { state.withLock { $0.machine.queuedCount } }
    public var processingCount: Int { state.withLock { $0.machine.processingCount } }
    public var delayedCount: Int { state.withLock { $0.machine.delayedCount } }
    public var failingCount: Int { state.withLock { $0.machine.failingCount } }

    private var now: Moment { Moment(origin.duration(to: clock.now)) }

    // MARK: Working

    /// Works until the task is cancelled, which cancels the work under way, or until a shut-down is complete.
    public func run(_ reconcile: @escaping @Sendable (Key) async throws -> ReconcileResult) async {
        let wasRunning = state.withLock { state in
            defer { state.isRunning = true }
            return state.isRunning
        }
        precondition(!wasRunning, "a queue runs once")
        changed.yield()
        await withDiscardingTaskGroup { group in
            for await _ in changes {
                let (keys, timer, isDrained) = next()
                for key in keys { group.addTask { [self] in await work(on: key, reconcile) } }
                if let timer { group.addTask { [self] in await wait(until: timer) } }
                if isDrained { break }
            }
            group.cancelAll()
        }
    }

    /// What to begin now: work on keys, and a timer when the next one is due before the one that is armed.
    private func next() -> (keys: [Key], timer: Moment?, isDrained: Bool) {
        state.withLock { state in
            state.machine.timerFired(at: now)
            var keys: [Key] = []
            while state.machine.processingCount < workers, let key = state.machine.take() { keys.append(key) }
            var timer: Moment?
            if let due = state.machine.nextDue, state.armed.map({ due < $0 }) ?? true {
                state.armed = due
                timer = due
            }
            return (keys, timer, state.machine.isDrained)
        }
    }

    private func wait(until due: Moment) async {
        try? await clock.sleep(until: origin + due.sinceOrigin)
        state.withLock { if $0.armed == due { $0.armed = nil } }
        changed.yield()
    }

    private func work(
        on key: Key,
        _ reconcile: @Sendable (Key) async throws -> ReconcileResult
    ) async {
        do {
            let result = try await reconcile(key)
            let now = now
            state.withLock { state in
                state.machine.forget(key)
                if case .requeue(let delay) = result {
                    state.machine.add(key, at: now.advanced(by: delay))
                }
                state.machine.finished(key)
            }
        } catch {
            var random = SystemRandomNumberGenerator()
            let now = now
            let isOver = Task.isCancelled
            let failures = state.withLock { state in
                // Being cancelled is nobody's failure.
                if !isOver { state.machine.retry(key, at: now, using: &random) }
                state.machine.finished(key)
                return state.machine.failures(of: key)
            }
            if !isOver { observeFailure(key, error, failures) }
        }
        changed.yield()
    }
}
