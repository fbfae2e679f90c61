import Glibc
import SystemPackage

/// The thread that writes records.
struct RecordWriter: ~Copyable {
    private var file: RecordFile
    private let queue: Monitor<RecordQueue>
    private let metrics: RecordMetrics
    private let retryDelay: Duration
    private let divert: @Sendable ([UInt8]) -> Bool

    init(
        file: consuming RecordFile,
        queue: Monitor<RecordQueue>,
        metrics: RecordMetrics,
        retryDelay: Duration,
        divert: @escaping @Sendable ([UInt8]) -> Bool
    ) {
        self.file = file
        self.queue = queue
        self.metrics = metrics
        self.retryDelay = retryDelay
        self.divert = divert
    }

    /// Starts the thread, which ends when the queue is closing and empty.
    consuming func start() throws(Errno) {
        let box = Unmanaged.passRetained(Box(self))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            nil,
            { argument in
                if let argument {
                    Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            },
            box.toOpaque()
        )
        guard failure == 0 else {
            box.release()
            throw Errno(rawValue: failure)
        }
        pthread_detach(thread)
    }

    /// Carries the writer over to its thread.
    private final class Box {
        private var writer: RecordWriter

        init(_ writer: consuming RecordWriter) {
            self.writer = writer
        }

        func run() {
            writer.run()
        }
    }

    private mutating func run() {
        while let lines = queue.wait(for: { $0.isClosing || !$0.lines.isEmpty ? $0.take() : nil }),
            !lines.isEmpty
        {
            for line in lines {
                write(line)
                queue.withLock { $0.settle(line) }
                metrics.pending.decrement()
            }
        }
        file.synchronize()
        queue.withLock { $0.isFinished = true }
    }

    /// Tries until the line is written; once the log is closing, one last time.
    private mutating func write(_ line: RecordQueue.Line) {
        while true {
            let isLastAttempt = queue.withLock { $0.isClosing }
            do throws(Errno) {
                let written = try file.append(line.bytes)
                (line.isDenial ? metrics.denialsWritten : metrics.allowsWritten).increment()
                if written == .rotatedAndAppended { metrics.rotations.increment() }
                queue.withLock { $0.isStalled = false }
                return
            } catch {
                metrics.writeFailures.increment()
                if isLastAttempt { return giveUp(line) }
                queue.withLock { $0.isStalled = true }
                // Closing ends the wait early.
                _ = queue.wait(atMost: retryDelay) { $0.isClosing ? true : nil }
            }
        }
    }

    private func giveUp(_ line: RecordQueue.Line) {
        guard line.isDenial else { return metrics.allowsDropped.increment() }
        (divert(line.bytes) ? metrics.denialsDiverted : metrics.denialsLost).increment()
    }
}
