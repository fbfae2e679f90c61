/// Cuts what a watch sends into its frames: one JSON text per line.
///
/// Bytes come in pieces of any size; a frame leaves when its line has ended. Holds no more than one frame's limit.
struct FrameDecoder {
    enum Failure: Error, Equatable {
        case tooLong(limit: Int)
        /// The stream ended within a frame of so many bytes.
        case half(bytes: Int)
    }

    private let limit: Int
    private var pending: [UInt8] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// The frames that end within the piece; empty lines are none.
    mutating func received(_ piece: some Collection<UInt8>) throws(Failure) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var rest = piece[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try append(rest[..<end])
            if pending.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") }) {
                frames.append(pending)
            }
            pending = []
            rest = rest[rest.index(after: end)...]
        }
        try append(rest)
        return frames
    }

    /// The stream is over; half a frame is an error, for what it said is not known.
    mutating func ended() throws(Failure) {
        let count = pending.count
        pending = []
        guard count == 0 else { throw .half(bytes: count) }
    }

    private mutating func append(_ bytes: some Collection<UInt8>) throws(Failure) {
        guard pending.count + bytes.count <= limit else {
            pending = []
            throw .tooLong(limit: limit)
        }
        pending.append(contentsOf: bytes)
    }
}
