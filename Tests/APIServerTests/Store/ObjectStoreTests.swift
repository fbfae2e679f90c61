import JSONText
import KubernetesModel
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import APIServer

@Suite struct `Object store` {
    @Test func `an object carries the revision of its last change`() async throws {
        let (first, second, read) = try await withStore { store in
            let first = try await store.put("a", value: "1")
            let second = try await store.put("a", value: "2")
            return (first, second, try await store.object(podKey("a")))
        }
        #expect(first.object.resourceVersion == "2")
        #expect(second.revision == 3)
        #expect(read == second)
        #expect(read?.object["spec", "value"]?.string == "2")
        #expect(read?.object == second.object)
    }

    @Test func `what is not as expected is refused, and nothing is written`() async throws {
        try await withStore { store in
            let made = try await store.put("a")
            let key = podKey("a")
            let missing = podKey("b")
            let refusals = [
                await failure { () async throws(StoreError) in
                    try await store.write(key, pod("a"), expecting: .absent)
                },
                await failure { () async throws(StoreError) in
                    try await store.write(key, pod("a"), expecting: .revision(made.revision + 1))
                },
                await failure { () async throws(StoreError) in
                    try await store.write(key, nil, expecting: .revision(1))
                },
                await failure { () async throws(StoreError) in
                    try await store.write(missing, pod("b"), expecting: .revision(1))
                },
                await failure { () async throws(StoreError) in
                    try await store.write(missing, nil, expecting: .any)
                },
                await failure { () async throws(StoreError) in
                    try await store.write(missing, nil, expecting: .absent)
                },
            ]
            #expect(
                refusals == [
                    .exists(key), .conflict(key, expected: 3, current: 2),
                    .conflict(key, expected: 1, current: 2), .notFound(missing), .notFound(missing),
                    .notFound(missing),
                ]
            )
            #expect(store.revision == made.revision)
        }
    }

    @Test func `a deletion has a revision of its own, and returns the last state`() async throws {
        try await withStore { store in
            try await store.put("a", value: "last")
            let deleted = try await store.delete("a")
            let read = try await store.object(podKey("a"))
            #expect(deleted.revision == 3)
            #expect(deleted.object.resourceVersion == "3")
            #expect(deleted.object["spec", "value"]?.string == "last")
            #expect(read == nil)
        }
    }

    @Test func `of a hundred writers on one key exactly one wins each revision`() async throws {
        try await withStore { store in
            let key = podKey("contended")
            var current = try await store.put("contended")
            for round in 0..<10 {
                let base = current.revision
                let outcomes = await withTaskGroup(of: StoredObject?.self) { group in
                    for writer in 0..<100 {
                        group.addTask {
                            try? await store.write(
                                key,
                                pod("contended", value: "\(round)/\(writer)"),
                                expecting: .revision(base)
                            )
                        }
                    }
                    return await group.reduce(into: [StoredObject]()) { all, one in
                        if let one { all.append(one) }
                    }
                }
                #expect(outcomes.count == 1)
                let read = try await store.object(key)
                #expect(read == outcomes.first)
                current = try #require(outcomes.first)
            }
            #expect(store.revision == 12)
        }
    }

    @Test func `a read after a write sees it, also among many writers`() async throws {
        try await withStore { store in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        let written = try await store.put("p\(index)")
                        let listed = try await store.list(ListQuery(resource: pods))
                        return listed.revision >= written.revision && listed.items.contains(written)
                    }
                }
                for try await sawItself in group { #expect(sawItself) }
            }
        }
    }

    @Test func `everything is there after a restart, and revisions go on`() async throws {
        let directory = try TemporaryDirectory()
        let path = FilePath(directory.path)
        let first = try await ObjectStore.open(at: path)
        let kept = try await first.put("kept")
        try await first.put("gone")
        let deleted = try await first.delete("gone")
        await first.close()

        let second = try await ObjectStore.open(at: path)
        let revision = second.revision
        let items = try await second.list(ListQuery(resource: pods)).items
        let next = try await second.put("gone")
        await second.close()
        #expect(revision == deleted.revision)
        #expect(items == [kept])
        #expect(next.revision == deleted.revision + 1)
    }

    @Test func `revisions do not go back when the newest object was deleted and history was dropped`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let path = FilePath(directory.path)
        var options = StoreOptions()
        options.historyCount = 1
        var last: UInt64 = 1
        for _ in 0..<5 {
            let store = try await ObjectStore.open(at: path, options: options)
            #expect(store.revision == last)
            for index in 0..<10 {
                try await store.put("p\(index)")
                last = try await store.delete("p\(index)").revision
            }
            await store.close()
        }
        #expect(last == 101)
    }

    @Test func `one process has the store open`() async throws {
        let directory = try TemporaryDirectory()
        let path = FilePath(directory.path)
        let store = try await ObjectStore.open(at: path)
        let second = await failure { () async throws(StoreError) in try await ObjectStore.open(at: path) }
        await store.close()
        #expect(second == .storage(.inUse(path.appending("lock"))))
    }

    @Test func `only the owner can read the files`() async throws {
        let directory = try TemporaryDirectory()
        let path = FilePath(directory.path)
        let store = try await ObjectStore.open(at: path)
        try await store.put("a")
        let modes = try run(["stat", "-c", "%a", path.appending("objects.sqlite").string])
        let logModes = try run(["stat", "-c", "%a", path.appending("objects.sqlite-wal").string])
        await store.close()
        #expect(modes.outputText == "600\n")
        #expect(logModes.outputText == "600\n")
    }

    @Test(arguments: [
        ObjectKey(resource: pods, namespace: "a/b", name: "c"),
        ObjectKey(resource: pods, namespace: "a", name: ""),
        ObjectKey(resource: pods, namespace: "a", name: "b/c"),
        ObjectKey(resource: GroupResource(group: "", resource: "po.ds"), namespace: "a", name: "b"),
    ])
    func `a key that could be read back as another is refused`(key: ObjectKey) async throws {
        let refusal = try await withStore { store in
            await failure { () async throws(StoreError) in
                try await store.write(key, pod("a"), expecting: .any)
            }
        }
        #expect(refusal == .notStorable("the key \(key)"))
    }

    @Test func `an object beyond the limit is refused`() async throws {
        var options = StoreOptions()
        options.objectBytes = 1000
        let refusal = try await withStore(options) { store in
            await failure { () async throws(StoreError) in try await store.put("a", padding: 1000) }
        }
        guard case .tooLarge(_, limit: 1000) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
    }

    @Test func `a write is refused when what it relies on has changed`() async throws {
        let (refusals, kept) = try await withStore { store in
            let first = try await store.put("a")
            let reliance = [StoreReliance(first)]
            let good = await failure { () async throws(StoreError) in
                try await store.write(podKey("b"), pod("b"), expecting: .absent, relyingOn: reliance)
            }
            try await store.put("a", value: "2")
            let changed = await failure { () async throws(StoreError) in
                try await store.write(podKey("c"), pod("c"), expecting: .absent, relyingOn: reliance)
            }
            try await store.delete("a")
            let gone = await failure { () async throws(StoreError) in
                try await store.write(podKey("c"), pod("c"), expecting: .absent, relyingOn: reliance)
            }
            return ([good, changed, gone], try await store.object(podKey("c")))
        }
        #expect(refusals == [nil, .reliance(podKey("a")), .reliance(podKey("a"))])
        #expect(kept == nil)
    }

    @Test func `only so many objects are stored, also after a restart`() async throws {
        var options = StoreOptions()
        options.objects = 2
        let directory = try TemporaryDirectory()
        var refusals: [StoreError?] = []
        for round in 0..<2 {
            let store = try await ObjectStore.open(at: FilePath(directory.path), options: options)
            if round == 0 {
                try await store.put("a")
                try await store.put("b")
            }
            for name in ["c", "a"] {
                refusals.append(
                    await failure { () async throws(StoreError) in
                        try await store.put(name, value: "\(round)")
                    }
                )
            }
            try await store.delete("a")
            refusals.append(await failure { () async throws(StoreError) in try await store.put("a") })
            await store.close()
        }
        #expect(refusals == [.tooMany, nil, nil, .tooMany, nil, nil])
    }

    @Test func `a closed store refuses`() async throws {
        let directory = try TemporaryDirectory()
        let store = try await ObjectStore.open(at: FilePath(directory.path))
        await store.close()
        let write = await failure { () async throws(StoreError) in try await store.put("a") }
        let read = await failure { () async throws(StoreError) in try await store.object(podKey("a")) }
        #expect(write == .closed)
        #expect(read == .closed)
    }
}
