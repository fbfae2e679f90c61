/// Decides whether a request is sent again.
///
/// Only what the server surely did not do, or may do twice: 429 is said before anything is done, so any request may
/// come again after it. After 503 or another 5xx with `Retry-After`, and after a lost connection, one cannot know.
struct RetryDecision {
    enum Outcome: Equatable {
        /// `nil` when the server named no time to come back.
        case status(Int, retryAfter: Duration?)
        case connectionLost
        case connectionRefused
    }

    var attempts: Int
    var retryAfterLimit: Duration

    /// How long to wait before the next attempt; `nil` to give up.
    func delay(after outcome: Outcome, attempt: Int, of request: ClientRequest) -> Duration? {
        guard attempt < attempts else { return nil }
        switch outcome {
        case .status(429, let retryAfter?) where retryAfter <= retryAfterLimit:
            return retryAfter
        case .status(500...599, let retryAfter?) where retryAfter <= retryAfterLimit && request.isRepeatable:
            return retryAfter
        case .connectionLost where request.isReading:
            // At once, then more patiently: most often it was an idle connection that the server closed.
            return .milliseconds(attempt == 1 ? 0 : 50 << min(attempt, 6))
        case .status, .connectionLost, .connectionRefused:
            return nil
        }
    }

    /// Reads `Retry-After`: seconds only, as API servers write it; a date is as good as absent.
    static func retryAfter(_ header: String?) -> Duration? {
        guard let header, header.utf8.count <= 6, let seconds = Int(header), seconds >= 0 else { return nil }
        return .seconds(seconds)
    }
}
