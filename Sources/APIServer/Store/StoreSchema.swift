import GRDB
import SystemPackage

/// The tables of the file, and how to know that they are ours.
///
/// | Table | A row is | Changes |
/// |---|---|---|
/// | `versions` | one change: an object's text at a revision, or that it was deleted | appended, and removed by compaction |
/// | `live` | an object that exists, and the revision of its version | with each change |
/// | `compaction` | the revision up to which superseded versions are removed | by compaction |
///
/// A version names the one it replaced, and versions are never changed. So what was there at a revision R is: what
/// is live since R or before, and what a version after R replaced (``ListReader``).
enum StoreSchema {
    /// "NULS", in the file's header.
    static let applicationID = 0x4E55_4C53
    static let version = 1

    static let statements = [
        """
        CREATE TABLE versions (revision INTEGER PRIMARY KEY, previous INTEGER NOT NULL, resource TEXT NOT NULL, \
        path TEXT NOT NULL, change INTEGER NOT NULL, stamp INTEGER NOT NULL, checksum INTEGER NOT NULL, \
        object BLOB NOT NULL)
        """,
        "CREATE INDEX changes ON versions (resource, revision, previous, change, path)",
        """
        CREATE TABLE live (resource TEXT NOT NULL, path TEXT NOT NULL, revision INTEGER NOT NULL, \
        PRIMARY KEY (resource, path)) WITHOUT ROWID
        """,
        "CREATE TABLE compaction (revision INTEGER NOT NULL, checksum INTEGER NOT NULL)",
    ]

    /// Makes the tables in a new file, or makes sure that a file has them and nothing else.
    static func prepare(_ db: Database, _ path: FilePath) throws {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let found = try String.fetchAll(
            db,
            sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        )
        if application == 0, version == 0, found.isEmpty { return try create(db) }
        guard application == applicationID else { throw StoreError.foreign(path) }
        guard version <= Self.version else {
            throw StoreError.newer(path, schema: version, known: Self.version)
        }
        guard version == Self.version, found == statements else {
            throw StoreError.corrupt(path, "its tables are not those of schema \(version)")
        }
    }

    private static func create(_ db: Database) throws {
        try db.inTransaction(.immediate) {
            for statement in statements { try db.execute(sql: statement) }
            try Compaction.insert(db)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// Reads the whole file: its structure, that indexes and tables agree, and that `live` is what follows from
    /// `versions`.
    ///
    /// The texts are checked when they are read, each by its checksum.
    static func verify(_ db: Database, _ path: FilePath) throws {
        let complaint = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
        guard complaint == "ok" else { throw StoreError.corrupt(path, complaint ?? "it cannot be checked") }
        let expected = """
            SELECT resource, path, revision FROM versions INDEXED BY changes
            WHERE change = 0 AND revision NOT IN (SELECT previous FROM versions INDEXED BY changes)
            """
        let live = "SELECT resource, path, revision FROM live"
        for (more, less) in [(expected, live), (live, expected)] {
            guard try Row.fetchOne(db, sql: "\(more) EXCEPT \(less) LIMIT 1") == nil else {
                throw StoreError.corrupt(path, "what exists does not follow from what was written")
            }
        }
    }
}
