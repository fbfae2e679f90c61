import Crypto
import FoundationEssentials
import GRDB
import KubernetesModel
import SystemPackage

/// One row of `versions`: an object at a revision.
struct Version {
    var object: StoredObject
    /// The revision it replaced; 0 for an object that was not there.
    var previous: UInt64
    var isDeletion: Bool
    /// Where in the text the digits of the revision begin.
    var stamp: Int

    static let columns = "revision, previous, resource, path, change, stamp, checksum, object"

    /// Reads a row of ``columns``, and makes sure that it is what was written.
    init(_ row: Row, _ file: FilePath) throws {
        guard let revision = UInt64.fromDatabaseValue(row[0]),
            let previous = UInt64.fromDatabaseValue(row[1]),
            let resource = String.fromDatabaseValue(row[2]),
            let path = String.fromDatabaseValue(row[3]),
            let change = Int.fromDatabaseValue(row[4]),
            let stamp = Int.fromDatabaseValue(row[5]),
            let checksum = Int64.fromDatabaseValue(row[6]),
            let bytes = try row.withUnsafeData(atIndex: 7, { $0.map { [UInt8]($0) } })
        else { throw StoreError.corrupt(file, "a version has a column of the wrong type") }
        let found = Checksum.of(
            revision: revision,
            previous: previous,
            resource: resource,
            path: path,
            change: change,
            stamp: stamp,
            bytes: bytes
        )
        guard checksum == found else {
            throw StoreError.corrupt(file, "the checksum of revision \(revision) is wrong")
        }
        object = StoredObject(
            key: ObjectKey(resource: GroupResource(stored: resource), path: path),
            revision: revision,
            bytes: bytes
        )
        self.previous = previous
        isDeletion = change == 1
        self.stamp = stamp
    }

    init(_ object: StoredObject, previous: UInt64, isDeletion: Bool, stamp: Int) {
        self.object = object
        self.previous = previous
        self.isDeletion = isDeletion
        self.stamp = stamp
    }

    /// A version with its text; that of a deletion is the text of what was deleted.
    static func fetch(_ db: Database, revision: UInt64, _ file: FilePath) throws -> Version {
        let version = try row(db, revision: revision, file)
        guard version.isDeletion else { return version }
        let last = try row(db, revision: version.previous, file)
        guard !last.isDeletion, last.object.key == version.object.key else {
            throw StoreError.corrupt(file, "revision \(revision) deletes what was not there")
        }
        return last.deletion(at: revision)
    }

    /// The same object's deletion.
    func deletion(at revision: UInt64) -> Version {
        let text = StampedText(text: object.bytes, stamp: stamp, revision: object.revision)
        return Version(
            StoredObject(key: object.key, revision: revision, bytes: text.text(at: revision)),
            previous: object.revision,
            isDeletion: true,
            stamp: stamp
        )
    }

    private static func row(_ db: Database, revision: UInt64, _ file: FilePath) throws -> Version {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM versions WHERE revision = ?")
        // The row is the statement's own memory, and the cursor gives that up when it goes.
        let rows = try Row.fetchCursor(statement, arguments: [revision])
        defer { withExtendedLifetime(rows) {} }
        guard let row = try rows.next() else {
            throw StoreError.corrupt(file, "revision \(revision) is missing")
        }
        return try Version(row, file)
    }

    /// Writes the row; a deletion's has no text, since the version it names is there as long as it is.
    func insert(_ db: Database) throws {
        let bytes = isDeletion ? [] : object.bytes
        let resource = object.key.resource.description
        let path = object.key.path
        let change = isDeletion ? 1 : 0
        let checksum = Checksum.of(
            revision: object.revision,
            previous: previous,
            resource: resource,
            path: path,
            change: change,
            stamp: stamp,
            bytes: bytes
        )
        try db.cachedStatement(
            sql: "INSERT INTO versions (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(
            arguments: [
                object.revision, previous, resource, path, change, stamp, checksum, Data(bytes),
            ]
        )
        let live =
            isDeletion
            ? "DELETE FROM live WHERE resource = ?1 AND path = ?2"
            : "INSERT OR REPLACE INTO live (resource, path, revision) VALUES (?, ?, ?)"
        let arguments: StatementArguments =
            isDeletion ? [resource, path] : [resource, path, object.revision]
        try db.cachedStatement(sql: live).execute(arguments: arguments)
    }

    /// The revision of an object's version; `nil` when there is none.
    static func live(_ db: Database, _ key: ObjectKey) throws -> UInt64? {
        try UInt64.fetchOne(
            db.cachedStatement(sql: "SELECT revision FROM live WHERE resource = ? AND path = ?"),
            arguments: [key.resource.description, key.path]
        )
    }
}

extension GroupResource {
    /// Reads `deployments.apps`; a resource's own name has no dot.
    init(stored text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            group: parts.count > 1 ? String(parts[1]) : "",
            resource: parts.first.map(String.init) ?? ""
        )
    }
}

/// The first eight bytes of a SHA-256, to notice what a disk changed.
enum Checksum {
    static func of(revision: UInt64) -> Int64 {
        var hash = SHA256()
        add(revision, to: &hash)
        return finish(hash)
    }

    static func of(
        revision: UInt64,
        previous: UInt64,
        resource: String,
        path: String,
        change: Int,
        stamp: Int,
        bytes: [UInt8]
    ) -> Int64 {
        var hash = SHA256()
        add(revision, to: &hash)
        add(previous, to: &hash)
        add(UInt64(bitPattern: Int64(change)), to: &hash)
        add(UInt64(bitPattern: Int64(stamp)), to: &hash)
        hash.update(data: Array(resource.utf8) + [0] + Array(path.utf8) + [0])
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return finish(hash)
    }

    private static func add(_ number: UInt64, to hash: inout SHA256) {
        withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) }
    }

    private static func finish(_ hash: SHA256) -> Int64 {
        hash.finalize().withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
    }
}
