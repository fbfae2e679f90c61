import Reconciliation
import TestSupport
import Testing

@Suite("Leader election")
struct LeaderElectionTests {
    private let options = LeaderElectionOptions(identity: "me")
    private func moment(_ seconds: Int) -> Moment { Moment(.seconds(seconds)) }

    private func lease(_ holder: String, renewed: String, version: String) -> ObservedLease {
        ObservedLease(
            record: LeaseRecord(
                holder: holder,
                duration: .seconds(15),
                transitions: 4,
                acquireTime: "a",
                renewTime: renewed
            ),
            version: version
        )
    }

    @Test func `where there is no lease, one is made, and its maker leads`() {
        var random = SeededGenerator(seed: 1)
        var machine = LeaderElectionMachine(options: options)
        let start = machine.start(at: .origin)
        let absent = machine.leaseRead(nil, at: moment(1), using: &random)
        let written = machine.leaseWritten(
            lease("me", renewed: "1", version: "1"),
            at: moment(2),
            using: &random
        )
        #expect(start == [.read])
        if case .create(let claim) = absent.first {
            #expect(claim.holder == "me")
            #expect(claim.acquireTime == nil)
        } else {
            Issue.record("\(absent)")
        }
        #expect(written == [.lead, .wait(until: moment(4))])
    }

    @Test func `a lease is free when nothing was seen to change for its duration, whatever its times say`() {
        var random = SeededGenerator(seed: 1)
        var machine = LeaderElectionMachine(options: options)
        _ = machine.start(at: .origin)
        _ = machine.leaseRead(lease("other", renewed: "1970", version: "1"), at: moment(1), using: &random)
        _ = machine.timerFired(at: moment(9), using: &random)
        let renewed = machine.leaseRead(
            lease("other", renewed: "1971", version: "2"),
            at: moment(10),
            using: &random
        )
        _ = machine.timerFired(at: moment(24), using: &random)
        let held = machine.leaseRead(
            lease("other", renewed: "1971", version: "2"),
            at: moment(24),
            using: &random
        )
        _ = machine.timerFired(at: moment(30), using: &random)
        let free = machine.leaseRead(
            lease("other", renewed: "1971", version: "2"),
            at: moment(30),
            using: &random
        )
        #expect(renewed.count == 1)
        #expect(held.count == 1)
        if case .update(let claim, "2") = free.first {
            #expect(claim.transitions == 5)
            #expect(claim.holder == "me")
        } else {
            Issue.record("\(free)")
        }
    }

    @Test func `a leader that cannot renew stops before the lease runs out for others`() {
        var random = SeededGenerator(seed: 1)
        var machine = LeaderElectionMachine(options: options)
        _ = machine.start(at: .origin)
        _ = machine.leaseRead(nil, at: .origin, using: &random)
        _ = machine.leaseWritten(lease("me", renewed: "1", version: "1"), at: moment(3), using: &random)
        let renewal = machine.timerFired(at: moment(5), using: &random)
        let failed = machine.requestFailed(at: moment(6), using: &random)
        let reading = machine.timerFired(at: moment(8), using: &random)
        let end = machine.timerFired(at: moment(10), using: &random)
        let leads = machine.leads(at: moment(10))
        #expect(renewal.count == 2)
        #expect(failed == [.wait(until: moment(8))])
        // The deadline counts from when the write was sent, at 0.
        #expect(reading == [.read, .wait(until: moment(10))])
        #expect(end == [.resign(.notRenewedInTime)])
        #expect(!leads)
    }

    @Test func `a leader that reads another's name resigns`() {
        var random = SeededGenerator(seed: 1)
        var machine = LeaderElectionMachine(options: options)
        _ = machine.start(at: .origin)
        _ = machine.leaseRead(nil, at: .origin, using: &random)
        _ = machine.leaseWritten(lease("me", renewed: "1", version: "1"), at: .origin, using: &random)
        _ = machine.timerFired(at: moment(2), using: &random)
        _ = machine.requestFailed(at: moment(2), using: &random)
        _ = machine.timerFired(at: moment(4), using: &random)
        let end = machine.leaseRead(
            lease("other", renewed: "2", version: "2"),
            at: moment(4),
            using: &random
        )
        #expect(end == [.observed(holder: "other"), .resign(.takenByAnother)])
    }

    @Test func `who stops gives the lease up`() {
        var random = SeededGenerator(seed: 1)
        var machine = LeaderElectionMachine(options: options)
        _ = machine.start(at: .origin)
        _ = machine.leaseRead(nil, at: .origin, using: &random)
        _ = machine.leaseWritten(lease("me", renewed: "1", version: "7"), at: .origin, using: &random)
        let end = machine.stop()
        let again = machine.stop()
        #expect(end.first == .resign(.stopped))
        if case .release(let claim, "7") = end.last {
            #expect(claim.holder.isEmpty)
            #expect(claim.transitions == 4)
        } else {
            Issue.record("\(end)")
        }
        #expect(again.isEmpty)
    }

    @Test func `a write that was answered too late does not make a leader`() {
        var random = SeededGenerator(seed: 1)
        var machine = LeaderElectionMachine(options: options)
        _ = machine.start(at: .origin)
        _ = machine.leaseRead(nil, at: .origin, using: &random)
        let late = machine.leaseWritten(
            lease("me", renewed: "1", version: "1"),
            at: moment(11),
            using: &random
        )
        let leads = machine.leads(at: moment(11))
        #expect(late.count == 1)
        #expect(!leads)
    }
}

@Suite("Leader election, on random walks", .tags(.walk))
struct LeaderElectionWalkTests {
    @Test func `two never lead at a time, and when the network is good somebody does`() {
        var terms = 0
        for seed in UInt64(0)..<300 {
            var walk = ElectionWalk(seed: seed, count: 3, lossRate: 0.3, slowest: .seconds(6))
            for step in 0..<400 {
                walk.step()
                if step % 97 == 96 { walk.stop(step % 3) }
            }
            terms += walk.terms
            walk.lossRate = 0
            walk.slowest = .milliseconds(50)
            let begin = walk.now
            while walk.complaint == nil, begin.duration(to: walk.now) < .seconds(60) { walk.step() }
            let leader = walk.leader
            let complaint = walk.complaint
            #expect(complaint == nil, "seed \(seed)")
            #expect(leader != nil, "seed \(seed)")
            guard complaint == nil, leader != nil else { return }
        }
        #expect(terms > 1000)
    }
}
