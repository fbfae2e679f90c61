import JSONText
import KubernetesModel
import NIOCore
import SystemPackage
import TestSupport
import Testing

@testable import APIServer

@Suite struct `Watches of the store` {
    @Test func `tell what happened since, then what happens`() async throws {
        try await withStore { store in
            try await store.put("a", value: "1")
            let watch = try store.watch(WatchQuery(resource: pods, after: 1))
            let past = try await watch.next()
            async let coming = watch.next()
            try await store.put("a", value: "2")
            let next = try await coming
            try await store.delete("a")
            let last = try await watch.next()
            let kinds = (past.events + next.events + last.events).map(\.kind)
            #expect(kinds == [.added, .modified, .deleted])
            #expect(next.events.first?.previous == past.events.first?.object)
            #expect(last.events.first?.previous == next.events.first?.object)
            #expect(last.revision == 4)
        }
    }

    @Test func `hear of their resource, namespace and name only, and how far they are`() async throws {
        try await withStore { store in
            let queries = [
                WatchQuery(resource: pods, after: 1),
                WatchQuery(resource: pods, namespace: "a", after: 1),
                WatchQuery(resource: pods, name: "x", after: 1),
                WatchQuery(resource: pods, namespace: "a", name: "x", after: 1),
                WatchQuery(resource: deployments, after: 1),
            ]
            async let all = withThrowingTaskGroup(of: (Int, [String], UInt64).self) { group in
                for (index, query) in queries.enumerated() {
                    group.addTask {
                        let watch = try store.watch(query)
                        var paths: [String] = []
                        while true {
                            let batch = try await watch.next()
                            paths += batch.events.map(\.object.key.path)
                            if paths.last?.hasSuffix("/x") == true, batch.revision >= 5 {
                                return (index, paths, batch.revision)
                            }
                        }
                    }
                }
                return try await group.reduce(into: [Int: [String]]()) { $0[$1.0] = $1.1 }
            }
            for (namespace, name) in [("b", "x"), ("a", "y"), ("b", "y"), ("a", "x")] {
                try await store.put(name, in: namespace)
            }
            _ = try await store.write(
                ObjectKey(resource: deployments, namespace: "d", name: "x"),
                pod("x"),
                expecting: .absent
            )
            let heard = try await all
            #expect(heard[0] == ["b/x", "a/y", "b/y", "a/x"])
            #expect(heard[1] == ["a/y", "a/x"])
            #expect(heard[2] == ["b/x", "a/x"])
            #expect(heard[3] == ["a/x"])
            #expect(heard[4] == ["d/x"])
        }
    }

    @Test func `return without events at their deadline, and say how far they are`() async throws {
        try await withStore { store in
            let watch = try store.watch(WatchQuery(resource: deployments, after: 1))
            let idle = try await watch.next(until: .now + .milliseconds(10))
            try await store.put("a")
            try await store.put("b")
            let moved = try await watch.next(until: .now + .milliseconds(10))
            #expect(idle.events.isEmpty)
            #expect(idle.revision == 1)
            #expect(moved.events.isEmpty)
            #expect(moved.revision == 3)
        }
    }

    @Test func `end with the task that reads, and with the store`() async throws {
        let directory = try TemporaryDirectory()
        let store = try await ObjectStore.open(at: FilePath(directory.path))
        let query = WatchQuery(resource: pods, after: 1)
        let cancelled = Task { () async -> StoreError? in
            await failure { () async throws(StoreError) in try await store.watch(query).next() }
        }
        cancelled.cancel()
        let reason = await cancelled.value
        let open = Task { () async -> StoreError? in
            await failure { () async throws(StoreError) in try await store.watch(query).next() }
        }
        await store.close()
        let end = await open.value
        #expect(reason == .cancelled)
        #expect(end == .closed)
    }

    @Test func `that nobody reads hold up nobody, and are cut off when history goes on without them`()
        async throws
    {
        var options = StoreOptions()
        options.historyCount = 16
        options.recentCount = 8
        try await withStore(options) { store in
            let slow = try store.watch(WatchQuery(resource: pods, after: 1))
            for index in 0..<200 { try await store.put("p\(index % 3)") }
            await store.historyDropped(beyond: 1)
            let end = await failure { () async throws(StoreError) in try await slow.next() }
            let begin = await failure { () async throws(StoreError) in
                try store.watch(WatchQuery(resource: pods, after: 1))
            }
            for refusal in [end, begin] {
                guard case .expired(requested: 1, _) = refusal else {
                    Issue.record("\(String(describing: refusal))")
                    continue
                }
            }
        }
    }

    @Test func `read from the disk what is no longer in memory, also after a restart`() async throws {
        let directory = try TemporaryDirectory()
        var options = StoreOptions()
        options.recentCount = 2
        let first = try await ObjectStore.open(at: FilePath(directory.path), options: options)
        for index in 0..<20 { try await first.put("p\(index)") }
        let beforeRestart = try await first.events(after: 5, upTo: 21)
        await first.close()
        let second = try await ObjectStore.open(at: FilePath(directory.path), options: options)
        try await second.put("p20")
        let afterRestart = try await second.events(after: 5, upTo: 22)
        await second.close()
        #expect(beforeRestart.map(\.revision) == Array(6...21))
        #expect(afterRestart.map(\.revision) == Array(6...22))
        #expect(afterRestart.map(\.object.key.name) == (4...20).map { "p\($0)" })
    }

    @Test func `share the line of an event`() async throws {
        let line = try await withStore { store in
            try await store.put("a")
            let event = try #require(try await store.events(after: 1, upTo: 2).first)
            return String(buffer: event.line)
        }
        let value = try JSONValue(parsing: line)
        #expect(line.hasSuffix("}\n"))
        #expect(value["type"] == "ADDED")
        #expect(value["object"]?["metadata"]?["resourceVersion"] == "2")
    }
}

extension ObjectStore {
    /// All changes of pods in a part of the history.
    func events(after start: UInt64, upTo end: UInt64, namespace: String? = nil) async throws(StoreError)
        -> [WatchEvent]
    {
        let watch = try watch(WatchQuery(resource: pods, namespace: namespace, after: start))
        var events: [WatchEvent] = []
        var position = start
        while position < end {
            let batch = try await watch.next(until: .now, limit: 10)
            events += batch.events
            position = batch.revision
        }
        return events
    }
}
