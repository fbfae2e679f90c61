import FoundationEssentials
import Testing

@testable import CertificateAuthority

/// A random generator that walks the same way for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// What really is out there, told apart from what the machine believes.
private struct World {
    /// The bundle that each trust version held.
    var bundles: [UInt64: Set<SlotID>] = [:]
    struct Proxy {
        /// The trust version it holds; 0 for none, and then it serves nobody.
        var knows: UInt64
        /// The version it was sent when it connected: it learns that one or a later one.
        var sent: UInt64
        /// Until when it serves after it lost its connection.
        var until: Date?
    }

    var proxies: [ProxyID: Proxy] = [:]
    /// All that was signed, with its end.
    var signed: [(by: SlotID, until: Date)] = []
}

@Suite("Slots, on random walks")
struct SlotMachineWalkTests {
    @Test(arguments: 0..<UInt64(20))
    func `nothing is signed that a live proxy cannot verify`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var now = Date(timeIntervalSince1970: 1_800_000_000)
        var machine = SlotMachine(first: SlotID(1))
        var world = World(bundles: [1: [SlotID(1)]])
        var activations = 0
        var drops = 0

        for step in 0..<1200 {
            let proxy = ProxyID("p\(Int.random(in: 0..<6, using: &random))")
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                machine.proxyArrived(proxy)
                // One whose certificate ended meanwhile begins anew.
                let stillServes = (world.proxies[proxy]?.until ?? .distantFuture) > now
                let knows = stillServes ? world.proxies[proxy]?.knows ?? 0 : 0
                world.proxies[proxy] = World.Proxy(knows: knows, sent: machine.trustVersion)
            case 1:
                guard world.proxies[proxy]?.until == nil, world.proxies[proxy] != nil else { break }
                let end = now + .seconds(Int.random(in: 0..<3600, using: &random))
                machine.proxyLost(proxy, until: end)
                world.proxies[proxy]?.until = end
            case 2:
                machine.proxyLeft(proxy)
                world.proxies[proxy] = nil
            case 3...5:
                // It learns a version first and says so later, perhaps never, perhaps one that never was.
                guard let known = world.proxies[proxy], known.until == nil else { break }
                let version =
                    Bool.random(using: &random)
                    ? machine.trustVersion
                    : UInt64.random(in: known.sent...machine.trustVersion + 1, using: &random)
                if version <= machine.trustVersion { world.proxies[proxy]?.knows = max(known.knows, version) }
                machine.acknowledged(version, by: proxy)
            case 6:
                if (try? machine.prepare(machine.nextID)) != nil {
                    world.bundles[machine.trustVersion] = Set(machine.slots.map(\.id))
                }
            case 7:
                if (try? machine.activate(at: now)) != nil { activations += 1 }
            case 8:
                let before = machine.trustVersion
                if machine.clean(at: now) != nil { drops += 1 }
                if machine.trustVersion != before {
                    world.bundles[machine.trustVersion] = Set(machine.slots.map(\.id))
                }
            default:
                now = now + .seconds(Int.random(in: 0..<1200, using: &random))
            }
            let end = now + .seconds(Int.random(in: 1..<3600, using: &random))
            _ = machine.signing(until: end)
            world.signed.append((machine.active.id, end))
            world.signed.removeAll { $0.until < now }

            if let complaint = complaint(about: machine, in: world, at: now) {
                Issue.record("seed \(seed), step \(step): \(complaint)")
                return
            }
        }
        #expect(activations > 0, "the walk went nowhere")
        #expect(drops > 0, "the walk dropped nothing")
    }

    /// The invariant that is broken, if one is.
    private func complaint(about machine: SlotMachine, in world: World, at now: Date) -> String? {
        for (proxy, state) in world.proxies where state.knows > 0 && (state.until ?? .distantFuture) > now {
            guard let known = world.bundles[state.knows] else { return "version \(state.knows) never was" }
            if !known.contains(machine.active.id) {
                return "\(proxy) cannot verify slot \(machine.active.id)"
            }
        }
        let held = Set(machine.slots.map(\.id))
        if let orphan = world.signed.first(where: { !held.contains($0.by) }) {
            return "slot \(orphan.by) was dropped, what it signed is valid until \(orphan.until)"
        }
        if held.count != machine.slots.count { return "a slot is there twice" }
        return nil
    }
}
