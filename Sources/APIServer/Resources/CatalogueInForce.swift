public import APIRegistry
import Synchronization

/// The resources that are served now.
///
/// A request takes one snapshot and keeps it, so that it is judged and answered by one catalogue.
public final class CatalogueInForce: Sendable {
    private struct State {
        var catalogue: ResourceCatalogue
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextListener = 0
    }

    private let state: Mutex<State>

    public init(_ catalogue: ResourceCatalogue = .builtIn) {
        state = Mutex(State(catalogue: catalogue))
    }

    public func snapshot() -> ResourceCatalogue { state.withLock { $0.catalogue } }

    func install(_ catalogue: ResourceCatalogue) {
        let listeners = state.withLock { state in
            state.catalogue = catalogue
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }

    /// One element at once, and one after changes; several changes may be one element.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let number = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        continuation.yield()
        return stream
    }
}
