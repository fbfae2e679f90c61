import JSONText
import KubernetesModel
import SystemPackage
import TestSupport
import Testing

@testable import APIServer

@Suite struct `Lists of the store` {
    @Test func `are ordered by the bytes of namespace and name, as etcd orders its keys`() async throws {
        let paths = try await withStore { store in
            for (namespace, name) in [
                ("b", "x"), ("a", "z"), ("a-b", "x"), ("a", "b.c"), ("a", "b-c"), ("a", "b"),
            ] {
                try await store.put(name, in: namespace)
            }
            return try await store.list(ListQuery(resource: pods)).items.map(\.key.path)
        }
        #expect(paths == ["a-b/x", "a/b", "a/b-c", "a/b.c", "a/z", "b/x"])
    }

    @Test func `hold a namespace, a name, or what a filter takes`() async throws {
        try await withStore { store in
            for namespace in ["a", "a0", "b"] {
                for name in ["x", "y"] { try await store.put(name, in: namespace, value: name) }
            }
            _ = try await store.write(
                ObjectKey(resource: deployments, namespace: "a", name: "x"),
                pod("x"),
                expecting: .absent
            )
            let namespace = try await store.list(ListQuery(resource: pods, namespace: "a"))
            let name = try await store.list(ListQuery(resource: pods, name: "x"))
            let filtered = try await store.list(
                ListQuery(resource: pods, limit: 2) { $0.object["spec", "value"]?.string == "y" }
            )
            let other = try await store.list(ListQuery(resource: deployments))
            #expect(namespace.items.map(\.key.path) == ["a/x", "a/y"])
            #expect(name.items.map(\.key.path) == ["a/x", "a0/x", "b/x"])
            #expect(filtered.items.map(\.key.path) == ["a/y", "a0/y"])
            #expect(filtered.continueToken != nil)
            #expect(filtered.remainingItemCount == nil)
            #expect(other.items.map(\.key.path) == ["a/x"])
        }
    }

    @Test func `show one revision on all pages, whatever is written between them`() async throws {
        try await withStore { store in
            for index in 0..<100 { try await store.put("p\(index)", value: "old") }
            let before = try await store.list(ListQuery(resource: pods)).items
            var items: [StoredObject] = []
            var remaining: [Int?] = []
            var query = ListQuery(resource: pods, limit: 7)
            repeat {
                let page = try await store.list(query)
                items += page.items
                remaining.append(page.remainingItemCount)
                query.continueToken = page.continueToken
                #expect(page.revision == 101)
                let round = remaining.count
                try await store.put("p\(99 - round)", value: "new")
                try await store.delete("p\(round + 40)")
                try await store.put("new\(round)")
                try await store.put("p\(round + 40)", value: "again")
            } while query.continueToken != nil
            #expect(items == before)
            #expect(remaining == (1...14).map { 100 - 7 * $0 } + [nil])
        }
    }

    @Test func `of a page whose history is gone is refused, and may go on from the latest`() async throws {
        var options = StoreOptions()
        options.historyCount = 4
        try await withStore(options) { store in
            for index in 0..<4 { try await store.put("p\(index)") }
            let page = try await store.list(ListQuery(resource: pods, limit: 2))
            for _ in 0..<20 { try await store.put("p3") }
            await store.historyDropped(beyond: page.revision)
            let token = try #require(page.continueToken)
            let refusal = await failure { () async throws(StoreError) in
                try await store.list(ListQuery(resource: pods, limit: 2, continueToken: token))
            }
            let onward = try ObjectStore.continueFromLatest(token)
            let rest = try await store.list(ListQuery(resource: pods, limit: 2, continueToken: onward))
            guard case .expired(requested: page.revision, _) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(rest.items.map(\.key.name) == ["p2", "p3"])
            #expect(rest.revision == store.revision)
        }
    }

    @Test(arguments: ["", "x", "AAAA", "!!!!", "AQAAAAAAAAAB"])
    func `a token that is none of ours is refused`(token: String) async throws {
        let refusal = try await withStore { store in
            await failure { () async throws(StoreError) in
                try await store.list(ListQuery(resource: pods, continueToken: token))
            }
        }
        #expect(refusal == .badContinueToken)
    }

    @Test func `a token leads to no other namespace`() async throws {
        try await withStore { store in
            for namespace in ["a", "b", "c"] { try await store.put("x", in: namespace) }
            for path in ["a/", "c/a", "~", "b/a"] {
                let token = ContinueToken(revision: store.revision, path: path).text
                let items = try await store.list(
                    ListQuery(resource: pods, namespace: "b", continueToken: token)
                ).items
                #expect(items.allSatisfy { $0.key.namespace == "b" })
            }
        }
    }

    @Test func `at a revision that is not reached are refused`() async throws {
        try await withStore { store in
            let queries: [ListQuery.Revision] = [.exactly(2), .atLeast(2)]
            for revision in queries {
                let refusal = await failure { () async throws(StoreError) in
                    try await store.list(ListQuery(resource: pods, revision: revision))
                }
                #expect(refusal == .future(requested: 2, current: 1))
            }
        }
    }
}
