public import Reconciliation

/// The lease that candidates compete for; its writes fail when somebody else wrote in between.
public protocol LeaseStore: Sendable {
    /// `nil` when there is none.
    func read() async throws -> ObservedLease?
    func create(_ claim: LeaderElectionMachine.LeaseClaim) async throws -> ObservedLease
    func update(_ claim: LeaderElectionMachine.LeaseClaim, version: String) async throws -> ObservedLease
}

/// Leads when a lease allows it, for one term.
public struct LeaderElector: Sendable {
    public typealias HolderObserver = @Sendable (_ holder: String) -> Void

    private enum Input: Sendable {
        case read(ObservedLease?)
        case written(ObservedLease)
        case failed
        case timer(Moment)
        case workEnded((any Error)?)
    }

    private let store: any LeaseStore
    private let options: LeaderElectionOptions
    private let observeHolder: HolderObserver
    private let clock = ContinuousClock()

    public init(
        store: some LeaseStore,
        options: LeaderElectionOptions,
        onNewHolder: @escaping HolderObserver = { _ in }
    ) {
        self.store = store
        self.options = options
        observeHolder = onNewHolder
    }

    /// Waits until we lead, and works as long as we do.
    ///
    /// The work is cancelled when the lease is lost, and has to end well within the difference of the lease's duration
    /// and the deadline for its renewal: after that another may lead. The lease is given up after the work has ended.
    ///
    /// - Returns: Why the term is over; ``LeaderElectionMachine/Reason/stopped`` when the work ended by itself or our
    ///   task was cancelled.
    /// - Throws: What the work threw while we led.
    public func run(
        whileLeading work: @escaping @Sendable () async throws -> Void
    ) async throws -> LeaderElectionMachine.Reason {
        var term = Term(machine: LeaderElectionMachine(options: options), origin: clock.now)
        var random = SystemRandomNumberGenerator()
        let (reason, failure, release) = await withTaskGroup(of: Input.self) { group in
            var effects = term.machine.start(at: moment(term))
            while true {
                perform(effects, &term, &group, work)
                if let reason = term.reason {
                    // Nothing is given up, and nobody told, before the work has ended.
                    while term.isWorking, let input = await group.next() { term.noteEnd(input) }
                    group.cancelAll()
                    return (reason, term.failure, term.release)
                }
                guard let input = await group.next(), !Task.isCancelled else {
                    effects = term.machine.stop()
                    continue
                }
                let now = moment(term)
                switch input {
                case .read(let lease):
                    effects = term.machine.leaseRead(lease, at: now, using: &random)
                case .written(let lease):
                    effects = term.machine.leaseWritten(lease, at: now, using: &random)
                case .failed:
                    effects = term.machine.requestFailed(at: now, using: &random)
                case .timer(let due):
                    effects = []
                    guard term.due == due else { continue }
                    term.due = nil
                    effects = term.machine.timerFired(at: now, using: &random)
                case .workEnded:
                    term.noteEnd(input)
                    effects = term.machine.stop()
                }
            }
        }
        if let release {
            // Also when our task is cancelled; the lease runs out by itself when this fails.
            await Task { [self] in
                _ = await answer { .written(try await store.update(release.0, version: release.1)) }
            }
            .value
        }
        if let failure, reason == .stopped, !(failure is CancellationError) { throw failure }
        return reason
    }

    /// What a term knows besides its machine.
    private struct Term: ~Copyable {
        var machine: LeaderElectionMachine
        let origin: ContinuousClock.Instant
        /// Of the timer that counts; others were replaced.
        var due: Moment?
        let end = Gate()
        var isWorking = false
        var failure: (any Error)?
        var reason: LeaderElectionMachine.Reason?
        var release: (LeaderElectionMachine.LeaseClaim, String)?

        init(machine: consuming LeaderElectionMachine, origin: ContinuousClock.Instant) {
            self.machine = machine
            self.origin = origin
        }

        mutating func noteEnd(_ input: Input) {
            guard case .workEnded(let error) = input else { return }
            isWorking = false
            failure = error
        }
    }

    private func moment(_ term: borrowing Term) -> Moment { Moment(term.origin.duration(to: clock.now)) }

    private func perform(
        _ effects: [LeaderElectionMachine.Effect],
        _ term: inout Term,
        _ group: inout TaskGroup<Input>,
        _ work: @escaping @Sendable () async throws -> Void
    ) {
        for effect in effects {
            switch effect {
            case .read:
                group.addTask { [self] in await answer { .read(try await store.read()) } }
            case .create(let claim):
                group.addTask { [self] in await answer { .written(try await store.create(claim)) } }
            case .update(let claim, let version):
                group.addTask { [self] in
                    await answer { .written(try await store.update(claim, version: version)) }
                }
            case .release(let claim, let version):
                term.release = (claim, version)
            case .wait(let until):
                guard term.due != until else { continue }
                term.due = until
                let instant = term.origin + until.sinceOrigin
                group.addTask { [clock] in
                    try? await clock.sleep(until: instant)
                    return .timer(until)
                }
            case .observed(let holder):
                observeHolder(holder)
            case .lead:
                observeHolder(options.identity)
                term.isWorking = true
                let end = term.end
                group.addTask { .workEnded(await Self.run(work, until: end)) }
            case .resign(let reason):
                term.reason = reason
                term.end.open()
            }
        }
    }

    /// Works until the work ends or the gate opens, which cancels it.
    private static func run(
        _ work: @escaping @Sendable () async throws -> Void,
        until end: Gate
    ) async -> (any Error)? {
        await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask {
                do {
                    try await work()
                    return nil
                } catch {
                    return error
                }
            }
            group.addTask {
                try? await end.wait()
                return CancellationError()
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// The answer of a request, or that there is none in time.
    private func answer(_ request: @escaping @Sendable () async throws -> Input) async -> Input {
        await withTaskGroup(of: Input.self) { group in
            group.addTask {
                do { return try await request() } catch { return .failed }
            }
            group.addTask { [clock, options] in
                try? await clock.sleep(for: options.renewDeadline)
                return .failed
            }
            let first = await group.next() ?? .failed
            group.cancelAll()
            return first
        }
    }
}
