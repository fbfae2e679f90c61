import KubernetesClient
import Reconciliation
import Synchronization
import Testing

/// What workers did, seen from outside.
private final class Record: Sendable {
    struct State {
        var runs: [String: Int] = [:]
        var under: Set<String> = []
        var widest = 0
        var twice = false
    }

    let state = Mutex(State())

    /// - Returns: How often the key was worked on, this time included.
    func begin(_ key: String) -> Int {
        state.withLock { state in
            state.runs[key, default: 0] += 1
            if !state.under.insert(key).inserted { state.twice = true }
            state.widest = max(state.widest, state.under.count)
            return state.runs[key] ?? 0
        }
    }

    func end(_ key: String) {
        state.withLock { _ = $0.under.remove(key) }
    }
}

/// A value that tasks share.
private final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) {
        state = Mutex(value)
    }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

private struct Boom: Error {}

@Suite("Reconcile queues")
struct ReconcileQueueTests {
    private let backoff = Backoff(first: .milliseconds(1), limit: .milliseconds(4))

    @Test(.timeLimit(.minutes(1)))
    func `what is queued is done before a shut-down ends the run`() async {
        let record = Record()
        let queue = ReconcileQueue<String>(workers: 3)
        for number in 0..<40 { queue.add("key-\(number)") }
        queue.shutDown()
        queue.add("too late")
        await queue.run { key in
            _ = record.begin(key)
            await Task.yield()
            record.end(key)
            return .done
        }
        let state = record.state.withLock { $0 }
        #expect(state.runs.count == 40)
        #expect(state.runs["too late"] == nil)
        #expect(state.widest <= 3)
    }

    @Test(.timeLimit(.minutes(1)))
    func `what throws is tried again until it succeeds, and what asks to come back comes back`() async {
        let record = Record()
        let failures = Mutex<[Int]>([])
        let queue = ReconcileQueue<String>(workers: 2, backoff: backoff) { _, _, count in
            failures.withLock { $0.append(count) }
        }
        queue.add("fails")
        queue.add("returns")
        await queue.run { key in
            let run = record.begin(key)
            defer { record.end(key) }
            if key == "fails", run <= 3 { throw Boom() }
            if key == "returns", run <= 2 { return .requeue(after: .milliseconds(1)) }
            if key == "fails" { queue.add("last", after: .milliseconds(20)) }
            if key == "last" { queue.shutDown() }
            return .done
        }
        let state = record.state.withLock { $0 }
        let counted = failures.withLock { $0 }
        #expect(state.runs["fails"] == 4)
        #expect(state.runs["last"] == 1)
        #expect((1...3).contains(state.runs["returns"] ?? 0))
        #expect(counted == [1, 2, 3])
    }

    @Test(.timeLimit(.minutes(1)))
    func `a key is never worked on twice at a time, and never forgotten`() async {
        let record = Record()
        let value = Shared(0)
        let seen = Shared(0)
        let queue = ReconcileQueue<String>(workers: 4)
        await withTaskGroup { group in
            group.addTask {
                await queue.run { key in
                    _ = record.begin(key)
                    let now = value.value
                    await Task.yield()
                    seen.value = now
                    record.end(key)
                    return .done
                }
            }
            for round in 1...500 {
                value.value = round
                queue.add("only")
                if round % 7 == 0 { await Task.yield() }
            }
            queue.shutDown()
        }
        let twice = record.state.withLock { $0.twice }
        let last = seen.value
        #expect(!twice)
        #expect(last == 500)
    }

    @Test(.timeLimit(.minutes(1)))
    func `cancellation ends the run, and the work under way`() async {
        let queue = ReconcileQueue<String>(workers: 1)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        queue.add("endless")
        queue.add("later", after: .seconds(3600))
        let wasCancelled = Shared(false)
        await withTaskGroup { group in
            group.addTask {
                await queue.run { _ in
                    begin.yield()
                    do {
                        try await Task.sleep(for: .seconds(3600))
                    } catch {
                        wasCancelled.value = true
                        throw error
                    }
                    return .done
                }
            }
            for await _ in begun { break }
            group.cancelAll()
        }
        let cancelled = wasCancelled.value
        let failing = queue.failingCount
        #expect(cancelled)
        #expect(failing == 0)
    }
}
