import FoundationEssentials
import Testing

@testable import CertificateAuthority

@Suite("Renewing a certificate")
struct RenewalMachineTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `it is renewed at half of its life, give or take a tenth`() {
        let schedule = RotationSchedule()
        let end = now + .seconds(1000)
        let times = [0, 0.5, 0.999_999].map { schedule.renewal(from: now, until: end, random: $0) }
        let waits = times.map { $0.timeIntervalSince(now).rounded() }
        #expect(waits == [400, 500, 600])
    }

    @Test func `retries back off to a minute, each between half of a step and all of it`() {
        let schedule = RotationSchedule()
        let waits = [1, 2, 3, 7, 100, .max].map { failures in
            schedule.retry(after: failures, at: now, until: nil, random: 1).timeIntervalSince(now)
        }
        let shortest = schedule.retry(after: 3, at: now, until: nil, random: 0).timeIntervalSince(now)
        #expect(waits == [1, 2, 4, 60, 60, 60])
        #expect(shortest == 2)
    }

    @Test func `no retry is later than the end of what is in use`() {
        let schedule = RotationSchedule()
        let end = now + .seconds(5)
        let before = schedule.retry(after: 9, at: now, until: end, random: 1)
        let after = schedule.retry(after: 9, at: end, until: end, random: 1)
        #expect(before == end)
        #expect(after == end + .seconds(60))
    }

    @Test func `it asks, waits, and asks again when half of the life is over`() {
        var machine = RenewalMachine()
        let effects = [
            machine.renew(),
            machine.renew(),
            machine.issued(until: now + .seconds(1000), at: now, random: 0.5),
            machine.timerFired(at: now + .seconds(499)),
            machine.timerFired(at: now + .seconds(500)),
            machine.timerFired(at: now + .seconds(501)),
        ]
        let due = now + .seconds(500)
        #expect(effects == [.request, nil, .wake(at: due), .wake(at: due), .request, nil])
    }

    @Test func `a valid certificate stays in use while renewal fails`() {
        var machine = RenewalMachine()
        let end = now + .seconds(1000)
        _ = machine.renew()
        _ = machine.issued(until: end, at: now, random: 0.5)
        _ = machine.timerFired(at: now + .seconds(500))
        let effect = machine.failed(at: now + .seconds(500), random: 1)
        let standings = [machine.standing(at: now + .seconds(999)), machine.standing(at: end)]
        #expect(effect == .wake(at: now + .seconds(501)))
        #expect(standings == [.valid(until: end), .expired(at: end)])
        #expect(machine.failures == 1)
    }

    @Test func `a certificate that is over on arrival does not replace one that is not`() {
        var machine = RenewalMachine()
        let end = now + .seconds(1000)
        _ = machine.renew()
        _ = machine.issued(until: end, at: now, random: 0.5)
        _ = machine.renew()
        _ = machine.issued(until: now, at: now, random: 0.5)
        let standing = machine.standing(at: now)
        #expect(standing == .valid(until: end))
        #expect(machine.failures == 1)
    }

    @Test(arguments: 0..<UInt64(20))
    func `on any walk there is a request under way or a timer, and a certificate is never lost`(
        seed: UInt64
    ) {
        var random = SeededGenerator(seed: seed)
        var machine = RenewalMachine()
        var now = self.now
        var best: Date?
        var last = machine.renew()
        for _ in 0..<400 {
            let jitter = Double.random(in: 0..<1, using: &random)
            if last == .request {
                let end = now + .seconds(Int.random(in: -5..<300, using: &random))
                let fails = Bool.random(using: &random)
                last =
                    fails
                    ? machine.failed(at: now, random: jitter)
                    : machine.issued(until: end, at: now, random: jitter)
                if !fails, end > now { best = end }
            } else {
                now = now + .milliseconds(Int.random(in: 0..<60_000, using: &random))
                last = machine.timerFired(at: now)
            }
            #expect(last != nil, "seed \(seed)")
            let standing = machine.standing(at: now)
            let expected: RenewalMachine.Standing =
                best.map { now < $0 ? .valid(until: $0) : .expired(at: $0) } ?? .none
            #expect(standing == expected, "seed \(seed)")
        }
    }
}
