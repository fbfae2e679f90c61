import Reconciliation

/// How many requests a second, and how many at once after a pause.
public struct RequestRate: Hashable, Sendable {
    public var perSecond: Double
    public var burst: Int

    public init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// Shares a rate among requests: each takes its turn, and is told how long to wait for it.
///
/// A bucket of tokens whose level may go below zero: that is the queue of those who wait.
struct RequestTurns {
    private let interval: Duration
    private let burst: Int
    /// The turn after the last that was taken; it may lie in the past, or ahead.
    private var next: Moment?

    init(_ rate: RequestRate) {
        interval = .seconds(1) / max(rate.perSecond, 0.001)
        burst = max(rate.burst, 1)
    }

    /// Takes a turn; zero when it is now.
    mutating func take(at now: Moment) -> Duration {
        let earliest = now.advanced(by: interval * -(burst - 1))
        let turn = max(next ?? earliest, earliest)
        next = turn.advanced(by: interval)
        return max(now.duration(to: turn), .zero)
    }
}
