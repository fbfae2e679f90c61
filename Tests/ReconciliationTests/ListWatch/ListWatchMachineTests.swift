import KubernetesModel
import Reconciliation
import TestSupport
import Testing

/// A machine with the noise left out: what it asked for last, what it told.
private struct Driven: ~Copyable {
    var machine: ListWatchMachine
    var random = SeededGenerator(seed: 7)
    var now = Moment.origin
    var list: ListRequest?
    var watch: WatchRequest?
    var due: Moment?
    var told: [ObjectChange] = []
    var reports: [ListWatchFailure] = []
    var cancelled = 0

    init(_ options: ListWatchOptions = ListWatchOptions()) {
        machine = ListWatchMachine(options: options)
        perform(machine.start(at: now))
    }

    mutating func perform(_ effects: [ListWatchMachine.Effect]) {
        for effect in effects {
            switch effect {
            case .list(let request): (list, watch) = (request, nil)
            case .watch(let request): (list, watch) = (nil, request)
            case .cancel: cancelled += 1
            case .wait(let until): due = until
            case .emit(let changes): told += changes
            case .listCompleted: break
            case .report(let failure):
                (list, watch) = (nil, nil)
                reports.append(failure)
            }
        }
    }

    mutating func page(_ objects: [ObjectIdentity], at version: String, continuation: String? = nil) throws {
        let id = try #require(list?.id)
        let page = ListedPage(objects: objects, version: version, continuation: continuation)
        perform(machine.pageArrived(page, for: id, at: now, using: &random))
    }

    mutating func listFailed(_ failure: ListWatchFailure) throws {
        let id = try #require(list?.id)
        perform(machine.listFailed(failure, for: id, at: now, using: &random))
    }

    mutating func event(_ event: WatchedEvent) throws {
        let id = try #require(watch?.id)
        perform(machine.eventArrived(event, for: id, at: now, using: &random))
    }

    mutating func ended(_ failure: ListWatchFailure?) throws {
        let id = try #require(watch?.id)
        watch = nil
        perform(machine.watchEnded(failure, for: id, at: now, using: &random))
    }

    /// Lets the timer fire; returns how long that took.
    @discardableResult
    mutating func fireTimer() throws -> Duration {
        let due = try #require(due)
        let waited = now.duration(to: due)
        now = due
        perform(machine.timerFired(at: now, using: &random))
        return waited
    }
}

private func object(_ name: String, _ uid: String, _ version: String) throws -> ObjectIdentity {
    try #require(
        ObjectIdentity(
            name: ObjectName(namespace: "default", name: name),
            uid: ObjectUID(uid),
            version: version
        )
    )
}

@Suite("List and watch")
struct ListWatchMachineTests {
    @Test func `a list in pages is told page by page, and the watch begins at its version`() throws {
        var driven = Driven()
        let first = driven.list
        #expect(first?.freshness == .newest)
        #expect(first?.limit == 500)
        try driven.page([object("a", "1", "5")], at: "9", continuation: "more")
        let told = driven.told
        let second = driven.list
        #expect(told == [.added(try object("a", "1", "5"))])
        #expect(second?.continuation == "more")
        try driven.page([object("b", "2", "6")], at: "9")
        let watch = driven.watch
        let count = driven.machine.count
        #expect(watch?.version == "9")
        #expect(count == 2)
    }

