/// Decides how far back history is kept.
///
/// Marks are set while changes come, each with the revision, the time, and how many bytes were written so far; when
/// the changes since a mark exceed a bound, everything up to it may go. A pure value: time comes in.
struct HistoryMarks {
    private struct Mark {
        var revision: UInt64
        var bytes: Int
        var time: ContinuousClock.Instant
    }

    private let countLimit: UInt64
    private let byteLimit: Int
    private let age: Duration
    private var marks = Fifo<Mark>()
    private var bytes = 0

    init(_ options: StoreOptions, newest: UInt64, now: ContinuousClock.Instant) {
        countLimit = UInt64(max(1, options.historyCount))
        byteLimit = options.historyBytes
        age = options.historyAge
        // What an earlier process wrote has no times; it grows old from now.
        marks.append(Mark(revision: newest, bytes: 0, time: now))
    }

    /// How many changes may share a mark.
    private var stride: UInt64 { max(1, countLimit / 128) }

    mutating func wrote(_ revision: UInt64, bytes count: Int, at now: ContinuousClock.Instant) {
        bytes += count
        if let last = marks.last, revision < last.revision + stride, now - last.time < age / 16,
            bytes - last.bytes < byteLimit / 16
        {
            return
        }
        marks.append(Mark(revision: revision, bytes: bytes, time: now))
    }

    /// Forgets the marks beyond the bounds.
    ///
    /// - Parameters:
    ///   - newest: The revision of the last change, which stays.
    ///   - now: The time.
    /// - Returns: Up to which revision history may go; `nil` for no further than before.
    mutating func compactable(newest: UInt64, at now: ContinuousClock.Instant) -> UInt64? {
        var target: UInt64?
        while let mark = marks.first, mark.revision < newest,
            newest - mark.revision > countLimit || bytes - mark.bytes > byteLimit || now - mark.time > age
        {
            target = mark.revision
            _ = marks.removeFirst()
        }
        return target
    }
}
