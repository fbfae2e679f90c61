import KubernetesModel
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
        var watchesByUser: [String: Int] = [:]
    }

    private let limits: FrontLimits
    private let counts = Mutex(Counts())

    init(_ limits: FrontLimits) {
        self.limits = limits
    }

    /// Takes a place, given back when nobody holds it any more.
    func enter(_ kind: Kind, user: String) throws(APIStatus) -> Place {
        let isFree = counts.withLock { counts in
            switch kind {
            case .read:
                guard counts.reads < limits.readsInFlight else { return false }
                counts.reads += 1
            case .write:
                guard counts.writes < limits.writesInFlight else { return false }
                counts.writes += 1
            case .watch:
                let own = counts.watchesByUser[user, default: 0]
                guard counts.watches < limits.watches, own < limits.watchesPerUser else { return false }
                counts.watches += 1
                counts.watchesByUser[user] = own + 1
            }
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
            case .watch:
                counts.watches -= 1
                let own = counts.watchesByUser[user, default: 1] - 1
                counts.watchesByUser[user] = own > 0 ? own : nil
            }
        }
    }
}
