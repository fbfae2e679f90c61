import KubernetesModel
import SystemPackage
import TestSupport
import Testing

@testable import APIServer

@Suite struct `A damaged store` {
    @Test(.tags(.walk), arguments: [1, 2] as [UInt64])
    func `is refused, or shows what was written, wherever a byte is flipped`(seed: UInt64) async throws {
        let original = try await storeWithHistory(closed: true)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let offset = Int.random(in: 0..<original.file.count, using: &random)
            let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            var file = original.file
            file[offset] ^= bit
            switch try await look(file: file, log: nil) {
            case .refused: break
            case .shown(let items, let changes):
                #expect(items == original.items, "seed \(seed), byte \(offset), bit \(bit)")
                #expect(changes == original.changes, "seed \(seed), byte \(offset), bit \(bit)")
            }
        }
    }

    @Test(.tags(.walk), arguments: [3] as [UInt64])
    func `is refused, or misses the last commit at most, wherever a byte of its log is flipped`(
        seed: UInt64
    ) async throws {
        let original = try await storeWithHistory(closed: false)
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<60 {
            let offset = Int.random(in: 0..<original.log.count, using: &random)
            var log = original.log
            log[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            switch try await look(file: original.file, log: log) {
            case .refused: refused += 1
            case .shown(_, let changes):
                #expect(original.changes.starts(with: changes), "seed \(seed), byte \(offset)")
                #expect(changes.count >= original.changes.count - 1, "seed \(seed), byte \(offset)")
            }
        }
        #expect(refused > 0)
    }

    @Test func `whose log was cut short shows what was committed before`() async throws {
        let original = try await storeWithHistory(closed: false)
        for length in stride(from: original.log.count, to: 0, by: -max(1, original.log.count / 20 - 7)) {
            let outcome = try await look(file: original.file, log: Array(original.log[..<length]))
            guard case .shown(_, let changes) = outcome else {
                Issue.record("\(outcome) after \(length) bytes")
                continue
            }
            #expect(original.changes.starts(with: changes))
        }
    }

    @Test func `that is a file of another program is left alone`() async throws {
        let directory = try TemporaryDirectory()
        let path = FilePath(directory.path).appending("objects.sqlite")
        let made = try runPython(
            "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('create table t(x)'); c.commit()",
            arguments: [path.string]
        )
        let refusal = await failure { () async throws(StoreError) in
            try await ObjectStore.open(at: FilePath(directory.path))
        }
        #expect(made.status == 0)
        #expect(refusal == .foreign(path))
    }

    @Test func `of a newer schema is refused`() async throws {
        let directory = try TemporaryDirectory()
        let path = FilePath(directory.path).appending("objects.sqlite")
        let store = try await ObjectStore.open(at: FilePath(directory.path))
        await store.close()
        let made = try runPython(
            "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('pragma user_version=2'); c.commit()",
            arguments: [path.string]
        )
        let refusal = await failure { () async throws(StoreError) in
            try await ObjectStore.open(at: FilePath(directory.path))
        }
        #expect(made.status == 0)
        #expect(refusal == .newer(path, schema: 2, known: 1))
    }

    @Test func `that is no database at all is refused`() async throws {
        let outcome = try await look(
            file: Array("{\"kind\":\"List\"}".utf8) + Array(repeating: 0, count: 5000),
            log: nil
        )
        guard case .refused(.corrupt) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    // MARK: Files

    private struct Original {
        var file: [UInt8]
        var log: [UInt8]
        var items: [StoredObject]
        var changes: [StoredObject]
    }

    private enum Outcome {
        case refused(StoreError)
        case shown([StoredObject], changes: [StoredObject])
    }

    private func storeWithHistory(closed: Bool) async throws -> Original {
        let directory = try TemporaryDirectory()
        let path = FilePath(directory.path)
        let store = try await ObjectStore.open(at: path)
        for index in 0..<60 {
            try await store.put("p\(index % 25)", in: "n\(index % 2)", value: "\(index)", padding: index * 40)
            if index % 7 == 3 { try await store.delete("p\(index % 25)", in: "n\(index % 2)") }
        }
        let items = try await store.list(ListQuery(resource: pods)).items
        let changes = try await store.events(after: 1, upTo: store.revision).map(\.object)
        if closed { await store.close() }
        let file = try readFile(path.appending("objects.sqlite").string)
        let log = closed ? [] : try readFile(path.appending("objects.sqlite-wal").string)
        if !closed { await store.close() }
        return Original(file: file, log: log, items: items, changes: changes)
    }

    private func look(file: [UInt8], log: [UInt8]?) async throws -> Outcome {
        let directory = try TemporaryDirectory()
        let path = FilePath(directory.path)
        try writeFile(file, to: path.appending("objects.sqlite").string)
        if let log { try writeFile(log, to: path.appending("objects.sqlite-wal").string) }
        var opened: ObjectStore?
        do throws(StoreError) {
            let store = try await ObjectStore.open(at: path)
            opened = store
            let items = try await store.list(ListQuery(resource: pods)).items
            let changes = try await store.events(after: store.oldestRevision, upTo: store.revision).map(
                \.object
            )
            await store.close()
            return .shown(items, changes: changes)
        } catch {
            await opened?.close()
            return .refused(error)
        }
    }
}
