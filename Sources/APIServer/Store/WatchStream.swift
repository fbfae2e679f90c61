import Synchronization

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
    private let log: EventLog
    private let file: StoreFile
    private let position: Mutex<UInt64>

    init(query: WatchQuery, log: EventLog, file: StoreFile) {
        self.query = query
        self.log = log
        self.file = file
        position = Mutex(query.after)
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
        while true {
            let seen = position.withLock { $0 }
            switch log.read(query, after: seen, limit: limit) {
            case .events(let events, let end):
                return delivered(events, upTo: end)
            case .onDisk(let end):
                let batch = try await readDisk(after: seen, upTo: end, limit: limit)
                _ = delivered(batch.events, upTo: batch.revision)
                if !batch.events.isEmpty { return batch }
            case .expired(let oldest):
                throw .expired(requested: seen, oldest: oldest)
            case .closed:
                throw .closed
            case .waiting(let end):
                _ = delivered([], upTo: end)
                switch await log.wait(for: self, seen: end, until: deadline) {
                case .changed: continue
                case .deadline: return WatchBatch(events: [], revision: end)
                case .cancelled: throw .cancelled
                case .closed: throw .closed
                }
            }
        }
    }

    private func delivered(_ events: [WatchEvent], upTo revision: UInt64) -> WatchBatch {
        position.withLock { $0 = max($0, revision) }
        return WatchBatch(events: events, revision: revision)
    }

    private func readDisk(
        after start: UInt64,
        upTo end: UInt64,
        limit: Int
    ) async throws(StoreError) -> WatchBatch {
        let history = HistoryReader(query: query, file: file.path)
        return try await file.read { db in try history.events(db, after: start, upTo: end, limit: limit) }
    }
}
