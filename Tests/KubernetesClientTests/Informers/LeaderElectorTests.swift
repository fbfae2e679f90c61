import KubernetesClient
import Reconciliation
import Synchronization
import Testing

/// A lease in memory.
private final class FakeLease: LeaseStore {
    struct Conflict: Error {}

    private struct State {
        var lease: ObservedLease?
        var writes = 0
        var isDown = false
    }

    private let state = Mutex(State())

    var holder: String? { state.withLock { $0.lease?.record.holder } }

    func goDown() { state.withLock { $0.isDown = true } }

    func take(_ holder: String) {
        state.withLock { state in
            state.writes += 1
            let record = LeaseRecord(holder: holder, duration: .seconds(1), renewTime: "\(state.writes)")
            state.lease = ObservedLease(record: record, version: "\(state.writes)")
        }
    }

    func read() async throws -> ObservedLease? {
        try state.withLock { state in
            if state.isDown { throw Conflict() }
            return state.lease
        }
    }

    func create(_ claim: LeaderElectionMachine.LeaseClaim) async throws -> ObservedLease {
        try write(claim, version: nil)
    }

    func update(_ claim: LeaderElectionMachine.LeaseClaim, version: String) async throws -> ObservedLease {
        try write(claim, version: version)
    }

    private func write(_ claim: LeaderElectionMachine.LeaseClaim, version: String?) throws -> ObservedLease {
        try state.withLock { state in
            guard !state.isDown, state.lease?.version == version else { throw Conflict() }
            state.writes += 1
            let record = LeaseRecord(
                holder: claim.holder,
                duration: claim.duration,
                transitions: claim.transitions,
                acquireTime: claim.acquireTime ?? "\(state.writes)",
                renewTime: "\(state.writes)"
            )
            let lease = ObservedLease(record: record, version: "\(state.writes)")
            state.lease = lease
            return lease
        }
    }
}

@Suite("Leading by a lease")
struct LeaderElectorTests {
    private func options(_ identity: String) -> LeaderElectionOptions {
        var options = LeaderElectionOptions(identity: identity)
        options.retryPeriod = .milliseconds(5)
        return options
    }

    @Test(.timeLimit(.minutes(1)))
    func `work that ends gives the lease up to the next`() async throws {
        let lease = FakeLease()
        let first = LeaderElector(store: lease, options: options("first"))
        let second = LeaderElector(store: lease, options: options("second"))
        let holders = Mutex<[String]>([])
        for elector in [first, second] {
            let reason = try await elector.run {
                holders.withLock { $0.append(lease.holder ?? "") }
            }
            #expect(reason == .stopped)
        }
        let worked = holders.withLock { $0 }
        let end = lease.holder
        #expect(worked == ["first", "second"])
        #expect(end == "")
    }

    @Test(.timeLimit(.minutes(1)))
    func `a server that cannot be reached ends the term, after the work has ended`() async throws {
        let lease = FakeLease()
        let ended = Mutex(false)
        var options = options("me")
        options.leaseDuration = .milliseconds(500)
        options.renewDeadline = .milliseconds(300)
        let reason = try await LeaderElector(store: lease, options: options).run {
            lease.goDown()
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                ended.withLock { $0 = true }
            }
        }
        let hasEnded = ended.withLock { $0 }
        #expect(reason == .notRenewedInTime)
        #expect(hasEnded)
    }

    @Test(.timeLimit(.minutes(1)))
    func `who finds another's name in the lease stops`() async throws {
        let lease = FakeLease()
        let reason = try await LeaderElector(store: lease, options: options("me")).run {
            lease.take("other")
            try await Task.sleep(for: .seconds(3600))
        }
        let holder = lease.holder
        #expect(reason == .takenByAnother)
        #expect(holder == "other")
    }

    @Test(.timeLimit(.minutes(1)))
    func `what the work throws is thrown, and cancellation gives the lease up`() async throws {
        struct Boom: Error {}
        let lease = FakeLease()
        await #expect(throws: Boom.self) {
            _ = try await LeaderElector(store: lease, options: options("me")).run { throw Boom() }
        }
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let elector = LeaderElector(store: lease, options: options("again"))
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await elector.run {
                    begin.yield()
                    try await Task.sleep(for: .seconds(3600))
                }
            }
            for await _ in begun { break }
            group.cancelAll()
            let reason = try await group.next()
            #expect(reason == .stopped)
        }
        let holder = lease.holder
        #expect(holder == "")
    }
}
