import GRDB
import KubernetesModel
import SystemPackage

/// Reads the changes of the past for a watch.
struct HistoryReader {
    let query: WatchQuery
    let file: FilePath

    func events(_ db: Database, after start: UInt64, upTo end: UInt64, limit: Int) throws -> WatchBatch {
        let compacted = try Compaction.revision(db, file)
        guard start >= compacted else { throw StoreError.expired(requested: start, oldest: compacted) }
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT revision, previous, path FROM versions INDEXED BY changes
                    WHERE resource = ? AND revision > ? AND revision <= ? ORDER BY revision
                    """
            ),
            arguments: [query.resource.description, start, end]
        )
        var events: [WatchEvent] = []
        while let row = try rows.next() {
            guard let revision = UInt64.fromDatabaseValue(row[0]),
                let before = UInt64.fromDatabaseValue(row[1]),
                let path = String.fromDatabaseValue(row[2])
            else { throw StoreError.corrupt(file, "a change has a column of the wrong type") }
            guard query.matches(ObjectKey(resource: query.resource, path: path)) else { continue }
            let version = try Version.fetch(db, revision: revision, file)
            let previous = before > 0 ? try Version.fetch(db, revision: before, file).object : nil
            events.append(WatchEvent(version, previous: previous))
            if events.count == limit { return WatchBatch(events: events, revision: revision) }
        }
        return WatchBatch(events: events, revision: end)
    }
}

extension WatchEvent {
    convenience init(_ version: Version, previous: StoredObject?) {
        let kind: Kind = version.isDeletion ? .deleted : previous == nil ? .added : .modified
        self.init(kind: kind, object: version.object, previous: previous)
    }
}
