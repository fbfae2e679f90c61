/// How long to wait before trying again: twice as long after each failure, up to a limit, with jitter.
///
/// Without jitter all who failed together come back together.
public struct Backoff: Hashable, Sendable {
    public var first: Duration
    public var limit: Duration

    public init(first: Duration, limit: Duration) {
        self.first = first
        self.limit = limit
    }

    /// The wait after so many failures in a row, between half and the whole of the doubled length.
    public func delay(afterFailures failures: Int, using random: inout some RandomNumberGenerator) -> Duration
    {
        guard failures > 0 else { return .zero }
        var whole = first
        for _ in 1..<max(failures, 1) where whole < limit { whole = min(whole * 2, limit) }
        return min(whole, limit) * Double.random(in: 0.5...1, using: &random)
    }
}