    @Test func `a page that expired makes the next list the newest, whole`() throws {
        var driven = Driven()
        try driven.page([object("a", "1", "5")], at: "9", continuation: "more")
        try driven.listFailed(.expired)
        try driven.fireTimer()
        let list = driven.list
        #expect(list?.limit == nil)
        #expect(list?.continuation == nil)
        #expect(list?.freshness == .newest)
        try driven.page([object("b", "2", "12")], at: "12")
        let told = driven.told
        #expect(
            told == [
                .added(try object("a", "1", "5")), .added(try object("b", "2", "12")),
                .vanished(try object("a", "1", "5")),
            ]
        )
    }

    @Test func `a whole list that fails leads back to pages`() throws {
        var driven = Driven()
        try driven.page([object("a", "1", "5")], at: "9", continuation: "more")
        try driven.listFailed(.expired)
        try driven.fireTimer()
        try driven.listFailed(.malformed("more bytes than are taken"))
        try driven.fireTimer()
        let list = driven.list
        #expect(list?.limit == 500)
        #expect(list?.freshness == .newest)
    }

    @Test func `a page that fails otherwise is asked for again, and after three times the whole list`() throws
    {
        var driven = Driven()
        try driven.page([object("a", "1", "5")], at: "9", continuation: "more")
        for _ in 0..<2 {
            try driven.listFailed(.connection("reset"))
            try driven.fireTimer()
            let list = driven.list
            #expect(list?.continuation == "more")
        }
        try driven.listFailed(.connection("reset"))
        try driven.fireTimer()
        let list = driven.list
        #expect(list?.continuation == nil)
        #expect(list?.freshness == .notOlderThan("9"))
    }

    @Test(arguments: [true, false])
    func `an expired watch leads to a list that tells the difference`(inStream: Bool) throws {
        var driven = Driven()
        try driven.page(
            [object("kept", "1", "5"), object("gone", "2", "6"), object("changed", "3", "7")],
            at: "9"
        )
        driven.told = []
        if inStream { try driven.event(.failed(.expired)) } else { try driven.ended(.expired) }
        try driven.fireTimer()
        let list = driven.list
        #expect(list?.freshness == .notOlderThan("9"))
        try driven.page(
            [object("kept", "1", "5"), object("changed", "3", "11"), object("new", "4", "12")],
            at: "20"
        )
        let told = driven.told
        #expect(
            told == [
                .updated(try object("changed", "3", "11")), .added(try object("new", "4", "12")),
                .vanished(try object("gone", "2", "6")),
            ]
        )
    }

    @Test func `a lost watch goes on from the last bookmark or event`() throws {
        var driven = Driven()
        try driven.page([], at: "9")
        try driven.event(.state(object("a", "1", "12")))
        try driven.event(.bookmark(version: "30"))
        try driven.event(.state(object("a", "1", "12")))
        try driven.event(.bookmark(version: ""))
        try driven.ended(.connection("reset"))
        try driven.fireTimer()
        let watch = driven.watch
        let told = driven.told
        #expect(watch?.version == "30")
        #expect(told.count == 1)
    }

    @Test
    func `a watch that ended in good health is asked for again at once, one that brought nothing is not`()
        throws
    {
        var driven = Driven()
        try driven.page([], at: "9")
        try driven.ended(nil)
        let early = driven.watch
        #expect(early == nil)
        try driven.fireTimer()
        driven.now = driven.now.advanced(by: .seconds(300))
        try driven.ended(nil)
        let late = driven.watch
        #expect(late?.version == "9")
        if let timeout = late?.timeout { #expect((.seconds(300)...(.seconds(600))).contains(timeout)) }
    }

    @Test func `a successor of the same name is a deletion and an addition`() throws {
        var driven = Driven()
        try driven.page([object("a", "1", "5")], at: "9")
        try driven.event(.state(object("a", "2", "14")))
        // The deletion of the life before comes late, and is about nothing.
        try driven.event(.deleted(object("a", "1", "13")))
        let told = driven.told
        #expect(
            told == [
                .added(try object("a", "1", "5")), .vanished(try object("a", "1", "5")),
                .added(try object("a", "2", "14")),
            ]
        )
    }

    @Test func `an event told again changes nothing, even after the object is gone`() throws {
        var driven = Driven()
        try driven.page([], at: "9")
        try driven.event(.state(object("a", "1", "10")))
        try driven.event(.deleted(object("a", "1", "11")))
        try driven.event(.state(object("a", "1", "10")))
        try driven.event(.deleted(object("a", "1", "11")))
        let told = driven.told
        #expect(told == [.added(try object("a", "1", "10")), .deleted(try object("a", "1", "11"))])
    }

    @Test func `an object that leaves a selection may come back as the same life`() throws {
        var driven = Driven()
        try driven.page([object("a", "1", "5")], at: "9")
        try driven.event(.deleted(object("a", "1", "10")))
        try driven.event(.state(object("a", "1", "11")))
        let told = driven.told
        #expect(told.last == .added(try object("a", "1", "11")))
    }

    @Test func `a server asks to come back later, and that is respected within bounds`() throws {
        var driven = Driven()
        try driven.listFailed(.overloaded(retryAfter: .seconds(20)))
        let asked = try driven.fireTimer()
        try driven.listFailed(.overloaded(retryAfter: .seconds(86_400)))
        let bounded = try driven.fireTimer()
        #expect(asked >= .seconds(20))
        #expect(asked <= .seconds(21))
        #expect(bounded <= .seconds(302))
    }

    @Test func `a server that never reaches what was seen is asked for its newest list`() throws {
        var driven = Driven()
        try driven.page([object("a", "1", "5")], at: "900")
        for _ in 0..<2 {
            try driven.ended(.versionTooLarge(retryAfter: .seconds(1)))
            try driven.fireTimer()
            let watch = driven.watch
            #expect(watch?.version == "900")
        }
        try driven.ended(.versionTooLarge(retryAfter: nil))
        try driven.fireTimer()
        let list = driven.list
        #expect(list?.freshness == .newest)
    }

    @Test func `an event that can never be read is passed by a list`() throws {
        var driven = Driven()
        try driven.page([], at: "9")
        for _ in 0..<2 {
            try driven.ended(.malformed("half a frame"))
            try driven.fireTimer()
            let watch = driven.watch
            #expect(watch?.version == "9")
        }
        try driven.ended(.malformed("half a frame"))
        try driven.fireTimer()
        let list = driven.list
        #expect(list?.freshness == .notOlderThan("9"))
    }

    @Test func `silence ends a watch, and every frame puts the end off`() throws {
        var driven = Driven()
        try driven.page([], at: "9")
        driven.now = driven.now.advanced(by: .seconds(200))
        try driven.event(.bookmark(version: "10"))
        driven.now = driven.now.advanced(by: .seconds(40))
        driven.perform(driven.machine.timerFired(at: driven.now, using: &driven.random))
        let before = driven.cancelled
        #expect(before == 0)
        try driven.fireTimer()
        let after = driven.cancelled
        let reports = driven.reports
        #expect(after == 1)
        #expect(reports == [.silent])
        try driven.fireTimer()
        let watch = driven.watch
        #expect(watch?.version == "10")
    }

    @Test func `versions that expire again and again do not make lists without a pause`() throws {
        var driven = Driven()
        var longest = Duration.zero
        for round in 1...8 {
            try driven.page([], at: "\(round)")
            try driven.ended(.expired)
            longest = max(longest, try driven.fireTimer())
        }
        #expect(longest >= .seconds(15))
    }

    @Test func `a list that never ends is a failure`() throws {
        var driven = Driven()
        try driven.page([], at: "9", continuation: "again")
        try driven.page([], at: "9", continuation: "again")
        let reports = driven.reports
        #expect(reports == [.malformed("a list without an end")])
    }

    @Test func `after the stop nothing has an effect`() throws {
        var driven = Driven()
        let asked = driven.list
        let list = try #require(asked)
        let stop = driven.machine.stop()
        let late = driven.machine.pageArrived(
            ListedPage(objects: [], version: "9"),
            for: list.id,
            at: driven.now,
            using: &driven.random
        )
        let timer = driven.machine.timerFired(at: driven.now, using: &driven.random)
        #expect(stop == [.cancel(list.id)])
        #expect(late.isEmpty)
        #expect(timer.isEmpty)
    }
}

