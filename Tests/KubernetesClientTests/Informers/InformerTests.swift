import JSONText
import KubernetesClient
import KubernetesModel
import Reconciliation
import Testing

/// What a test needs of a pod.
private struct Placed: Hashable, Sendable {
    struct NoNode: Error {}

    var node: String

    init(_ object: UnstructuredObject) throws {
        guard let node = object["spec", "nodeName"]?.string else { throw NoNode() }
        self.node = node
    }
}

private func name(_ name: String) -> ObjectName { ObjectName(namespace: "default", name: name) }

/// An event as text, so that a test reads like a story.
private func story(_ event: InformerEvent<Placed>) -> String {
    switch event {
    case .added(let name, let value): "+\(name.name)@\(value.node)"
    case .updated(let name, let old, let new): "\(name.name)@\(old.node)→\(new.node)"
    case .deleted(let name, let last, let isFinal): "-\(name.name)@\(last?.node ?? "?")\(isFinal ? "" : "!")"
    case .unreadable(let name, let last, _): "?\(name.name)@\(last?.node ?? "?")"
    case .synced: "synced"
    }
}

@Suite("Informers")
struct InformerTests {
    private func quick(pageSize: Int = 2) -> ListWatchOptions {
        var options = ListWatchOptions()
        options.pageSize = pageSize
        options.backoff = Backoff(first: .milliseconds(1), limit: .milliseconds(5))
        return options
    }

    private func informer(_ source: FakeSource) -> Informer<Placed> {
        Informer(
            source: source,
            indexes: ["node": { _, placed in [placed.node] }],
            options: quick(),
            read: { try Placed($0) }
        )
    }

