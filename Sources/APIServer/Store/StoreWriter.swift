import GRDB
import KubernetesModel
import Synchronization

/// Brings writes to the disk, many at a time.
///
/// Whoever comes while a commit is on its way to the disk waits in a queue, and the next commit takes all of them
/// along: one flush for as many writers as there are. Each is judged in the transaction, in the order they came.
final class StoreWriter: Sendable {
    private struct Waiting: Sendable {
        var write: StoreWrite
        var continuation: CheckedContinuation<Result<StoredObject, StoreError>, Never>
    }

    private struct State {
        var queue = Fifo<Waiting>()
        var bytes = 0
        var isWorking = false
        var isClosed = false
        /// Why nothing more is written: after it we do not know what is on the disk.
        var failure: StoreError?
        var marks: HistoryMarks
        /// How many objects there are; only the one that works changes it.
        var objects: Int
        /// How far history is to be removed.
        var target: UInt64 = 0
        var idle: [CheckedContinuation<Void, Never>] = []
    }

    private let file: StoreFile
    private let log: EventLog
    private let options: StoreOptions
    private let state: Mutex<State>

    private static let batchCount = 512
    private static let batchBytes = 16 << 20
    private static let compactionStride: UInt64 = 512

    init(file: StoreFile, log: EventLog, _ options: StoreOptions) {
        self.file = file
        self.log = log
        self.options = options
        state = Mutex(
            State(
                marks: HistoryMarks(options, newest: file.newest, now: .now),
                objects: file.objects
            )
        )
    }

    func write(_ write: StoreWrite) async throws(StoreError) -> StoredObject {
        let result = await withCheckedContinuation { continuation in
            if let refusal = enqueue(Waiting(write: write, continuation: continuation)) {
                continuation.resume(returning: .failure(refusal))
            }
        }
        return try result.get()
    }

    /// Refuses new writes, and returns when those that wait are done.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isClosed = true
                if state.isWorking { state.idle.append(continuation) }
                return !state.isWorking
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Returns why not, if it is refused.
    private func enqueue(_ waiting: Waiting) -> StoreError? {
        let (refusal, starts) = state.withLock { state -> (StoreError?, Bool) in
            if state.isClosed { return (.closed, false) }
            if let failure = state.failure { return (failure, false) }
            guard state.queue.count < options.waitingWrites,
                state.bytes + waiting.write.size <= options.waitingBytes || state.queue.isEmpty
            else { return (.overloaded(waiting: state.queue.count), false) }
            state.queue.append(waiting)
            state.bytes += waiting.write.size
            defer { state.isWorking = true }
            return (nil, !state.isWorking)
        }
        if starts { Task.detached { await self.work() } }
        return refusal
    }

    // MARK: The one that works

    private func work() async {
        while let batch = nextBatch() {
            if batch.isEmpty {
                await compact()
            } else {
                await commit(batch)
            }
        }
    }

    /// The writes that wait; empty when there is time to remove history; `nil` when there is nothing to do.
    private func nextBatch() -> [Waiting]? {
        let (batch, idle) = state.withLock { state -> ([Waiting]?, [CheckedContinuation<Void, Never>]) in
            var batch: [Waiting] = []
            var bytes = 0
            while batch.count < Self.batchCount, bytes < Self.batchBytes, let next = state.queue.removeFirst()
            {
                batch.append(next)
                bytes += next.write.size
            }
            state.bytes -= bytes
            if !batch.isEmpty { return (batch, []) }
            if state.failure == nil, !state.isClosed, log.compacted < state.target { return ([], []) }
            state.isWorking = false
            defer { state.idle = [] }
            return (nil, state.idle)
        }
        for continuation in idle { continuation.resume() }
        return batch
    }

    private func commit(_ batch: [Waiting]) async {
        if let failure = state.withLock(\.failure) {
            for waiting in batch { waiting.continuation.resume(returning: .failure(failure)) }
            return
        }
        do {
            try await attempt(batch)
        } catch .full {
            // One write may be what does not fit, and history is worth less than the next change.
            await makeSpace()
            for waiting in batch {
                do throws(StoreError) {
                    try await attempt([waiting])
                } catch {
                    waiting.continuation.resume(returning: .failure(error))
                }
            }
        } catch {
            for waiting in batch { waiting.continuation.resume(returning: .failure(error)) }
        }
    }

    /// Writes all in one transaction, announces the changes, and answers; answers nobody when it throws.
    private func attempt(_ batch: [Waiting]) async throws(StoreError) {
        let transaction = StoreTransaction(
            first: log.revision + 1,
            log: log,
            file: file.path,
            room: options.objects - state.withLock(\.objects)
        )
        let writes = batch.map(\.write)
        let outcome: StoreTransaction.Outcome
        do {
            outcome = try await file.write(isDeletion: writes.allSatisfy { $0.object == nil }) { db in
                try transaction.run(db, writes)
            }
        } catch {
            if case .full = error { throw error }
            // The flush may have failed after the commit, or the file is damaged: no further change is safe.
            if case .cancelled = error {} else { state.withLock { $0.failure = error } }
            throw error
        }
        state.withLock { $0.objects += outcome.growth }
        log.append(outcome.events)
        remember(outcome.events)
        for (waiting, result) in zip(batch, outcome.results) {
            waiting.continuation.resume(returning: result)
        }
    }

    // MARK: History

    private func remember(_ events: [WatchEvent]) {
        guard let newest = events.last?.revision else { return }
        let bytes = events.reduce(0) { $0 + $1.object.bytes.count }
        let now = ContinuousClock.now
        state.withLock { state in
            state.marks.wrote(newest, bytes: bytes, at: now)
            guard let target = state.marks.compactable(newest: newest, at: now) else { return }
            state.target = max(state.target, target)
        }
    }

    /// Removes a part, so that writes need not wait for the whole.
    private func compact() async {
        let target = state.withLock(\.target)
        let old = log.compacted
        let new = min(target, old + Self.compactionStride)
        do {
            try await file.write { db in try Compaction.advance(db, from: old, to: new) }
            log.compacted(upTo: new)
        } catch {
            // Later changes will ask for it again; the history is only longer than it needs to be.
            state.withLock { $0.target = 0 }
        }
    }

    /// Removes all history, and folds the log, which is a file of its own.
    private func makeSpace() async {
        await file.foldLog()
        let newest = log.revision
        while log.compacted + 1 < newest {
            let old = log.compacted
            let new = min(newest - 1, old + Self.compactionStride)
            guard (try? await file.write { db in try Compaction.advance(db, from: old, to: new) }) != nil
            else {
                return
            }
            log.compacted(upTo: new)
        }
        await file.foldLog()
    }
}
