public import RBAC
import Synchronization

/// The roles and bindings that are in force now.
///
/// Whoever authorizes a request takes a snapshot; ``AccessFollower`` installs new ones.
public final class AccessInForce: Sendable {
    private let current: Mutex<AccessEvaluator>

    public init(_ evaluator: AccessEvaluator = AccessEvaluator(roles: [], bindings: [])) {
        current = Mutex(evaluator)
    }

    public func snapshot() -> AccessEvaluator { current.withLock { $0 } }

    func install(_ evaluator: AccessEvaluator) { current.withLock { $0 = evaluator } }
}
