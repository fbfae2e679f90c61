public import KubernetesModel
public import Reconciliation
import Synchronization

/// Keeps the objects of one resource at hand, and tells listeners what changes, all over one watch.
///
/// `read` makes of each object what is needed of it; the object itself is dropped at once. Reading never waits for the
/// server: it answers from what was told last, which may be old, and before ``waitUntilSynced()`` is not all.
///
/// Nothing happens before ``run()``, which lasts until its task is cancelled.
public final class Informer<Value: Sendable>: Sendable {
    public typealias Reader = @Sendable (UnstructuredObject) throws -> Value

    struct Core: ~Copyable {
        var machine: ListWatchMachine
        var store: ObjectStore<Value>
        var unreadable: [ObjectName: String] = [:]
        var listeners: [ObjectIdentifier: Listener] = [:]
        var metrics = InformerMetrics()
        var plan = Plan()
        var isRunning = false
        /// Set after the last page was applied, which is later than the machine knows it.
        var hasSynced = false
    }

    /// What the machine wants to be done next.
    struct Plan {
        enum Request {
            case list(ListRequest)
            case watch(WatchRequest)
        }

        var request: Request?
        var due = Moment.origin
    }

    /// A listener that nobody iterates over any more goes.
    struct Listener {
        weak var events: InformerEvents<Value>?
    }

    let core: Mutex<Core>
    let source: any ListWatchSource
    let read: Reader
    let objectLimit: Int
    let gate = Gate()
    let clock = ContinuousClock()
    let origin = ContinuousClock.now

    /// - Parameters:
    ///   - source: Where the objects come from.
    ///   - indexes: Under which values each object shall be found, by the index's name.
    ///   - options: How the list and the watch behave.
    ///   - objectLimit: The bytes of the largest object that is read.
    ///   - read: Makes a value of an object; what it throws is told to listeners as unreadable.
    public init(
        source: any ListWatchSource,
        indexes: [String: ObjectStore<Value>.Index] = [:],
        options: ListWatchOptions = ListWatchOptions(),
        objectLimit: Int = 8 << 20,
        read: @escaping Reader
    ) {
        self.source = source
        self.read = read
        self.objectLimit = objectLimit
        core = Mutex(
            Core(machine: ListWatchMachine(options: options), store: ObjectStore(indexes: indexes))
        )
    }

    /// For a kind that has a type, and keeps what we need of it.
    public convenience init(
        source: any ListWatchSource,
        indexes: [String: ObjectStore<Value>.Index] = [:],
        options: ListWatchOptions = ListWatchOptions()
    ) where Value: KubernetesResource {
        self.init(source: source, indexes: indexes, options: options) { object in try Value(object) }
    }

    // MARK: Reading

    /// Whether everything there was at some time since the start is at hand.
    public var hasSynced: Bool { core.withLock { $0.hasSynced } }

    /// Waits for ``hasSynced``; throws when the task is cancelled.
    public func waitUntilSynced() async throws {
        try await gate.wait()
    }

    public func get(_ name: ObjectName) -> Value? { core.withLock { $0.store[name] } }

    /// All values, in no order.
    public func list() -> [Value] { core.withLock { $0.store.values } }

    /// What an index finds, in no order.
    public func list(by index: String, _ value: String) -> [Value] {
        core.withLock { $0.store.values(by: index, value) }
    }

    /// Everything as it is at one moment.
    ///
    /// As long as the copy is kept, the next change copies the table once: for many objects and for long keep what you
    /// found in it instead.
    public func snapshot() -> ObjectStore<Value> { core.withLock { $0.store } }

    /// Asks several questions of one state, without a copy; changes wait meanwhile.
    public func withStore<Result: Sendable>(_ body: (borrowing ObjectStore<Value>) -> Result) -> Result {
        core.withLock { body($0.store) }
    }

    /// Objects that are there and could not be read, and why.
    public var unreadable: [ObjectName: String] { core.withLock { $0.unreadable } }

    public var metrics: InformerMetrics { core.withLock { $0.metrics } }

    // MARK: Listening

    /// Begins to listen: first everything at hand is told as added, then what changes.
    public func events() -> InformerEvents<Value> {
        let events = InformerEvents<Value>()
        core.withLock { core in
            let deltas = core.store.names.compactMap { name in
                core.store[name].map {
                    InformerDelta(name: name, before: .absent(isFinal: true), after: .value($0))
                }
            }
            let unreadable = core.unreadable.sorted { $0.key < $1.key }.map { name, reason in
                InformerDelta<Value>(
                    name: name,
                    before: .absent(isFinal: true),
                    after: .unreadable(reason)
                )
            }
            // Nobody waits on it yet, so that nothing is resumed within the lock.
            events.tell(deltas + unreadable, synced: core.hasSynced)
            core.listeners[ObjectIdentifier(events)] = Listener(events: events)
        }
        return events
    }
}

/// What an informer went through.
public struct InformerMetrics: Hashable, Sendable {
    public var completedLists = 0
    public var watches = 0
    public var events = 0
    public var failures = 0
    /// Of the list or the watch; `nil` when the last one went well.
    public var lastFailure: ListWatchFailure?

    public init() {}
}
