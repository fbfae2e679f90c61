import APIRegistry
import KubernetesModel
import NIOCore

/// The lines of one watch, made when they are asked for: a reader that is slow costs nothing but its place.
struct WatchLines: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error

    let opening: WatchOpening
    let encoder: WatchEncoder
    let deadline: ContinuousClock.Instant
    /// `nil` for a watch that wants none.
    let bookmarkInterval: Duration?

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    struct Iterator: AsyncIteratorProtocol {
        typealias Element = ByteBuffer
        typealias Failure = any Error

        private let encoder: WatchEncoder
        private let deadline: ContinuousClock.Instant
        private let bookmarkInterval: Duration?
        private var initial: ArraySlice<StoredObject>
        private var ready: ArraySlice<ByteBuffer>
        private var end: ByteBuffer?
        private var stream: WatchStream?
        private var isFirst = true

        /// Lines of one chunk; more are sent in the next.
        private static let chunk = 64

        init(_ lines: WatchLines) {
            encoder = lines.encoder
            deadline = lines.deadline
            bookmarkInterval = lines.bookmarkInterval
            initial = lines.opening.initial[...]
            ready = lines.opening.lines[...]
            end = lines.opening.end
            stream = lines.opening.stream
        }

        mutating func next() async throws -> ByteBuffer? {
            if let line = ready.popFirst() { return line }
            if !initial.isEmpty { return initialChunk() }
            if let end {
                self.end = nil
                return end
            }
            while let stream {
                let now = ContinuousClock.now
                guard now < deadline else { break }
                let pause = bookmarkInterval.map { now + $0 } ?? deadline
                let batch: WatchBatch
                do throws(StoreError) {
                    batch = try await stream.next(until: Swift.min(pause, deadline), limit: Self.chunk)
                } catch {
                    self.stream = nil
                    switch error {
                    case .cancelled: throw CancellationError()
                    case .closed: return nil
                    default:
                        let resource = encoder.definition.groupResource
                        return WatchEncoder.failure(error.status(resource, name: ""))
                    }
                }
                if let chunk = chunk(batch.events) { return chunk }
                if batch.events.isEmpty, bookmarkInterval != nil, ContinuousClock.now < deadline {
                    return encoder.bookmark(batch.revision)
                }
            }
            stream = nil
            return nil
        }

        private mutating func initialChunk() -> ByteBuffer {
            var result = ByteBuffer()
            for object in initial.prefix(Self.chunk) {
                var line = encoder.added(object, isFirst: isFirst)
                isFirst = false
                result.writeBuffer(&line)
            }
            initial = initial.dropFirst(Self.chunk)
            return result
        }

        private mutating func chunk(_ events: [WatchEvent]) -> ByteBuffer? {
            var result: ByteBuffer?
            for event in events {
                guard var line = encoder.line(event, isFirst: isFirst) else { continue }
                isFirst = false
                if result == nil {
                    result = line
                } else {
                    result?.writeBuffer(&line)
                }
            }
            return result
        }
    }
}
