import FoundationEssentials
import Testing

@testable import CertificateAuthority

@Suite("Slots of the authority")
struct SlotMachineTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let web = ProxyID("web")
    private let orders = ProxyID("orders")

    @Test func `a prepared slot is published and signs nothing yet`() throws {
        var machine = SlotMachine(first: SlotID(1))
        let effect = try machine.prepare(SlotID(2))
        #expect(effect == .saveAndPublish)
        #expect(machine.active.id == SlotID(1))
        #expect(machine.slots.map(\.id) == [SlotID(1), SlotID(2)])
        #expect(machine.trustVersion == 2)
    }

    @Test func `there is one prepared slot at most, and no number comes twice`() throws {
        var machine = SlotMachine(first: SlotID(1))
        #expect(throws: SlotMachine.PrepareRefusal.numberUsed(SlotID(1))) { try machine.prepare(SlotID(1)) }
        _ = try machine.prepare(SlotID(2))
        #expect(throws: SlotMachine.PrepareRefusal.alreadyPrepared(SlotID(2))) {
            try machine.prepare(SlotID(3))
        }
    }

    @Test func `it becomes active when the last live proxy knows it`() throws {
        var machine = SlotMachine(first: SlotID(1))
        machine.proxyArrived(web)
        machine.proxyArrived(orders)
        machine.acknowledged(1, by: web)
        _ = try machine.prepare(SlotID(2))
        let atFirst = machine.readiness(at: now)
        machine.acknowledged(2, by: web)
        let later = machine.readiness(at: now)
        machine.acknowledged(2, by: orders)
        let finally = machine.readiness(at: now)

        #expect(atFirst == .waiting(for: [orders, web], unseenUntil: nil))
        #expect(later == .waiting(for: [orders], unseenUntil: nil))
        #expect(finally == .ready)
        let effect = try machine.activate(at: now)
        #expect(effect == .save)
        #expect(machine.active.id == SlotID(2))
        #expect(machine.retired.map(\.id) == [SlotID(1)])
    }

    @Test func `too early it is refused with those who are missing, unless it is forced`() throws {
        var machine = SlotMachine(first: SlotID(1))
        #expect(throws: SlotMachine.ActivateRefusal.nothingPrepared) { try machine.activate(at: now) }
        machine.proxyArrived(web)
        _ = try machine.prepare(SlotID(2))
        #expect(throws: SlotMachine.ActivateRefusal.waiting(for: [web], unseenUntil: nil)) {
            try machine.activate(at: now)
        }
        _ = try machine.activate(at: now, forced: true)
        #expect(machine.active.id == SlotID(2))
    }

    @Test func `a lost proxy counts until its certificate ends, one that left does not`() throws {
        var machine = SlotMachine(first: SlotID(1))
        machine.proxyArrived(web)
        machine.proxyArrived(orders)
        _ = try machine.prepare(SlotID(2))
        machine.proxyLost(web, until: now + .seconds(100))
        machine.proxyLeft(orders)
        let answers = [machine.readiness(at: now), machine.readiness(at: now + .seconds(101))]
        #expect(answers == [.waiting(for: [web], unseenUntil: nil), .ready])
    }

    @Test func `what a proxy cannot know it does not acknowledge`() {
        var machine = SlotMachine(first: SlotID(1))
        let stranger = machine.acknowledged(1, by: web)
        machine.proxyArrived(web)
        let answers = [machine.acknowledged(2, by: web), machine.acknowledged(1, by: web)]
        machine.proxyLost(web, until: now)
        let lost = machine.acknowledged(1, by: web)
        #expect(!stranger)
        #expect(answers == [false, true])
        #expect(!lost)
    }

    @Test func `a proxy that comes back has to say again what it knows`() throws {
        var machine = SlotMachine(first: SlotID(1))
        machine.proxyArrived(web)
        _ = try machine.prepare(SlotID(2))
        machine.acknowledged(2, by: web)
        machine.proxyLost(web, until: now + .seconds(100))
        machine.proxyArrived(web)
        let answer = machine.readiness(at: now)
        #expect(answer == .waiting(for: [web], unseenUntil: nil))
    }

    @Test func `a retired slot is dropped when all it signed is over, with time for slow clocks`() throws {
        var machine = SlotMachine(first: SlotID(1))
        let first = machine.signing(until: now + .seconds(3600))
        let covered = machine.signing(until: now + .seconds(3700))
        let beyond = machine.signing(until: now + .seconds(9000))
        #expect([first, covered, beyond] == [.save, nil, .save])
        _ = try machine.prepare(SlotID(2))
        _ = try machine.activate(at: now)

        let end = now + .seconds(9000) + SlotMachine.journalAhead + SlotMachine.clockSkew
        let early = machine.clean(at: end)
        #expect(early == nil)
        let late = machine.clean(at: end + .seconds(1))
        #expect(late == .saveAndPublish)
        #expect(machine.slots.map(\.id) == [SlotID(2)])
        #expect(machine.trustVersion == 3)
    }

    @Test func `after a restart, proxies that were not seen yet are waited for`() throws {
        let end = now + .seconds(3600)
        var machine = SlotMachine(
            trustVersion: 7,
            active: .init(id: SlotID(4), introduced: 5, signedUntil: end),
            prepared: .init(id: SlotID(6), introduced: 7),
            retired: []
        )
        let answers = [machine.readiness(at: now), machine.readiness(at: end)]
        #expect(answers == [.waiting(for: [], unseenUntil: end), .ready])
        #expect(machine.nextID == SlotID(7))
        #expect(throws: SlotMachine.PrepareRefusal.alreadyPrepared(SlotID(6))) {
            try machine.prepare(SlotID(7))
        }
    }

    @Test func `after a restart that knows its proxies, only those are waited for`() throws {
        let end = now + .seconds(3600)
        var machine = SlotMachine(
            trustVersion: 7,
            active: .init(id: SlotID(4), introduced: 5, signedUntil: end),
            prepared: .init(id: SlotID(6), introduced: 7),
            retired: []
        )
        machine.proxyArrived(web)
        machine.restored([web, orders])
        let before = machine.readiness(at: now)
        machine.proxyArrived(orders)
        machine.acknowledged(7, by: web)
        machine.acknowledged(7, by: orders)
        let after = machine.readiness(at: now)
        #expect(before == .waiting(for: [orders, web], unseenUntil: nil))
        #expect(after == .ready)
    }
}
