import Synchronization

/// How often a measurement fell below each of some fixed bounds.
///
/// An observation holds an uncontended lock for a few additions, so that a reader never sees a sum that does not
/// belong to its counts.
public final class Histogram: Sendable {
    /// A consistent view; `counts` has one more element than there are bounds, for what is above them all.
    struct Snapshot: Equatable, Sendable {
        var counts: [UInt64]
        var sum: Double

        var total: UInt64 { counts.reduce(0, &+) }
    }

    /// Inclusive upper bounds, growing.
    let bounds: [Double]
    private let state: Mutex<Snapshot>

    public init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(Snapshot(counts: Array(repeating: 0, count: bounds.count + 1), sum: 0))
    }

    /// Counts a measurement; what is not a number is left out, since it would spoil the sum for good.
    public func observe(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] &+= 1
            state.sum += value
        }
    }

    public func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    var snapshot: Snapshot { state.withLock { $0 } }

    /// From a tenth of a millisecond, which a local hop takes, to half a minute, after which callers gave up.
    public static let latencyBounds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
}
