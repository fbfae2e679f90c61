import Glibc
import Synchronization
public import SystemPackage

/// Decision records as JSON lines in a file.
///
/// **Threads.** `append` may be called from any thread, event loops included: it hands the line over under a short
/// lock. One thread of the log's own writes. `close` blocks.
///
/// **What is kept when it cannot keep up.** Allows may take `queueBytes` of memory; beyond, they are dropped and
/// counted. Denials are never dropped for want of room: they may take `denialBytes`; beyond, the caller waits up to
/// `patience` for the writer, and then the line goes to standard error. Only when that does not take it either is it
/// lost, and counted as such. While the disk is full, everything accepted stays in memory and is tried again.
public final class RecordLog: Sendable {
    public struct Configuration: Equatable, Sendable {
        public var path: String
        /// A file that would grow beyond is rotated first.
        public var maximumFileBytes = 64 << 20
        /// How many older files stay beside the current one.
        public var keptFiles = 4
        public var queueBytes = 4 << 20
        public var denialBytes = 16 << 20
        /// Of the allows between parties seen before, one in so many is kept.
        public var allowsKeptOneIn = 1
        public var patience = Duration.milliseconds(20)
        public var retryDelay = Duration.milliseconds(500)

        public init(path: String) {
            self.path = path
        }
    }

    /// What a line is worth.
    public enum Weight: Equatable, Sendable {
        /// Also what an audited policy would have denied, and what was refused as malformed.
        case denial
        case allow
    }

    let metrics: RecordMetrics
    private let configuration: Configuration
    private let queue: Monitor<RecordQueue>
    private let sampler: Mutex<RecordSampler>
    private let divert: @Sendable ([UInt8]) -> Bool

    /// Opens the file and starts the writer.
    ///
    /// `divert` takes the denials that have no other place, and says whether it did.
    public init(
        _ configuration: Configuration,
        metrics: RecordMetrics,
        divert: @escaping @Sendable ([UInt8]) -> Bool = StandardError.offer
    ) throws(Errno) {
        self.configuration = configuration
        self.metrics = metrics
        self.divert = divert
        sampler = Mutex(RecordSampler(keepingOneIn: configuration.allowsKeptOneIn))
        queue = Monitor(RecordQueue())
        var file = RecordFile(
            path: configuration.path,
            maximumBytes: configuration.maximumFileBytes,
            keptFiles: configuration.keptFiles
        )
        // A path that cannot be opened at all is a mistake to report now, not to retry for ever.
        try file.openIfNeeded()
        let writer = RecordWriter(
            file: file,
            queue: queue,
            metrics: metrics,
            retryDelay: configuration.retryDelay,
            divert: divert
        )
        try writer.start()
    }

    deinit {
        queue.withLock { $0.isClosing = true }
    }

    /// Whether an allow between these two is to be recorded; ask before making its line.
    public func keepsAllow(from source: String, to destination: String) -> Bool {
        let keeps = sampler.withLock { $0.keeps(source: source, destination: destination) }
        if !keeps { metrics.allowsSampled.increment() }
        return keeps
    }

    /// Takes one line, without its newline; a newline inside must not be there.
    public func append(_ line: [UInt8], weight: Weight) {
        let line = line + [UInt8(ascii: "\n")]
        let isDenial = weight == .denial
        let limit = isDenial ? configuration.denialBytes : configuration.queueBytes
        switch queue.withLock({ $0.offer(line, isDenial: isDenial, limit: limit) }) {
        case .taken:
            metrics.pending.increment()
        case .full, .stalled, .closed:
            if isDenial { insist(line) } else { metrics.allowsDropped.increment() }
        }
    }

    /// Finds some place for a denial that the queue has no room for.
    private func insist(_ line: [UInt8]) {
        let limit = configuration.denialBytes
        let taken = queue.wait(atMost: configuration.patience) { queue in
            switch queue.offer(line, isDenial: true, limit: limit) {
            case .taken: true
            case .full: nil
            // Waiting would hold up the caller for nothing.
            case .stalled, .closed: false
            }
        }
        if taken == true {
            metrics.pending.increment()
        } else if divert(line) {
            metrics.denialsDiverted.increment()
        } else {
            metrics.denialsLost.increment()
        }
    }

    /// Writes what was accepted, and ends the writer; waits for that, but not longer than the limit.
    ///
    /// Returns whether all was written, or at least diverted, in time. What comes later is diverted.
    @discardableResult
    public func close(waitingAtMost limit: Duration = .seconds(5)) -> Bool {
        queue.withLock { $0.isClosing = true }
        return queue.wait(atMost: limit) { $0.isFinished ? true : nil } ?? false
    }
}
