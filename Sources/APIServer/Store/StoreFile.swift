import GRDB
import Glibc
import Storage
import Synchronization
import SystemPackage

/// The store's SQLite file, and the right to be the only process that has it open.
///
/// The journal is a write-ahead log that is flushed with each commit, so what was committed survives the loss of
/// power, and readers never wait for the writer.
final class StoreFile: Sendable {
    let path: FilePath
    private let lock: Mutex<DirectoryLock?>
    private let pool: DatabasePool
    private let options: StoreOptions

    /// What the file held when it was opened.
    let newest: UInt64
    let compacted: UInt64
    let objects: Int

    init(at directory: FilePath, _ options: StoreOptions) throws(StoreError) {
        do throws(StorageError) {
            let directory = try PrivateDirectory(at: directory)
            lock = Mutex(try DirectoryLock(directory))
            path = try directory.file("objects.sqlite")
        } catch {
            throw .storage(error)
        }
        let path = path
        self.options = options
        do {
            try Self.create(path)
            if let damage = try WriteAheadLog.damage(in: FilePath("\(path)-wal")) {
                throw StoreError.corrupt(path, damage)
            }
            let pool = try DatabasePool(path: path.string, configuration: Self.configuration(options))
            self.pool = pool
            (newest, compacted, objects) = try pool.writeWithoutTransaction { db in
                try Self.prepare(db, path, options)
            }
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Runs a read in a transaction of its own, on a reader's thread: what it sees is one revision.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await pool.read(body) } catch { throw Self.failure(error, path) }
    }

    /// Runs a write in a transaction that is on the disk when this returns; all of it happened, or nothing.
    ///
    /// - Parameters:
    ///   - isDeletion: May go a little over the file's limit, so that a full store can be emptied.
    ///   - body: What to write.
    /// - Returns: What the body returned.
    /// - Throws: What it threw, or kept the transaction from the disk.
    func write<Value: Sendable>(
        isDeletion: Bool = false,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.writeWithoutTransaction { db in
                if isDeletion { try Self.limit(db, self.options.fileBytes, reserve: 32) }
                defer { if isDeletion { try? Self.limit(db, self.options.fileBytes, reserve: 0) } }
                var result: Value?
                try db.inTransaction(.immediate) {
                    result = try body(db)
                    return .commit
                }
                guard let result else { throw StoreError.closed }
                return result
            }
        } catch { throw Self.failure(error, path) }
    }

    /// Moves the log into the file and gives its space back.
    func foldLog() async {
        // Only an optimization: what is in the log is as safe there.
        _ = try? await pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    }

    func close() async {
        await foldLog()
        // Waits for the reads; what it could not close is closed with the last reference to it.
        try? pool.close()
        lock.withLock { $0 = nil }
    }
}

extension StoreFile {
    /// With the mode we want, before SQLite makes it with the umask's; the log and its index take the same.
    private static func create(_ path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .readWrite,
            options: [.create, .noFollow, .closeOnExec],
            permissions: .ownerReadWrite
        )
        try file.close()
        let directory = try FileDescriptor.open(
            path.removingLastComponent(),
            .readOnly,
            options: [.directory, .closeOnExec]
        )
        defer { try? directory.close() }
        guard fsync(directory.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    private static func configuration(_ options: StoreOptions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "objects"
        configuration.maximumReaderCount = max(1, options.readers)
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            // A page that makes no sense is an error, not a guess; what a schema could run, it must not.
            try db.execute(sql: "PRAGMA cell_size_check = ON")
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        return configuration
    }

    private static func prepare(
        _ db: Database,
        _ path: FilePath,
        _ options: StoreOptions
    ) throws -> (newest: UInt64, compacted: UInt64, objects: Int) {
        // GRDB asks for NORMAL, which may lose the last commits with the power.
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try db.execute(sql: "PRAGMA journal_size_limit = \(16 << 20)")
        guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2,
            try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal"
        else { throw StoreError.failed(path, "SQLite does not flush each commit here") }
        try limit(db, options.fileBytes, reserve: 0)
        try StoreSchema.prepare(db, path)
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
        if pages <= options.verifiedBytes / pageSize { try StoreSchema.verify(db, path) }
        let newest = try Self.newest(db)
        let compacted = try Compaction.revision(db, path)
        guard compacted <= newest else {
            throw StoreError.corrupt(path, "its newest change is older than the end of its history")
        }
        return (newest, compacted, try Int.fetchOne(db, sql: "SELECT count(*) FROM live") ?? 0)
    }

    /// Bounds the file, in bytes and some more pages.
    private static func limit(_ db: Database, _ bytes: Int?, reserve: Int) throws {
        guard let bytes else { return }
        let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
        try db.execute(sql: "PRAGMA max_page_count = \(max(1, bytes / pageSize + reserve))")
    }

    /// The revision of the last change; 1 when there was none, since 0 has a meaning of its own in the API.
    static func newest(_ db: Database) throws -> UInt64 {
        try UInt64.fetchOne(db.cachedStatement(sql: "SELECT max(revision) FROM versions")) ?? 1
    }

    static func failure(_ error: any Error, _ path: FilePath) -> StoreError {
        switch error {
        case let error as StoreError: return error
        case is CancellationError: return .cancelled
        case let error as Errno:
            return error == .noSpace ? .full(path) : .failed(path, "\(error)")
        case let error as DatabaseError:
            let message = error.message ?? "SQLite's error \(error.extendedResultCode.rawValue)"
            if error.extendedResultCode == .SQLITE_IOERR_SHMSIZE { return .full(path) }
            switch error.resultCode {
            case .SQLITE_FULL: return .full(path)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .corrupt(path, message)
            case .SQLITE_INTERRUPT, .SQLITE_ABORT: return .cancelled
            case .SQLITE_MISUSE: return .closed
            default: return .failed(path, message)
            }
        default: return .failed(path, "\(error)")
        }
    }
}
