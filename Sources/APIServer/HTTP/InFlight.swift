import KubernetesModel
import RBAC
import Synchronization

/// Counts the requests that are being served, and refuses what would be too many.
final class InFlight: Sendable {
    enum Kind: String, Sendable {
        case read = "readOnly"
        case write = "mutating"
        case watch
    }

    /// What is held until a request is over.
    final class Place: Sendable {
        private let count: InFlight
        private let kind: Kind
        private let user: String

        fileprivate init(_ count: InFlight, _ kind: Kind, _ user: String) {
            self.count = count
            self.kind = kind
            self.user = user
        }

        deinit { count.leave(kind, user) }
    }

    private struct Counts {
        var reads = 0
        var writes = 0
        var watches = 0
        /// By kind and user.
        var shares: [Kind: [String: Int]] = [:]
    }

    private let limits: FrontLimits
    private let counts = Mutex(Counts())

    init(_ limits: FrontLimits) {
        self.limits = limits
    }

    /// Takes a place, given back when nobody holds it any more.
    func enter(_ kind: Kind, user: String) throws(APIStatus) -> Place {
        let isFree = counts.withLock { counts in
            let own = counts.shares[kind, default: [:]][user, default: 0]
            guard own < share(of: user, in: kind) else { return false }
            switch kind {
            case .read:
                guard counts.reads < limits.readsInFlight else { return false }
                counts.reads += 1
            case .write:
                guard counts.writes < limits.writesInFlight else { return false }
                counts.writes += 1
            case .watch:
                guard counts.watches < limits.watches else { return false }
                counts.watches += 1
            }
            counts.shares[kind, default: [:]][user] = own + 1
            return true
        }
        guard isFree else {
            throw APIStatus(
                code: 429,
                reason: .tooManyRequests,
                message: "Too many requests, please try again later.",
                details: .init(retryAfter: .seconds(1))
            )
        }
        return Place(self, kind, user)
    }

    /// How many places one user may hold: half of them, so that nobody alone keeps all others out; who is not known, an
    /// eighth.
    private func share(of user: String, in kind: Kind) -> Int {
        let part = user == UserInfo.anonymous.name ? 8 : 2
        return switch kind {
        case .read: max(limits.readsInFlight / part, 1)
        case .write: max(limits.writesInFlight / part, 1)
        case .watch: limits.watchesPerUser
        }
    }

    func number(of kind: Kind) -> Int {
        counts.withLock { counts in
            switch kind {
            case .read: counts.reads
            case .write: counts.writes
            case .watch: counts.watches
            }
        }
    }

    private func leave(_ kind: Kind, _ user: String) {
        counts.withLock { counts in
            switch kind {
            case .read: counts.reads -= 1
            case .write: counts.writes -= 1
            case .watch: counts.watches -= 1
            }
            let own = counts.shares[kind, default: [:]][user, default: 1] - 1
            counts.shares[kind, default: [:]][user] = own > 0 ? own : nil
        }
    }
}
