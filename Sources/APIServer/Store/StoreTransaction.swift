import GRDB
import KubernetesModel
import SystemPackage

/// A write that somebody waits for.
struct StoreWrite: Sendable {
    var key: ObjectKey
    /// `nil` to delete.
    var object: UnstructuredObject?
    /// The object's text, made by the one who waits.
    var text: StampedText?
    var expecting: Expectation
    /// What the write relies on besides.
    var relyingOn: [StoreReliance] = []

    var size: Int { (text?.count ?? 0) + 256 }
}

/// Another object that must be as it was when a write was decided: its namespace, say, which must not have begun to go.
public struct StoreReliance: Equatable, Sendable {
    public var key: ObjectKey
    public var revision: UInt64

    public init(_ stored: StoredObject) {
        key = stored.key
        revision = stored.revision
    }
}

/// Judges and writes a batch, in one transaction.
struct StoreTransaction {
    struct Outcome: Sendable {
        /// In the order of the writes.
        var results: [Result<StoredObject, StoreError>] = []
        var events: [WatchEvent] = []
        /// How many more objects there are than before.
        var growth = 0
    }

    /// The revision of the first change; each has its own.
    let first: UInt64
    let log: EventLog
    let file: FilePath
    /// How many more objects there may be.
    let room: Int

    func run(_ db: Database, _ writes: [StoreWrite]) throws -> Outcome {
        var outcome = Outcome()
        // What this transaction wrote itself is in no log yet.
        var written: [UInt64: Version] = [:]
        for write in writes {
            let live = try Version.live(db, write.key)
            let broken = try write.relyingOn.first { try Version.live(db, $0.key) != $0.revision }
            if let refusal = refusal(of: write, live, broken, outcome.growth) {
                outcome.results.append(.failure(refusal))
                continue
            }
            let previous = try live.map { revision in
                try written[revision] ?? Version.fetch(db, revision: revision, file)
            }
            guard let version = version(first + UInt64(outcome.events.count), write, previous) else {
                outcome.results.append(.failure(.notFound(write.key)))
                continue
            }
            try version.insert(db)
            written[version.object.revision] = version
            if live == nil { outcome.growth += 1 } else if version.isDeletion { outcome.growth -= 1 }
            outcome.events.append(WatchEvent(version, previous: previous?.object))
            outcome.results.append(.success(version.object))
        }
        return outcome
    }

    private func refusal(of write: StoreWrite, _ live: UInt64?, _ broken: StoreReliance?, _ growth: Int)
        -> StoreError?
    {
        if let refusal = refusal(of: write, live) { return refusal }
        if let broken { return .reliance(broken.key) }
        return live == nil && growth >= room ? .tooMany : nil
    }

    private func refusal(of write: StoreWrite, _ live: UInt64?) -> StoreError? {
        switch (write.expecting, live) {
        case (.absent, .some): .exists(write.key)
        case (.absent, nil) where write.object == nil, (.any, nil) where write.object == nil:
            .notFound(write.key)
        case (.revision, nil): .notFound(write.key)
        case (.revision(let expected), let current?) where expected != current:
            .conflict(write.key, expected: expected, current: current)
        case (.absent, nil), (.revision, .some), (.any, _): nil
        }
    }

    private func version(_ revision: UInt64, _ write: StoreWrite, _ previous: Version?) -> Version? {
        let before = previous?.object.revision ?? 0
        if let text = write.text, var object = write.object {
            object.resourceVersion = "\(revision)"
            let stored = StoredObject(
                key: write.key,
                revision: revision,
                bytes: text.text(at: revision),
                object: object
            )
            return Version(stored, previous: before, isDeletion: false, stamp: text.head.count)
        }
        return previous?.deletion(at: revision)
    }
}