    /// Runs the informer while the test looks at it.
    private func running(
        _ informer: Informer<Placed>,
        _ body: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await informer.run() }
            try await informer.waitUntilSynced()
            try await body()
            group.cancelAll()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is there is listed in pages, what follows is told in order`() async throws {
        let source = FakeSource()
        for name in ["a", "b", "c"] { source.put(name) }
        let informer = informer(source)
        let events = informer.events()
        try await running(informer) {
            var iterator = events.makeAsyncIterator()
            var told: Set<String> = []
            for _ in 0..<3 { told.insert(await iterator.next().map(story) ?? "") }
            let mark = await iterator.next().map(story)
            #expect(told == ["+a@n1", "+b@n1", "+c@n1"])
            #expect(mark == "synced")
            source.put("a", node: "n2")
            let update = await iterator.next().map(story)
            source.delete("b")
            let deletion = await iterator.next().map(story)
            #expect(update == "a@n1→n2")
            #expect(deletion == "-b@n1")
        }
        var iterator = events.makeAsyncIterator()
        let end = await iterator.next()
        let lists = source.lists.count
        #expect(end == nil)
        #expect(lists == 2)
    }

    @Test(.timeLimit(.minutes(1)))
    func `indexes and snapshots follow`() async throws {
        let source = FakeSource()
        source.put("a", node: "n1")
        source.put("b", node: "n2")
        let informer = informer(source)
        try await running(informer) {
            let before = informer.snapshot()
            let events = informer.events()
            source.put("a", node: "n2")
            for await event in events where story(event) == "a@n1→n2" { break }
            let onFirst = informer.list(by: "node", "n1")
            let onSecond = informer.withStore { $0.names(by: "node", "n2").map(\.name).sorted() }
            let nodes = informer.snapshot().keys(of: "node")
            let then = before[name("a")]?.node
            #expect(onFirst.isEmpty)
            #expect(onSecond == ["a", "b"])
            #expect(nodes == ["n2"])
            #expect(then == "n1")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an expired watch becomes a list, whose difference is told`() async throws {
        let source = FakeSource()
        for name in ["a", "b"] { source.put(name) }
        let informer = informer(source)
        let events = informer.events()
        try await running(informer) {
            var iterator = events.makeAsyncIterator()
            for _ in 0..<3 { _ = await iterator.next() }
            source.delete("b", silently: true)
            source.inject(.expired)
            let deletion = await iterator.next().map(story)
            // The list is complete only after what it did not name is gone.
            source.put("c")
            let addition = await iterator.next().map(story)
            #expect(deletion == "-b@n1!")
            #expect(addition == "+c@n1")
            let fresh = source.lists.last?.freshness
            #expect(fresh == .notOlderThan("3"))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `half a frame costs a connection and no list`() async throws {
        let source = FakeSource()
        source.put("a")
        let informer = informer(source)
        let events = informer.events()
        try await running(informer) {
            var iterator = events.makeAsyncIterator()
            for _ in 0..<2 { _ = await iterator.next() }
            source.inject(.half)
            source.put("b")
            let addition = await iterator.next().map(story)
            let lists = source.lists.count
            let watches = source.watches.map(\.version)
            #expect(addition == "+b@n1")
            #expect(lists == 1)
            #expect(watches.last == "2")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an object that cannot be read is told as such, and read again when it changes`() async throws {
        let source = FakeSource()
        source.put("a")
        let informer = informer(source)
        let events = informer.events()
        try await running(informer) {
            var iterator = events.makeAsyncIterator()
            for _ in 0..<2 { _ = await iterator.next() }
            source.put("a", raw: ["spec": [:]])
            let broken = await iterator.next().map(story)
            let value = informer.get(name("a"))
            let unreadable = informer.unreadable.keys.map(\.name)
            #expect(broken == "?a@n1")
            #expect(value == nil)
            #expect(unreadable == ["a"])
            source.put("a", node: "n3")
            let mended = await iterator.next().map(story)
            #expect(mended == "+a@n3")
            source.put("a", raw: ["spec": [:]])
            _ = await iterator.next()
            source.delete("a")
            let gone = await iterator.next().map(story)
            let left = informer.unreadable.count
            #expect(gone == "-a@?")
            #expect(left == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a listener that does not listen costs one change for each object`() async throws {
        let source = FakeSource()
        source.put("a")
        let informer = informer(source)
        let lazy = informer.events()
        let eager = informer.events()
        try await running(informer) {
            var iterator = eager.makeAsyncIterator()
            for _ in 0..<2 { _ = await iterator.next() }
            for round in 0..<50 {
                source.put("a", node: "m\(round)")
                source.put("b", node: "m\(round)")
                for _ in 0..<2 { _ = await iterator.next() }
            }
            source.delete("b")
            _ = await iterator.next()
            let backlog = lazy.backlog
            // Two objects and the mark.
            #expect(backlog == 3)
            var late = lazy.makeAsyncIterator()
            var told: [String] = []
            for _ in 0..<2 { told.append(await late.next().map(story) ?? "") }
            source.put("a", node: "end")
            told.append(await late.next().map(story) ?? "")
            // What was not told in time is folded, and what came and went unseen is not told.
            #expect(told == ["+a@m49", "synced", "a@m49→end"])
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a successor is told to a slow listener as another life`() async throws {
        let source = FakeSource()
        source.put("a")
        let informer = informer(source)
        let events = informer.events()
        let eager = informer.events()
        try await running(informer) {
            var iterator = events.makeAsyncIterator()
            var watcher = eager.makeAsyncIterator()
            for _ in 0..<2 { _ = await iterator.next() }
            for _ in 0..<2 { _ = await watcher.next() }
            source.delete("a")
            _ = await watcher.next()
            source.put("a", node: "n2", uid: "second")
            _ = await watcher.next()
            let first = await iterator.next().map(story)
            let second = await iterator.next().map(story)
            #expect(first == "-a@n1")
            #expect(second == "+a@n2")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a late listener is told everything first`() async throws {
        let source = FakeSource()
        source.put("a")
        let informer = informer(source)
        try await running(informer) {
            var iterator = informer.events().makeAsyncIterator()
            let first = await iterator.next().map(story)
            let second = await iterator.next().map(story)
            #expect(first == "+a@n1")
            #expect(second == "synced")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `who asks for the same objects shares one watch`() async throws {
        let source = FakeSource()
        source.put("a")
        let pods = ResourceType(GroupVersion(group: "", version: "v1"), "pods", kind: "Pod")
        let informers = SharedInformers(options: quick()) { _ in source }
        let first = informers.informer(for: WatchedResource(pods), read: { try Placed($0) })
        let second = informers.informer(for: WatchedResource(pods), read: { try Placed($0) })
        try await withThrowingTaskGroup { group in
            group.addTask { await informers.run() }
            try await first.waitUntilSynced()
            let third = informers.informer(for: WatchedResource(pods, in: "shop"), read: { try Placed($0) })
            try await third.waitUntilSynced()
            #expect(first === second)
            #expect(first !== third)
            group.cancelAll()
        }
        let lists = source.lists.count
        #expect(lists == 2)
    }
}
