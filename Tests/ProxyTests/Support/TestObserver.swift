import Authorization
import Proxy
import ProxyCore
import Synchronization

/// Keeps what a proxy says it did.
final class TestObserver: ProxyObserver {
    struct Seen {
        var judged: [JudgementEvent] = []
        var refused: [RefusalEvent] = []
        var finished: [RequestEvent] = []
        var handshakeFailures: [HandshakeFailureReason] = []
        var malformed: [MessageError] = []
        var opened = 0
        var closed = 0
    }

    private let seen = Mutex(Seen())

    var all: Seen { seen.withLock { $0 } }

    func judged(_ event: JudgementEvent) { seen.withLock { $0.judged.append(event) } }
    func refused(_ event: RefusalEvent) { seen.withLock { $0.refused.append(event) } }
    func finished(_ event: RequestEvent) { seen.withLock { $0.finished.append(event) } }
    func malformed(_ error: MessageError, direction: Direction) {
        seen.withLock { $0.malformed.append(error) }
    }
    func handshakeFailed(_ reason: HandshakeFailureReason, direction: Direction) {
        seen.withLock { $0.handshakeFailures.append(reason) }
    }
    func connectionOpened(_ direction: Direction) { seen.withLock { $0.opened += 1 } }
    func connectionClosed(_ direction: Direction) { seen.withLock { $0.closed += 1 } }
    func upstreamFailed(destination: String) {}
}
