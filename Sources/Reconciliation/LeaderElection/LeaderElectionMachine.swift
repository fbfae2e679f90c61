/// What a lease says (`coordination.k8s.io/v1` LeaseSpec), as far as an election looks at it.
public struct LeaseRecord: Hashable, Sendable {
    /// Empty when nobody holds it.
    public var holder: String
    public var duration: Duration
    /// How often it went from one holder to another.
    public var transitions: Int
    /// As written; only compared for equality: the clocks of others are not ours.
    public var acquireTime: String
    public var renewTime: String

    public init(
        holder: String,
        duration: Duration,
        transitions: Int = 0,
        acquireTime: String = "",
        renewTime: String = ""
    ) {
        self.holder = holder
        self.duration = duration
        self.transitions = transitions
        self.acquireTime = acquireTime
        self.renewTime = renewTime
    }
}

/// A lease as it was read: what it says, and its resource version for the write that follows.
public struct ObservedLease: Hashable, Sendable {
    public var record: LeaseRecord
    public var version: String

    public init(record: LeaseRecord, version: String) {
        self.record = record
        self.version = version
    }
}

/// How an election is run; the defaults are those of Kubernetes' own controllers.
public struct LeaderElectionOptions: Hashable, Sendable {
    /// Who we are: unique among the candidates.
    public var identity: String
    /// How long others wait after the last change that they saw.
    public var leaseDuration = Duration.seconds(15)
    /// How long a leader goes on without a successful renewal.
    public var renewDeadline = Duration.seconds(10)
    public var retryPeriod = Duration.seconds(2)
    /// Whether to give the lease up at the end, so that the next need not wait.
    public var releasesOnStop = true

    public init(identity: String) {
        self.identity = identity
    }
}

/// Decides who of several candidates leads, by a lease that all of them read and one of them renews.
///
///     following ──won──▶ leading ──not renewed in time, or taken by another──▶ over
///         │                 └──stop──▶ (release) ──▶ over
///         └──stop──▶ over
///
/// The times in a lease are written by other clocks and never compared. What counts is when a change of the lease was
/// seen here: a lease that did not change for its whole duration is free. A leader counts from when it *sent* its last
/// successful write, and stops by itself after `renewDeadline`, which is shorter: so two never lead at a time, however
/// slow the requests are, as long as the clocks run equally fast.
///
/// One request is under way at a time, and its driver bounds how long. Unexpected input: answers without a question
/// are ignored (`[]`), since a cancelled request may still answer.
///
/// A machine is for one term; for the next one make another.
public struct LeaderElectionMachine: ~Copyable {
    public enum Effect: Hashable, Sendable {
        /// Read the lease; then report ``leaseRead(_:at:using:)`` or ``requestFailed(at:using:)``.
        case read
        /// Write a lease where there was none; report ``leaseWritten(_:at:using:)``, or failure.
        case create(LeaseClaim)
        /// Replace the lease, if it still has the version.
        case update(LeaseClaim, version: String)
        /// Write that nobody holds the lease; whether it succeeds does not matter.
        case release(LeaseClaim, version: String)
        /// Call ``timerFired(at:using:)`` then; replaces an earlier timer.
        case wait(until: Moment)
        /// Somebody else, or nobody (empty), holds the lease.
        case observed(holder: String)
        case lead
        /// Stop leading, if we did, and wait until that is done; the machine is over.
        case resign(Reason)
    }

    /// Why a term is over.
    public enum Reason: Hashable, Sendable {
        case stopped
        case notRenewedInTime
        case takenByAnother
    }

    /// What to write into a lease; the time of renewal, and at the beginning of a tenure that of acquisition, is the
    /// writer's wall clock.
    public struct LeaseClaim: Hashable, Sendable {
        public var holder: String
        public var duration: Duration
        public var transitions: Int
        /// Of the tenure that goes on; `nil` when one begins.
        public var acquireTime: String?

        public init(holder: String, duration: Duration, transitions: Int, acquireTime: String?) {
            self.holder = holder
            self.duration = duration
            self.transitions = transitions
            self.acquireTime = acquireTime
        }
    }

    private enum Request {
        case read
        case write(sent: Moment)
    }

    private enum State {
        case idle
        case following
        case leading(renewed: Moment)
        case over
    }

    public let options: LeaderElectionOptions
    private var state = State.idle
    private var underWay: Request?
    private var nextTry: Moment = .origin
    private var lease: ObservedLease?
    /// Whether `lease` may be out of date, so that a write on top of it would only fail.
    private var mustRead = true
    /// When the record changed last, for us.
    private var observedAt: Moment = .origin

    public init(options: LeaderElectionOptions) {
        self.options = options
    }

    /// Whether we lead; a leader whose timer fires late does so no longer than it may.
    public func leads(at now: Moment) -> Bool {
        guard case .leading(let renewed) = state else { return false }
        return now < renewed.advanced(by: options.renewDeadline)
    }

    // MARK: What happens

    public mutating func start(at now: Moment) -> [Effect] {
        guard case .idle = state else { return [] }
        state = .following
        return read(at: now)
    }

