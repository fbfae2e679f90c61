import Synchronization

/// Whether the data plane serves: not before the first policies, not any more while it drains.
final class Readiness: Sendable {
    private let isServing = Atomic(false)

    var isReady: Bool { isServing.load(ordering: .relaxed) }

    func began() {
        isServing.store(true, ordering: .relaxed)
    }

    func ended() {
        isServing.store(false, ordering: .relaxed)
    }
}
