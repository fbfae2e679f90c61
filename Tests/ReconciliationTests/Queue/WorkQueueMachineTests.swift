import Reconciliation
import TestSupport
import Testing

@Suite("The work queue")
struct WorkQueueMachineTests {
    private let backoff = Backoff(first: .milliseconds(100), limit: .seconds(1))
    private func moment(_ seconds: Int) -> Moment { Moment(.seconds(seconds)) }

    @Test func `a key is queued once, in the order in which it came`() {
        var queue = WorkQueueMachine<String>()
        for key in ["a", "b", "a", "c", "b"] { queue.add(key) }
        let taken = (0..<4).map { _ in queue.take() }
        #expect(taken == ["a", "b", "c", nil])
    }

    @Test func `a key added while it is worked on is handed out again, but only afterwards`() {
        var queue = WorkQueueMachine<String>()
        queue.add("a")
        _ = queue.take()
        queue.add("a")
        queue.add("a")
        let meanwhile = queue.take()
        queue.finished("a")
        let again = queue.take()
        queue.finished("a")
        let end = queue.take()
        #expect(meanwhile == nil)
        #expect(again == "a")
        #expect(end == nil)
    }

    @Test func `the earliest of several delays counts, and ends in the queue once`() {
        var queue = WorkQueueMachine<String>()
        queue.add("a", at: moment(9))
        queue.add("a", at: moment(3))
        queue.add("a", at: moment(5))
        let due = queue.nextDue
        queue.timerFired(at: moment(2))
        let early = queue.take()
        queue.timerFired(at: moment(3))
        let taken = queue.take()
        queue.finished("a")
        queue.timerFired(at: moment(100))
        let later = queue.take()
        let left = queue.delayedCount
        #expect(due == moment(3))
        #expect(early == nil)
        #expect(taken == "a")
        #expect(later == nil)
        #expect(left == 0)
    }

    @Test func `each failure of a key doubles its wait, and success begins anew`() throws {
        var queue = WorkQueueMachine<String>(backoff: backoff)
        var random = SeededGenerator(seed: 3)
        for (failure, whole) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (6, 1000)] {
            queue.retry("a", at: .origin, using: &random)
            let due = try #require(queue.nextDue)
            let count = queue.failures(of: "a")
            #expect(count == failure)
            #expect(due >= Moment(.milliseconds(whole) / 2))
            #expect(due <= Moment(.milliseconds(whole)))
            queue.timerFired(at: due)
            _ = queue.take()
            queue.finished("a")
        }
        let other = queue.failures(of: "b")
        queue.forget("a")
        let forgotten = queue.failures(of: "a")
        #expect(other == 0)
        #expect(forgotten == 0)
    }

    @Test func `after the shut-down what is queued is handed out, and nothing else`() {
        var queue = WorkQueueMachine<String>()
        queue.add("a")
        queue.add("b")
        queue.add("c", at: moment(1))
        _ = queue.take()
        queue.shutDown()
        queue.add("d")
        queue.timerFired(at: moment(2))
        let last = queue.take()
        let none = queue.take()
        let early = queue.isDrained
        queue.finished("a")
        queue.finished("b")
        let late = queue.isDrained
        #expect(last == "b")
        #expect(none == nil)
        #expect(!early)
        #expect(late)
    }
}

/// The rules said as plainly as possible, and as slowly.
private struct PlainQueue {
    var queue: [Int] = []
    var processing: Set<Int> = []
    var again: Set<Int> = []
    var delayed: [Int: Moment] = [:]
    /// In which order equal times were put in.
    var order: [Int: Int] = [:]
    var orders = 0

    mutating func add(_ key: Int) {
        if processing.contains(key) {
            // It goes to the queue when the work is over.
            again.insert(key)
        } else if !queue.contains(key) {
            queue.append(key)
        }
    }

    mutating func add(_ key: Int, at due: Moment) {
        if let known = delayed[key], known <= due { return }
        orders += 1
        delayed[key] = due
        order[key] = orders
    }

    mutating func timerFired(at now: Moment) {
        let due = delayed.filter { $0.value <= now }
            .sorted { ($0.value, order[$0.key] ?? 0) < ($1.value, order[$1.key] ?? 0) }
        for (key, _) in due {
            delayed[key] = nil
            add(key)
        }
    }

    mutating func take() -> Int? {
        guard !queue.isEmpty else { return nil }
        let key = queue.removeFirst()
        processing.insert(key)
        return key
    }

    mutating func finished(_ key: Int) {
        guard processing.remove(key) != nil, again.remove(key) != nil else { return }
        queue.append(key)
    }
}

@Suite("The work queue, on random walks", .tags(.walk))
struct WorkQueueWalkTests {
    @Test func `does what the plain rules say`() {
        for seed in UInt64(0)..<400 {
            var random = SeededGenerator(seed: seed)
            var machine = WorkQueueMachine<Int>()
            var plain = PlainQueue()
            var now = Moment.origin
            var working: [Int] = []
            for step in 0..<250 {
                let key = Int.random(in: 0..<8, using: &random)
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<3:
                    machine.add(key)
                    plain.add(key)
                case 3..<5:
                    let due = now.advanced(by: .seconds(Int.random(in: 0...20, using: &random)))
                    machine.add(key, at: due)
                    plain.add(key, at: due)
                case 5:
                    now = now.advanced(by: .seconds(Int.random(in: 0...5, using: &random)))
                    machine.timerFired(at: now)
                    plain.timerFired(at: now)
                case 6..<8:
                    let taken = machine.take()
                    guard taken == plain.take(), !working.contains(where: { $0 == taken }) else {
                        Issue.record("seed \(seed), step \(step): took \(String(describing: taken))")
                        return
                    }
                    if let taken { working.append(taken) }
                default:
                    guard let index = working.indices.randomElement(using: &random) else { break }
                    let done = working.remove(at: index)
                    machine.finished(done)
                    plain.finished(done)
                }
                let agrees =
                    machine.queuedCount == plain.queue.count
                    && machine.nextDue == plain.delayed.values.min()
                guard agrees else {
                    Issue.record("seed \(seed), step \(step): the counts differ")
                    return
                }
            }
        }
    }
}
