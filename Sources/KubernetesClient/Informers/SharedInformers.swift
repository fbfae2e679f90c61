public import Reconciliation
import Synchronization

/// Informers by what they watch, so that all who need the same objects share one watch.
///
/// One informer for each resource and each type of values. ``run()`` also runs those that are asked for later.
public final class SharedInformers: Sendable {
    private struct Key: Hashable {
        var resource: WatchedResource
        var value: ObjectIdentifier
    }

    private struct State {
        var informers: [Key: any Sendable] = [:]
        var isRunning = false
    }

    private let state = Mutex(State())
    private let source: @Sendable (WatchedResource) -> any ListWatchSource
    private let options: ListWatchOptions
    private let begun: AsyncStream<@Sendable () async -> Void>
    private let begin: AsyncStream<@Sendable () async -> Void>.Continuation

    public init(
        options: ListWatchOptions = ListWatchOptions(),
        source: @escaping @Sendable (WatchedResource) -> any ListWatchSource
    ) {
        self.options = options
        self.source = source
        // One element for each informer, of which there are as many as the program names.
        (begun, begin) = AsyncStream.makeStream()
    }

    /// The informer for a resource and a type of values; indexes and reader are those of who asks first.
    public func informer<Value: Sendable>(
        for resource: WatchedResource,
        indexes: [String: ObjectStore<Value>.Index] = [:],
        read: @escaping Informer<Value>.Reader
    ) -> Informer<Value> {
        let key = Key(resource: resource, value: ObjectIdentifier(Value.self))
        return state.withLock { state in
            if let known = state.informers[key] as? Informer<Value> { return known }
            let informer = Informer(
                source: source(resource),
                indexes: indexes,
                options: options,
                read: read
            )
            state.informers[key] = informer
            begin.yield { await informer.run() }
            return informer
        }
    }

    /// Runs all informers until the task is cancelled.
    public func run() async {
        let wasRunning = state.withLock { state in
            defer { state.isRunning = true }
            return state.isRunning
        }
        precondition(!wasRunning, "informers run once")
        await withDiscardingTaskGroup { group in
            for await run in begun { group.addTask { await run() } }
            group.cancelAll()
        }
    }
}