@Suite("Failures of lists and watches")
struct ListWatchFailureTests {
    @Test(
        arguments: [
            (APIStatus(code: 410, reason: .expired, message: ""), ListWatchFailure.expired),
            (APIStatus(code: 410, reason: .gone, message: ""), .expired),
            (
                APIStatus(
                    code: 504,
                    reason: .timeout,
                    message: "Too large resource version: 9, current: 8",
                    details: .init(
                        causes: [.init(reason: "ResourceVersionTooLarge", message: "")],
                        retryAfter: .seconds(1)
                    )
                ), .versionTooLarge(retryAfter: .seconds(1))
            ),
            (
                APIStatus(
                    code: 429,
                    reason: .tooManyRequests,
                    message: "",
                    details: .init(retryAfter: .seconds(3))
                ), .overloaded(retryAfter: .seconds(3))
            ),
            (APIStatus(code: 503, reason: .serviceUnavailable, message: ""), .overloaded(retryAfter: nil)),
            (
                APIStatus(code: 403, reason: .forbidden, message: "no"), .refused(code: 403, "no")
            ),
        ]
    )
    func `a status says what to do next`(_ status: APIStatus, _ failure: ListWatchFailure) {
        let read = ListWatchFailure(status)
        #expect(read == failure)
    }

    @Test func `UUIDs are told apart in 16 bytes, and other names are kept as they are`() {
        let lower = ObjectUID("0f8fad5b-d9cb-469f-a165-70867728950e")
        let upper = ObjectUID("0F8FAD5B-D9CB-469F-A165-70867728950E")
        let other = ObjectUID("0f8fad5b-d9cb-469f-a165-70867728950f")
        #expect(lower != upper)
        #expect(lower != other)
        #expect(lower == ObjectUID("0f8fad5b-d9cb-469f-a165-70867728950e"))
        #expect(MemoryLayout<ObjectUID>.size <= 17)
    }
}
