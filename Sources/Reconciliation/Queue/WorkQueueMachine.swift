/// Decides which key is worked on next, never the same one twice at a time.
///
///     absent ──add──▶ queued ──take──▶ processing ──finished──▶ absent
///        │              ▲                  │ add        │ finished
///        └─add at──▶ delayed               ▼            │
///                       (due: queued)   processing, dirty ──▶ queued
///
/// A key that is added while it is queued stays where it is; one that is added while it is worked on is queued again
/// after that, since the work may have begun before what was added. The queue is first in, first out, so no key waits
/// for ever. A delay ends in the queue; the earliest of several delays of a key counts. Failures of a key lengthen its
/// own delay and nobody else's.
///
/// After ``shutDown()`` nothing is added, and what is queued is still handed out; ``isDrained`` says when all is done.
///
/// Time and randomness are arguments. Every step costs amortized constant time, a delay logarithmic time.
public struct WorkQueueMachine<Key: Hashable & Sendable>: Sendable {
    public let backoff: Backoff
    /// First in, first out, from `first` on; the ones before are taken, and cut off now and then.
    private var queue: [Key] = []
    private var first = 0
    /// Queued, or to be queued when the work on them is done.
    private var dirty: Set<Key> = []
    private var processing: Set<Key> = []
    private var failures: [Key: Int] = [:]
    private var delayed = DelayHeap<Key>()
    public private(set) var isShutDown = false

    public init(backoff: Backoff = Backoff(first: .milliseconds(100), limit: .seconds(300))) {
        self.backoff = backoff
    }

    // MARK: What is there

    /// How many keys may be taken.
    public var queuedCount: Int { queue.count - first }
    public var processingCount: Int { processing.count }
    public var delayedCount: Int { delayed.count }
    /// Keys whose last work failed.
    public var failingCount: Int { failures.count }
    /// When ``timerFired(at:)`` is to be called.
    public var nextDue: Moment? { delayed.nextDue }
    public var isDrained: Bool { isShutDown && queuedCount == 0 && processing.isEmpty }

    /// How often in a row the work on a key failed.
    public func failures(of key: Key) -> Int { failures[key] ?? 0 }

    // MARK: What happens

    /// There is something to do for a key.
    public mutating func add(_ key: Key) {
        guard !isShutDown, dirty.insert(key).inserted, !processing.contains(key) else { return }
        queue.append(key)
    }

    /// There is something to do for a key, later; an earlier time that was said before stands.
    public mutating func add(_ key: Key, at due: Moment) {
        guard !isShutDown else { return }
        delayed.insert(key, due: due)
    }

    /// The work on a key failed, and is to be tried again after a wait.
    public mutating func retry(_ key: Key, at now: Moment, using random: inout some RandomNumberGenerator) {
        guard !isShutDown else { return }
        let count = min(failures(of: key) + 1, 1_000)
        failures[key] = count
        add(key, at: now.advanced(by: backoff.delay(afterFailures: count, using: &random)))
    }

    /// The work on a key succeeded: its next failure is its first.
    public mutating func forget(_ key: Key) {
        failures[key] = nil
    }

    /// Queues what is due.
    public mutating func timerFired(at now: Moment) {
        while let key = delayed.take(dueAt: now) { add(key) }
    }

    /// The next key to work on; report ``finished(_:)`` afterwards.
    public mutating func take() -> Key? {
        guard first < queue.count else { return nil }
        let key = queue[first]
        first += 1
        if first > 32, first * 2 > queue.count {
            queue.removeFirst(first)
            first = 0
        }
        dirty.remove(key)
        processing.insert(key)
        return key
    }

    /// The work on a key that was taken is over, however it went.
    public mutating func finished(_ key: Key) {
        guard processing.remove(key) != nil, dirty.contains(key) else { return }
        queue.append(key)
    }

    /// Adds nothing more, and forgets the delayed; what is queued may still be taken.
    public mutating func shutDown() {
        isShutDown = true
        delayed.removeAll()
    }
}
