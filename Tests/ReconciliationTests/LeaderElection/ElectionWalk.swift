import Reconciliation
import TestSupport

/// Candidates, one lease, and a network that delays and loses; time goes from event to event.
struct ElectionWalk: ~Copyable {
    private enum Message {
        case read
        case write(LeaderElectionMachine.LeaseClaim, version: String?)
        case release(LeaderElectionMachine.LeaseClaim, version: String)
        case readAnswer(ObservedLease?)
        case writeAnswer(ObservedLease)
        case failure
    }

    private struct Delivery {
        var at: Moment
        var candidate: Int
        var message: Message
    }

    /// What a candidate's clock read when the walk began: no two agree.
    private var offsets: [Duration]
    private var candidates: Candidates
    private var timers: [Moment?]
    private var deliveries: [Delivery] = []
    private var lease: ObservedLease?
    private var writes = 0
    private var random: SeededGenerator
    private(set) var now = Moment.origin
    var lossRate: Double
    var slowest: Duration
    private(set) var complaint: String?
    private(set) var terms = 0
    private(set) var leader: Int?

    /// Machines cannot be copied, and so are not in an array's elements that are.
    private final class Candidates {
        var machines: [Box] = []
        final class Box {
            var machine: LeaderElectionMachine
            init(_ name: String) {
                machine = LeaderElectionMachine(options: LeaderElectionOptions(identity: name))
            }
        }
    }

    init(seed: UInt64, count: Int, lossRate: Double, slowest: Duration) {
        var random = SeededGenerator(seed: seed)
        self.lossRate = lossRate
        self.slowest = slowest
        candidates = Candidates()
        candidates.machines = (0..<count).map { Candidates.Box("candidate-\($0)") }
        offsets = (0..<count).map { _ in .seconds(Int.random(in: -1000...1000, using: &random)) }
        timers = Array(repeating: nil, count: count)
        self.random = random
        for index in 0..<count { begin(index) }
    }

    private func local(_ index: Int) -> Moment { now.advanced(by: offsets[index]) }

    private mutating func begin(_ index: Int) {
        candidates.machines[index] = Candidates.Box("candidate-\(index)")
        perform(candidates.machines[index].machine.start(at: local(index)), index)
    }

    /// Goes on to the next event.
    mutating func step() {
        let timer = timers.indices.compactMap { index in timers[index].map { (at: $0, index: index) } }
            .min { $0.at < $1.at }
        let next = deliveries.indices.min { deliveries[$0].at < deliveries[$1].at }
        if let next, deliveries[next].at <= timer?.at ?? deliveries[next].at {
            let delivery = deliveries.remove(at: next)
            now = max(now, delivery.at)
            deliver(delivery)
        } else if let timer {
            now = max(now, timer.at)
            timers[timer.index] = nil
            let box = candidates.machines[timer.index]
            perform(box.machine.timerFired(at: local(timer.index), using: &random), timer.index)
        } else {
            complaint = complaint ?? "nobody waits for anything"
        }
        let leaders = candidates.machines.indices.filter {
            candidates.machines[$0].machine.leads(at: local($0))
        }
        leader = leaders.first
        if leaders.count > 1 { complaint = complaint ?? "\(leaders.count) lead at \(now)" }
    }

    mutating func stop(_ index: Int) {
        perform(candidates.machines[index].machine.stop(), index)
    }

    // MARK: The network

    private mutating func send(_ message: Message, _ index: Int) {
        let delay = slowest * Double.random(in: 0...1, using: &random)
        deliveries.append(Delivery(at: now.advanced(by: delay), candidate: index, message: message))
    }

    private mutating func deliver(_ delivery: Delivery) {
        let index = delivery.candidate
        let box = candidates.machines[index]
        let isLost = Double.random(in: 0..<1, using: &random) < lossRate
        switch delivery.message {
        case .read:
            send(isLost ? .failure : .readAnswer(lease), index)
        case .write(let claim, let version):
            guard !isLost, version == lease?.version else { return send(.failure, index) }
            let written = write(claim, index)
            // It may have been written, and the answer lost.
            let answerIsLost = Double.random(in: 0..<1, using: &random) < lossRate
            send(answerIsLost ? .failure : .writeAnswer(written), index)
        case .release(let claim, let version):
            if !isLost, version == lease?.version { _ = write(claim, index) }
        case .readAnswer(let lease):
            perform(box.machine.leaseRead(lease, at: local(index), using: &random), index)
        case .writeAnswer(let lease):
            perform(box.machine.leaseWritten(lease, at: local(index), using: &random), index)
        case .failure:
            perform(box.machine.requestFailed(at: local(index), using: &random), index)
        }
    }

    private mutating func write(_ claim: LeaderElectionMachine.LeaseClaim, _ index: Int) -> ObservedLease {
        writes += 1
        let time = "\(local(index).sinceOrigin)"
        let record = LeaseRecord(
            holder: claim.holder,
            duration: claim.duration,
            transitions: claim.transitions,
            acquireTime: claim.acquireTime ?? time,
            renewTime: time
        )
        let written = ObservedLease(record: record, version: "\(writes)")
        lease = written
        return written
    }

    private mutating func perform(_ effects: [LeaderElectionMachine.Effect], _ index: Int) {
        var isOver = false
        for effect in effects {
            switch effect {
            case .read: send(.read, index)
            case .create(let claim): send(.write(claim, version: nil), index)
            case .update(let claim, let version): send(.write(claim, version: version), index)
            case .release(let claim, let version): send(.release(claim, version: version), index)
            case .wait(let until): timers[index] = until.advanced(by: .zero - offsets[index])
            case .observed: break
            case .lead: terms += 1
            case .resign: isOver = true
            }
        }
        // Its answers under way belong to the term that is over.
        if isOver {
            deliveries.removeAll { delivery in
                guard delivery.candidate == index else { return false }
                switch delivery.message {
                case .readAnswer, .writeAnswer, .failure: return true
                case .read, .write, .release: return false
                }
            }
            let wait = Duration.seconds(Int.random(in: 0...3, using: &random))
            now = now.advanced(by: wait)
            begin(index)
        }
    }
}
