public import Authorization
public import NetworkTypes
import Synchronization

/// Where a proxy finds the policy that judges what arrives now.
public protocol PolicySource: Sendable {
    /// Never waits; a port that nothing is known about has a policy that says so, and denies.
    func policy(for port: Port) -> PortPolicy
    /// Calls the closure after each change of policies, on the thread that makes it.
    func watch(_ changed: @escaping @Sendable () -> Void) -> PolicyWatch
    func unwatch(_ watch: PolicyWatch)
}

/// Names a registration made with ``PolicySource/watch(_:)``.
public struct PolicyWatch: Hashable, Sendable {
    public let number: UInt64

    public init(number: UInt64) {
        self.number = number
    }
}

/// The policies in force, replaced as a whole.
///
/// Requests read it once each and keep no reference; the lock is held for a look into a dictionary.
public final class PolicyInForce: PolicySource {
    private struct State {
        var policies: [Port: PortPolicy]?
        var watchers: [UInt64: @Sendable () -> Void] = [:]
        var nextWatcher: UInt64 = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Whether anything was received yet; before that everything is denied.
    public var isKnown: Bool { state.withLock { $0.policies != nil } }

    public func policy(for port: Port) -> PortPolicy {
        state.withLock { state in
            if let known = state.policies?[port] { return known }
            let failure: LookupFailure = state.policies == nil ? .notReceived : .unknownPort
            return PortPolicy(port: port, revision: PolicyRevision(0), coverage: .unknown(failure))
        }
    }

    /// All policies, by port; empty before the first came.
    public var all: [PortPolicy] {
        state.withLock { state in
            (state.policies ?? [:]).values.sorted { $0.port < $1.port }
        }
    }

    /// Puts new policies in force, then tells those who hold connections that were judged by the old ones.
    public func install(_ policies: [PortPolicy]) {
        let watchers = state.withLock { state in
            state.policies = Dictionary(policies.map { ($0.port, $0) }) { _, last in last }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher() }
    }

    public func watch(_ changed: @escaping @Sendable () -> Void) -> PolicyWatch {
        state.withLock { state in
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = changed
            return PolicyWatch(number: state.nextWatcher)
        }
    }

    public func unwatch(_ watch: PolicyWatch) {
        state.withLock { $0.watchers[watch.number] = nil }
    }
}
