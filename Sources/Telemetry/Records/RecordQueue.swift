/// The lines between those who judge and the one who writes.
struct RecordQueue: Sendable {
    struct Line: Equatable, Sendable {
        var bytes: [UInt8]
        var isDenial: Bool
    }

    enum Answer: Equatable {
        case taken
        case full
        /// It is full, and the writer gets nothing done: the disk is full or gone.
        case stalled
        case closed
    }

    private(set) var lines: [Line] = []
    /// Of all lines that were taken and are not written yet, those in the writer's hands included.
    private(set) var bytes = 0
    /// The last attempt to write failed.
    var isStalled = false
    var isClosing = false
    /// The writer is gone.
    var isFinished = false

    mutating func offer(_ line: [UInt8], isDenial: Bool, limit: Int) -> Answer {
        guard !isClosing else { return .closed }
        guard bytes + line.count <= limit else { return isStalled ? .stalled : .full }
        bytes += line.count
        lines.append(Line(bytes: line, isDenial: isDenial))
        return .taken
    }

    /// Hands all lines to the writer; they count until they are ``settle(_:)``d.
    mutating func take() -> [Line] {
        defer { lines = [] }
        return lines
    }

    mutating func settle(_ line: Line) {
        bytes -= line.bytes.count
    }
}
