import Glibc
import KubernetesModel
import SystemPackage
import TestSupport
import Testing

@testable import APIServer

@Suite struct `A full disk` {
    @Test func `is told to the writer, spoils no read, and ends when objects are deleted`() async throws {
        var options = StoreOptions()
        options.fileBytes = 400_000
        try await withStore(options) { store in
            let (kept, refusal) = try await fill(store)
            let path = try #require(fullPath(refusal))
            #expect(path.lastComponent?.string == "objects.sqlite")
            let items = try await store.list(ListQuery(resource: pods)).items
            #expect(Set(items) == Set(kept))

            // History was dropped to make space; each deletion gives more.
            for object in kept.prefix(10) { try await store.delete(object.key.name) }
            let after = try await store.put("after", padding: 20_000)
            let read = try await store.object(after.key)
            #expect(read == after)
        }
    }

    @Test func `fails none of the small writes that came with one too large`() async throws {
        var options = StoreOptions()
        options.fileBytes = 1_000_000
        options.objectBytes = 3_000_000
        try await withStore(options) { store in
            let outcomes = await withTaskGroup(of: (Int, StoreError?).self) { group in
                for index in 0..<50 {
                    group.addTask {
                        let padding = index == 25 ? 2_000_000 : 100
                        return (
                            index,
                            await failure { () async throws(StoreError) in
                                try await store.put("p\(index)", padding: padding)
                            }
                        )
                    }
                }
                return await group.reduce(into: [Int: StoreError]()) { $0[$1.0] = $1.1 }
            }
            let count = try await store.list(ListQuery(resource: pods)).items.count
            #expect(outcomes.keys.sorted() == [25])
            #expect(fullPath(outcomes[25]) != nil)
            #expect(count == 49)
        }
    }

    @Test func `of the real kind passes when space returns, also over a restart`() async throws {
        let directory = try TemporaryDirectory()
        guard getuid() == 0,
            try run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "none", directory.path]).status == 0
        else {
            print("skipped: mounting a small file system needs root")
            return
        }
        let path = FilePath(directory.path)
        defer { _ = try? run(["umount", "-l", directory.path]) }
        let ballast = path.appending("ballast").string
        try writeFile([UInt8](repeating: 0, count: 500_000), to: ballast)
        let store = try await ObjectStore.open(at: path.appending("store"))
        let (kept, refusal) = try await fill(store)
        let whileFull = try await store.list(ListQuery(resource: pods)).items
        unlink(ballast)
        let after = try await store.put("after", padding: 20_000)
        await store.close()

        let again = try await ObjectStore.open(at: path.appending("store"))
        let items = try await again.list(ListQuery(resource: pods)).items
        await again.close()
        #expect(fullPath(refusal) != nil)
        #expect(Set(whileFull) == Set(kept))
        #expect(Set(items) == Set(kept + [after]))
    }

    /// Writes until it does not fit.
    private func fill(_ store: ObjectStore) async throws -> (kept: [StoredObject], refusal: StoreError?) {
        var kept: [StoredObject] = []
        for index in 0..<1000 {
            do throws(StoreError) {
                kept.append(try await store.put("p\(index)", padding: 20_000))
            } catch {
                return (kept, error)
            }
        }
        return (kept, nil)
    }

    private func fullPath(_ error: StoreError?) -> FilePath? {
        guard case .full(let path) = error else { return nil }
        return path
    }
}
