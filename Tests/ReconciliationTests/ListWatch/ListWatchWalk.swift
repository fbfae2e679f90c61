import KubernetesModel
import Reconciliation
import TestSupport

/// One machine, one simulated server and the wire between them, driven by one seed.
struct ListWatchWalk: ~Copyable {
    var random: SeededGenerator
    var server = SimulatedServer()
    var listener = SimulatedListener()
    var misbehaviour: Misbehaviour
    private var machine: ListWatchMachine
    private var now = Moment.origin
    private var due: Moment?
    private var listRequest: ListRequest?
    private var watch: Watch?
    /// Requests that are over; an answer to them must be ignored.
    private var past: [ListWatchRequestID] = []
    /// Every version that the machine was told.
    private var told: Set<String> = []
    /// What watches sent lately, to be sent again.
    private var sent: [WatchedEvent] = []
    private(set) var completedLists = 0
    private(set) var repetitions = 0

    private struct Watch {
        var request: WatchRequest
        var cursor: Int
        var isStalled = false
    }

    init(seed: UInt64, misbehaviour: Misbehaviour) {
        random = SeededGenerator(seed: seed)
        self.misbehaviour = misbehaviour
        var options = ListWatchOptions()
        options.pageSize = Int.random(in: 1...4, using: &random)
        if Bool.random(using: &random) { options.firstList = .any }
        machine = ListWatchMachine(options: options)
    }

    var isAtRest: Bool {
        guard let watch else { return false }
        return server.event(after: watch.cursor) == nil && !watch.isStalled
    }

    mutating func start() throws {
        for _ in 0..<Int.random(in: 0...12, using: &random) { try server.mutate(using: &random) }
        perform(machine.start(at: now))
    }

    // MARK: One step

    mutating func step(mutating: Bool = true) throws {
        if mutating, chance(0.35) { try server.mutate(using: &random) }
        if chance(misbehaviour.compaction) { server.compact() }
        now = now.advanced(by: .milliseconds(Int.random(in: 0...700, using: &random)))
        answerLate()
        if let request = listRequest, chance(0.7) {
            answer(request)
        } else if let watch, chance(0.8) {
            answer(watch)
        }
        passTime()
        if listRequest == nil, watch == nil, due == nil { listener.complain("the machine waits for nothing") }
    }

    /// Time goes to the timer when nothing else can happen, and sometimes a timer fires for no reason.
    private mutating func passTime() {
        guard let due else { return }
        if listRequest == nil, watch == nil || watch?.isStalled == true { now = max(now, due) }
        if now >= due || chance(0.02) { perform(machine.timerFired(at: now, using: &random)) }
    }

    private mutating func answerLate() {
        guard let id = past.randomElement(using: &random), chance(0.1) else { return }
        let page = ListedPage(objects: [], version: "1")
        var effects = machine.pageArrived(page, for: id, at: now, using: &random)
        effects += machine.listFailed(.expired, for: id, at: now, using: &random)
        effects += machine.eventArrived(.bookmark(version: "1"), for: id, at: now, using: &random)
        effects += machine.watchEnded(.expired, for: id, at: now, using: &random)
        if !effects.isEmpty { listener.complain("a late answer had effects: \(effects)") }
    }

    // MARK: Lists

    private mutating func answer(_ request: ListRequest) {
        if let failure = failure() {
            listRequest = nil
            past.append(request.id)
            perform(machine.listFailed(failure, for: request.id, at: now, using: &random))
            return
        }
        if chance(misbehaviour.silence) { return }
        var revision = server.revision
        var offset = 0
        if let parts = request.continuation?.split(separator: ":"), parts.count == 2 {
            revision = Int(parts[0]) ?? 0
            offset = Int(parts[1]) ?? 0
            if revision < server.compacted {
                listRequest = nil
                past.append(request.id)
                perform(machine.listFailed(.expired, for: request.id, at: now, using: &random))
                return
            }
        } else {
            switch request.freshness {
            case .newest: break
            // A stale replica answers.
            case .any: revision = Int.random(in: min(server.compacted, revision)...revision, using: &random)
            case .notOlderThan(let version):
                let floor = max(Int(version) ?? 0, server.compacted)
                revision = Int.random(in: min(floor, revision)...revision, using: &random)
            }
            if misbehaviour.compaction == 0, misbehaviour.drop == 0 { revision = server.revision }
        }
        let all = server.snapshot(at: revision)
        let end = min(all.count, offset + (request.limit ?? all.count))
        told.insert("\(revision)")
        let page = ListedPage(
            objects: Array(all[min(offset, end)..<end]),
            version: "\(revision)",
            continuation: end < all.count ? "\(revision):\(end)" : nil
        )
        listRequest = nil
        past.append(request.id)
        perform(machine.pageArrived(page, for: request.id, at: now, using: &random))
    }

