import Reconciliation
import Testing

@testable import KubernetesClient

@Suite("Sending again")
struct RetryDecisionTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var outcome: RetryDecision.Outcome
        var method: ClientRequest.Method
        var attempt = 1
        var expected: Duration?

        var testDescription: String { "\(method.rawValue), \(outcome), attempt \(attempt)" }
    }

    @Test(arguments: [
        // 429 is said before anything is done.
        Sample(outcome: .status(429, retryAfter: .seconds(2)), method: .post, expected: .seconds(2)),
        Sample(outcome: .status(429, retryAfter: .seconds(2)), method: .get, expected: .seconds(2)),
        Sample(outcome: .status(429, retryAfter: nil), method: .get, expected: nil),
        Sample(outcome: .status(429, retryAfter: .seconds(60)), method: .get, expected: nil),
        Sample(outcome: .status(429, retryAfter: .zero), method: .patch, attempt: 5, expected: nil),
        // 503 may come from behind the place where it was done.
        Sample(outcome: .status(503, retryAfter: .seconds(1)), method: .get, expected: .seconds(1)),
        Sample(outcome: .status(503, retryAfter: .seconds(1)), method: .put, expected: .seconds(1)),
        Sample(outcome: .status(503, retryAfter: .seconds(1)), method: .post, expected: nil),
        Sample(outcome: .status(503, retryAfter: .seconds(1)), method: .patch, expected: nil),
        Sample(outcome: .status(500, retryAfter: nil), method: .get, expected: nil),
        Sample(outcome: .status(409, retryAfter: .seconds(1)), method: .put, expected: nil),
        Sample(outcome: .connectionLost, method: .get, expected: .zero),
        Sample(outcome: .connectionLost, method: .get, attempt: 2, expected: .milliseconds(200)),
        Sample(outcome: .connectionLost, method: .delete, expected: nil),
        Sample(outcome: .connectionRefused, method: .get, expected: nil),
    ])
    func `only what was surely not done, or may be done twice`(sample: Sample) {
        let decision = RetryDecision(attempts: 5, retryAfterLimit: .seconds(30))
        let request = ClientRequest(sample.method, "/api")
        let delay = decision.delay(after: sample.outcome, attempt: sample.attempt, of: request)
        #expect(delay == sample.expected)
    }

    @Test(
        arguments: [
            ("5", Duration.seconds(5)), ("0", .zero), ("-1", nil), ("", nil), ("1.5", nil), ("9999999", nil),
            ("Wed, 21 Oct 2015 07:28:00 GMT", nil), (nil, nil),
        ] as [(String?, Duration?)]
    )
    func `Retry-After in seconds`(header: String?, expected: Duration?) {
        let read = RetryDecision.retryAfter(header)
        #expect(read == expected)
    }

    @Test func `a rate lets a burst through and then one at a time`() {
        var turns = RequestTurns(RequestRate(perSecond: 10, burst: 3))
        let now = Moment(.seconds(100))
        let waits = (0..<5).map { _ in turns.take(at: now) }
        #expect(waits == [.zero, .zero, .zero, .milliseconds(100), .milliseconds(200)])
        let later = turns.take(at: now.advanced(by: .seconds(10)))
        #expect(later == .zero)
    }
}
