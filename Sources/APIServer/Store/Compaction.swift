import GRDB
import SystemPackage

/// Removes versions that were replaced before a revision, so that history does not grow without end.
///
/// Afterwards lists and watches from that revision on still find all they need; from an earlier one they are
/// refused. The newest version always stays: it is the counter of revisions.
enum Compaction {
    static func insert(_ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO compaction (revision, checksum) VALUES (0, ?)",
            arguments: [Checksum.of(revision: 0)]
        )
    }

    /// Up to which revision versions were removed; 0 when none were.
    static func revision(_ db: Database, _ path: FilePath) throws -> UInt64 {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT revision, checksum FROM compaction")
        )
        guard let row,
            let revision = UInt64.fromDatabaseValue(row[0]),
            Int64.fromDatabaseValue(row[1]) == Checksum.of(revision: revision)
        else { throw StoreError.corrupt(path, "it does not say how far its history reaches") }
        return revision
    }

    /// Goes on from where the last one ended; in a transaction of the caller.
    static func advance(_ db: Database, from old: UInt64, to new: UInt64) throws {
        let range: StatementArguments = [old, new]
        try db.cachedStatement(
            sql: """
                DELETE FROM versions WHERE revision IN
                (SELECT previous FROM versions WHERE revision > ? AND revision <= ? AND previous > 0)
                """
        ).execute(arguments: range)
        try db.cachedStatement(
            sql: "DELETE FROM versions WHERE revision > ? AND revision <= ? AND change = 1"
        ).execute(arguments: range)
        try db.cachedStatement(sql: "UPDATE compaction SET revision = ?, checksum = ?")
            .execute(arguments: [new, Checksum.of(revision: new)])
    }
}