    // MARK: Watches

    private mutating func answer(_ current: Watch) {
        var current = current
        let id = current.request.id
        if current.cursor < server.compacted, server.event(after: current.cursor) != nil {
            fail(.expired, id, inStream: Bool.random(using: &random))
            return
        }
        if let failure = failure() {
            fail(failure, id, inStream: chance(0.5))
            return
        }
        if chance(misbehaviour.drop / 2) {
            watch = nil
            past.append(id)
            perform(machine.watchEnded(nil, for: id, at: now, using: &random))
            return
        }
        if chance(misbehaviour.silence) { current.isStalled = true }
        watch = current
        guard !current.isStalled else { return }
        let event: WatchedEvent
        if chance(misbehaviour.duplicate), let again = sent.randomElement(using: &random) {
            repetitions += 1
            event = again
        } else if let next = server.event(after: current.cursor) {
            event = next.kind == .state ? .state(next.object) : .deleted(next.object)
            current.cursor = next.revision
            told.insert(next.object.version)
            remember(event)
        } else if chance(0.2) {
            current.cursor = server.revision
            event = .bookmark(version: "\(server.revision)")
            told.insert("\(server.revision)")
            remember(event)
        } else {
            return
        }
        watch = current
        perform(machine.eventArrived(event, for: id, at: now, using: &random))
    }

    private mutating func fail(_ failure: ListWatchFailure, _ id: ListWatchRequestID, inStream: Bool) {
        if inStream {
            perform(machine.eventArrived(.failed(failure), for: id, at: now, using: &random))
        } else {
            watch = nil
            past.append(id)
            perform(machine.watchEnded(failure, for: id, at: now, using: &random))
        }
    }

    private mutating func remember(_ event: WatchedEvent) {
        sent.append(event)
        if sent.count > 100 { sent.removeFirst() }
    }

    private mutating func failure() -> ListWatchFailure? {
        let kinds: [(Double, ListWatchFailure)] = [
            (misbehaviour.drop, .connection("reset")),
            (misbehaviour.garbage, .malformed("half a frame")),
            (misbehaviour.expired, .expired),
            (misbehaviour.overloaded, .overloaded(retryAfter: chance(0.5) ? .seconds(1) : nil)),
            (misbehaviour.tooLarge, .versionTooLarge(retryAfter: .seconds(1))),
            (misbehaviour.refused, .refused(code: 500, "boom")),
        ]
        for (probability, failure) in kinds where chance(probability) {
            // From here on the machine may think that versions began anew.
            if case .versionTooLarge = failure { sent.removeAll() }
            return failure
        }
        return nil
    }

    private mutating func chance(_ probability: Double) -> Bool {
        probability > 0 && Double.random(in: 0..<1, using: &random) < probability
    }

    // MARK: Effects

    private mutating func perform(_ effects: [ListWatchMachine.Effect]) {
        for effect in effects {
            switch effect {
            case .list(let request):
                expectNothingUnderWay()
                if case .notOlderThan(let version) = request.freshness, !told.contains(version) {
                    listener.complain("a list not older than \(version), which nobody told")
                }
                listRequest = request
            case .watch(let request):
                expectNothingUnderWay()
                if !told.contains(request.version) {
                    listener.complain("a watch from \(request.version), which nobody told")
                }
                watch = Watch(request: request, cursor: Int(request.version) ?? 0)
            case .cancel(let id):
                if listRequest?.id == id { listRequest = nil }
                if watch?.request.id == id { watch = nil }
                past.append(id)
            case .wait(let until):
                due = until
            case .emit(let changes):
                for change in changes { listener.apply(change) }
            case .listCompleted:
                completedLists += 1
            case .report:
                break
            }
        }
    }

    private mutating func expectNothingUnderWay() {
        if listRequest != nil || watch != nil { listener.complain("two requests at once") }
    }
}
