import Reconciliation
import TestSupport
import Testing

@Suite("Backoff")
struct BackoffTests {
    @Test func `doubles with jitter and stays below its limit`() {
        var random = SeededGenerator(seed: 1)
        let backoff = Backoff(first: .milliseconds(100), limit: .seconds(1))
        for (failures, whole) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (1_000_000, 1000)] {
            let delay = backoff.delay(afterFailures: failures, using: &random)
            #expect(delay >= .milliseconds(whole) / 2)
            #expect(delay <= .milliseconds(whole))
        }
        let none = backoff.delay(afterFailures: 0, using: &random)
        #expect(none == .zero)
    }
}
