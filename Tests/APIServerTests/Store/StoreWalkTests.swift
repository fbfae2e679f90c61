import JSONText
import KubernetesModel
import SystemPackage
import TestSupport
import Testing

@testable import APIServer

/// Writes at random, restarts now and then, and compares with a model that keeps every state in memory.
@Suite(.tags(.walk)) struct `Walks over the store` {
    @Test(arguments: [1, 2] as [UInt64])
    func `every revision can be listed, and watched from, exactly as it was`(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        var options = StoreOptions()
        // So that reads come from memory, from the disk, and from both.
        options.recentCount = 16
        var random = SeededGenerator(seed: seed)
        var model = Model()
        var store = try await ObjectStore.open(at: FilePath(directory.path), options: options)
        for step in 0..<120 {
            if Int.random(in: 0..<40, using: &random) == 0 {
                await store.close()
                store = try await ObjectStore.open(at: FilePath(directory.path), options: options)
                #expect(store.revision == model.revision, "seed \(seed), step \(step)")
            }
            try await model.step(store, &random)
        }
        for revision in 1...model.revision {
            let query = ListQuery(resource: pods, limit: 4, revision: .exactly(revision))
            let listed = try await pages(of: store, query)
            #expect(listed == model.states[Int(revision)], "seed \(seed), revision \(revision)")
            let watched = try await store.events(after: revision, upTo: model.revision).map(Change.init)
            let expected = model.changes.filter { $0.revision > revision }
            #expect(watched == expected, "seed \(seed), after revision \(revision)")
        }
        await store.close()
    }

    @Test(arguments: [3, 4] as [UInt64])
    func `what history is left after compaction is exact`(seed: UInt64) async throws {
        var options = StoreOptions()
        options.recentCount = 4
        options.historyCount = 20
        var random = SeededGenerator(seed: seed)
        var model = Model()
        try await withStore(options) { store in
            for _ in 0..<200 { try await model.step(store, &random) }
            await store.historyDropped(beyond: model.revision - 22)
            for revision in store.oldestRevision...model.revision {
                let query = ListQuery(resource: pods, revision: .exactly(revision))
                let listed = try await pages(of: store, query)
                #expect(listed == model.states[Int(revision)], "seed \(seed), revision \(revision)")
                let watched = try await store.events(after: revision, upTo: model.revision).map(Change.init)
                let expected = model.changes.filter { $0.revision > revision }
                #expect(watched == expected, "seed \(seed), after revision \(revision)")
            }
        }
    }

    private func pages(of store: ObjectStore, _ query: ListQuery) async throws -> [String: String] {
        var query = query
        var result: [String: String] = [:]
        repeat {
            let page = try await store.list(query)
            for item in page.items { result[item.key.path] = item.object["spec", "value"]?.string }
            query.continueToken = page.continueToken
        } while query.continueToken != nil
        return result
    }
}

private struct Change: Equatable {
    var kind: WatchEvent.Kind
    var revision: UInt64
    var path: String
    var value: String?
    var previous: String?
}

extension Change {
    init(_ event: WatchEvent) {
        self.init(
            kind: event.kind,
            revision: event.object.object.resourceVersion == "\(event.revision)" ? event.revision : 0,
            path: event.object.key.path,
            value: event.object.object["spec", "value"]?.string,
            previous: event.previous?.object["spec", "value"]?.string
        )
    }
}

/// What the store should hold.
private struct Model {
    /// By revision; the first two are empty, since revisions begin with 1 for nothing.
    var states: [[String: String]] = [[:], [:]]
    var changes: [Change] = []

    var revision: UInt64 { UInt64(states.count - 1) }

    mutating func step(_ store: ObjectStore, _ random: inout SeededGenerator) async throws {
        let namespace = ["a", "a-b", "b"].randomElement(using: &random) ?? "a"
        let name = "p\(Int.random(in: 0..<6, using: &random))"
        let path = "\(namespace)/\(name)"
        let before = states[states.count - 1][path]
        var next = states[states.count - 1]
        if Int.random(in: 0..<3, using: &random) == 0 {
            guard before != nil else {
                let refusal = await failure { () async throws(StoreError) in
                    try await store.delete(name, in: namespace)
                }
                #expect(refusal == .notFound(podKey(name, in: namespace)))
                return
            }
            next[path] = nil
            states.append(next)
            let written = try await store.delete(name, in: namespace)
            #expect(written.revision == revision)
            changes.append(
                Change(kind: .deleted, revision: revision, path: path, value: before, previous: before)
            )
        } else {
            let value = "\(random.next())"
            next[path] = value
            states.append(next)
            let written = try await store.put(name, in: namespace, value: value)
            #expect(written.revision == revision)
            changes.append(
                Change(
                    kind: before == nil ? .added : .modified,
                    revision: revision,
                    path: path,
                    value: value,
                    previous: before
                )
            )
        }
    }
}
