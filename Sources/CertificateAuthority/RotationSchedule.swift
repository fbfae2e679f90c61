public import FoundationEssentials

/// When to renew a certificate, and how long to wait after a failure.
///
/// Randomness comes in as a number in `0..<1`, so that what is decided can be tested.
public struct RotationSchedule: Equatable, Sendable {
    /// The share of the remaining life after which renewal begins, before jitter.
    public var renewAfter: Double
    /// The width of the window around it, as a share of the life: a thousand proxies that started together do
    /// not renew together.
    public var jitter: Double
    /// The longest wait after the first failure; doubles with each further one.
    public var firstRetry: Duration
    public var longestRetry: Duration

    public init(
        renewAfter: Double = 0.5,
        jitter: Double = 0.2,
        firstRetry: Duration = .seconds(1),
        longestRetry: Duration = .seconds(60)
    ) {
        self.renewAfter = renewAfter
        self.jitter = jitter
        self.firstRetry = firstRetry
        self.longestRetry = longestRetry
    }

    /// When to renew a certificate that was taken into use at `start` and ends at `end`.
    ///
    /// Counted from its use, not from `notBefore`, which is dated back.
    public func renewal(from start: Date, until end: Date, random: Double) -> Date {
        let life = max(0, end.timeIntervalSince(start))
        let share = min(max(renewAfter + jitter * (random - 0.5), 0), 1)
        return start.addingTimeInterval(life * share)
    }

    /// When to try again after `failures` failures in a row (at least 1).
    ///
    /// Between half of the exponential step and all of it. While the old certificate is valid the next try is
    /// never later than its end.
    public func retry(after failures: Int, at now: Date, until end: Date?, random: Double) -> Date {
        var step = firstRetry.inSeconds
        for _ in 1..<min(max(failures, 1), 32) { step = min(step * 2, longestRetry.inSeconds) }
        let next = now.addingTimeInterval(step * (0.5 + 0.5 * random))
        guard let end, end > now else { return next }
        return min(next, end)
    }
}
