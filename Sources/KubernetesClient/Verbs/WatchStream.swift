import AsyncHTTPClient
import JSONText
public import KubernetesModel
import NIOCore

/// What became of an object, as a watch tells it.
public enum WatchEvent<Object: Sendable>: Sendable {
    case added(Object)
    case modified(Object)
    /// With its last state.
    case deleted(Object)
    /// Everything up to this version was told.
    ///
    /// `endsInitialEvents` says that all objects there were have been told (`sendInitialEvents`).
    case bookmark(version: String, endsInitialEvents: Bool)
    /// The stream is over, such as with 410 when the version is no longer kept.
    case failed(APIStatus)
}

/// The events of one watch, until the server ends it.
///
/// Ends without an error when the server ended it between two events; half a frame is an error, since nobody knows
/// what it said. Ends the request when it is let go of, or when its task is cancelled. For one reader, once.
public struct WatchStream<Object: Sendable>: AsyncSequence, Sendable {
    public typealias Element = WatchEvent<Object>
    public typealias Failure = ClientError

    private let body: HTTPClientResponse.Body
    private let limit: Int
    private let read: APIClient.Reading<Object>

    init(body: HTTPClientResponse.Body, limit: Int, read: @escaping APIClient.Reading<Object>) {
        self.body = body
        self.limit = limit
        self.read = read
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(
            pieces: body.makeAsyncIterator(),
            frames: FrameDecoder(limit: limit),
            limit: limit,
            read: read
        )
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var pieces: HTTPClientResponse.Body.AsyncIterator
        fileprivate var frames: FrameDecoder
        fileprivate let limit: Int
        fileprivate let read: APIClient.Reading<Object>
        /// Whole frames that came in one piece, the next one last.
        fileprivate var waiting: [[UInt8]] = []
        fileprivate var isOver = false

        fileprivate init(
            pieces: HTTPClientResponse.Body.AsyncIterator,
            frames: FrameDecoder,
            limit: Int,
            read: @escaping APIClient.Reading<Object>
        ) {
            self.pieces = pieces
            self.frames = frames
            self.limit = limit
            self.read = read
        }

        @concurrent
        public mutating func next() async throws(ClientError) -> WatchEvent<Object>? {
            while !isOver {
                do throws(ClientError) {
                    if let frame = waiting.popLast() {
                        return try WatchFrame.event(in: frame, limit: limit, read)
                    }
                    guard let piece = try await nextPiece() else {
                        isOver = true
                        try Self.naming { () throws(FrameDecoder.Failure) in try frames.ended() }
                        return nil
                    }
                    waiting = try Self.naming { () throws(FrameDecoder.Failure) in
                        try frames.received(piece.readableBytesView).reversed()
                    }
                } catch {
                    isOver = true
                    throw error
                }
            }
            return nil
        }

        @concurrent
        private mutating func nextPiece() async throws(ClientError) -> ByteBuffer? {
            do {
                return try await pieces.next()
            } catch {
                throw TransportFailure.classify(error).failure
            }
        }

        private static func naming<Result>(
            _ work: () throws(FrameDecoder.Failure) -> Result
        ) throws(ClientError) -> Result {
            do throws(FrameDecoder.Failure) {
                return try work()
            } catch {
                switch error {
                case .half(let bytes):
                    throw .malformed("the watch ended within a frame, after \(bytes) bytes")
                case .tooLong(let limit):
                    throw .malformed("a frame of the watch is longer than \(limit) bytes")
                }
            }
        }
    }
}

/// One line of a watch (`meta/v1` WatchEvent).
enum WatchFrame {
    static func event<Object: Sendable>(
        in frame: [UInt8],
        limit: Int,
        _ read: APIClient.Reading<Object>
    ) throws(ClientError) -> WatchEvent<Object> {
        let value = try ResponseReading.json(frame, limit: limit)
        guard let type = value["type"]?.string, let content = value["object"],
            let object = UnstructuredObject(content)
        else {
            throw .malformed("a frame of a watch without type or object")
        }
        switch type {
        case "ADDED": return .added(try read(object))
        case "MODIFIED": return .modified(try read(object))
        case "DELETED": return .deleted(try read(object))
        case "BOOKMARK":
            let mark = object["metadata", "annotations", "k8s.io/initial-events-end"]?.string
            return .bookmark(version: object.resourceVersion, endsInitialEvents: mark == "true")
        case "ERROR":
            guard let status = APIStatus(content) else { throw .malformed("an error that is no Status") }
            return .failed(status)
        default:
            throw .malformed("a watch event of the type \(Spelling.quoted(type))")
        }
    }
}
