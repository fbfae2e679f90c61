/// Changes that came, and how far they go.
public struct WatchBatch: Sendable {
    /// In the order of their revisions; empty when the deadline passed.
    public var events: [WatchEvent]
    /// Every change up to here that the watch asks for was delivered: what a bookmark may say.
    public var revision: UInt64
}

/// A watch: a place in the history that its reader moves forward.
///
/// It holds no events of its own, so one that nobody reads costs nothing and holds up nobody. When the history
/// after its place is dropped, the next read throws ``StoreError/expired(requested:oldest:)``: the server ends the
/// stream, and the client begins anew. One task reads at a time.
public final class WatchStream: Sendable {
    let query: WatchQuery

    init(query: WatchQuery) {
        self.query = query
    }

    /// Waits for the next changes.
    ///
    /// - Parameters:
    ///   - deadline: When to return without any, to send a bookmark or to end.
    ///   - limit: How many events to return at most.
    /// - Returns: What came, at least one event unless the deadline passed.
    /// - Throws: `expired` when the reader was too slow, `cancelled` with the task, `closed` with the store.
    public func next(
        until deadline: ContinuousClock.Instant? = nil,
        limit: Int = 256
    ) async throws(StoreError) -> WatchBatch {
        throw .closed
    }
}