    /// The lease was read; `nil` when there is none.
    public mutating func leaseRead(
        _ read: ObservedLease?,
        at now: Moment,
        using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        guard case .read = underWay else { return [] }
        underWay = nil
        var effects: [Effect] = []
        if read?.record != lease?.record {
            observedAt = now
            if read?.record.holder != lease?.record.holder, read?.record.holder != options.identity {
                effects.append(.observed(holder: read?.record.holder ?? ""))
            }
        }
        lease = read
        mustRead = false
        switch state {
        case .idle, .over:
            return []
        case .leading:
            // One that was deleted is written anew.
            guard read == nil || read?.record.holder == options.identity else {
                return effects + resign(.takenByAnother)
            }
            return effects + write(at: now)
        case .following:
            guard let record = read?.record, !record.holder.isEmpty, record.holder != options.identity,
                now < observedAt.advanced(by: Self.bounded(record.duration))
            else { return effects + write(at: now) }
            return effects + wait(at: now, using: &random)
        }
    }

    /// What we wrote stands, as the server answered it.
    public mutating func leaseWritten(
        _ written: ObservedLease,
        at now: Moment,
        using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        guard case .write(let sent) = underWay else { return [] }
        underWay = nil
        lease = written
        mustRead = false
        observedAt = now
        switch state {
        case .idle, .over:
            return []
        case .following:
            // The answer took longer than a leader may go without one: renew before leading.
            guard now < sent.advanced(by: options.renewDeadline) else { return write(at: now) }
            state = .leading(renewed: sent)
            return [.lead] + wait(at: now, using: &random)
        case .leading:
            state = .leading(renewed: sent)
            return wait(at: now, using: &random)
        }
    }

    /// A read or a write failed, also by a conflict: what is known of the lease is read again before the next write.
    public mutating func requestFailed(at now: Moment, using random: inout some RandomNumberGenerator)
        -> [Effect]
    {
        guard underWay != nil else { return [] }
        underWay = nil
        switch state {
        case .idle, .over: return []
        case .following, .leading:
            mustRead = true
            return wait(at: now, using: &random)
        }
    }

    /// The timer fired, perhaps early.
    public mutating func timerFired(at now: Moment, using random: inout some RandomNumberGenerator)
        -> [Effect]
    {
        switch state {
        case .idle, .over:
            return []
        case .leading(let renewed):
            let deadline = renewed.advanced(by: options.renewDeadline)
            guard now < deadline else { return resign(.notRenewedInTime) }
            guard underWay == nil, now >= nextTry else {
                return [.wait(until: underWay == nil ? min(nextTry, deadline) : deadline)]
            }
            return (mustRead ? read(at: now) : write(at: now)) + [.wait(until: deadline)]
        case .following:
            guard underWay == nil else { return [] }
            guard now >= nextTry else { return [.wait(until: nextTry)] }
            return read(at: now)
        }
    }

    /// We are asked to go.
    public mutating func stop() -> [Effect] {
        switch state {
        case .over:
            return []
        case .idle, .following:
            return resign(.stopped)
        case .leading:
            let held = lease
            var effects = resign(.stopped)
            if options.releasesOnStop, let held {
                // One second, the shortest there is: whoever reads it need not wait for us.
                let claim = LeaseClaim(
                    holder: "",
                    duration: .seconds(1),
                    transitions: held.record.transitions,
                    acquireTime: held.record.acquireTime
                )
                effects.append(.release(claim, version: held.version))
            }
            return effects
        }
    }

    // MARK: What to do

    private mutating func read(at now: Moment) -> [Effect] {
        underWay = .read
        return [.read]
    }

    private mutating func write(at now: Moment) -> [Effect] {
        underWay = .write(sent: now)
        var claim = LeaseClaim(
            holder: options.identity,
            duration: options.leaseDuration,
            transitions: 0,
            acquireTime: nil
        )
        guard let lease else { return [.create(claim)] }
        if lease.record.holder == options.identity {
            claim.transitions = lease.record.transitions
            claim.acquireTime = lease.record.acquireTime
        } else {
            // A hostile count must not trap.
            claim.transitions = min(lease.record.transitions, Int(Int32.max) - 1) + 1
        }
        return [.update(claim, version: lease.version)]
    }

    private mutating func wait(at now: Moment, using random: inout some RandomNumberGenerator) -> [Effect] {
        switch state {
        case .leading(let renewed):
            nextTry = now.advanced(by: options.retryPeriod)
            return [.wait(until: min(nextTry, renewed.advanced(by: options.renewDeadline)))]
        case .idle, .following, .over:
            // Jitter keeps candidates from asking in step.
            let factor = Double.random(in: 1...2.2, using: &random)
            nextTry = now.advanced(by: options.retryPeriod * factor)
            return [.wait(until: nextTry)]
        }
    }

    private mutating func resign(_ reason: Reason) -> [Effect] {
        state = .over
        underWay = nil
        return [.resign(reason)]
    }

    /// What others write is bounded: a lease of a year would keep everybody out.
    private static func bounded(_ duration: Duration) -> Duration {
        min(max(duration, .seconds(1)), .seconds(3600))
    }
}
