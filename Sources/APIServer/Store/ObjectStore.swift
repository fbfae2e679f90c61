public import KubernetesModel
public import SystemPackage

/// What a write takes for granted; when it is not so, nothing is written.
public enum Expectation: Equatable, Sendable {
    /// There is no such object: a create.
    case absent
    /// The object is as it was at this revision.
    case revision(UInt64)
    /// Whatever is there; deleting what is not there is still refused.
    case any
}

/// The objects of an API server, in one file, each change with a revision of its own.
public final class ObjectStore: Sendable {
    private let file: StoreFile
    private let log: EventLog
    private let writer: StoreWriter
    private let options: StoreOptions

    private init(file: StoreFile, options: StoreOptions) {
        self.file = file
        self.options = options
        log = EventLog(newest: file.newest, compacted: file.compacted, options)
        writer = StoreWriter(file: file, log: log, options)
    }

    /// Opens the store in a directory that only its owner can look into, and makes what is missing.
    ///
    /// - Parameters:
    ///   - directory: Holds the store's files and nothing else.
    ///   - options: Bounds.
    /// - Returns: The store, ready.
    /// - Throws: What is wrong with the directory or the file; another process that has it open.
    @concurrent
    public static func open(
        at directory: FilePath,
        options: StoreOptions = StoreOptions()
    ) async throws(StoreError) -> ObjectStore {
        ObjectStore(file: try StoreFile(at: directory, options), options: options)
    }

    /// The revision of the last acknowledged change; never goes back, also not over a restart.
    public var revision: UInt64 { log.revision }

    /// Up to this revision history was dropped: lists and watches begin here at the earliest.
    public var oldestRevision: UInt64 { log.compacted }

    /// Reads one object, as the last acknowledged write left it; `nil` when there is none.
    public func object(_ key: ObjectKey) async throws(StoreError) -> StoredObject? {
        let path = file.path
        return try await file.read { db in
            guard let revision = try Version.live(db, key) else { return nil }
            let object = try Version.fetch(db, revision: revision, path).object
            guard object.key == key else { throw StoreError.corrupt(path, "\(key) leads to another object") }
            return object
        }
    }

    /// Lists objects, all of them as they were at one revision, also over several pages.
    ///
    /// - Throws: `expired` when the history no longer reaches back to the page's revision, `badContinueToken`,
    ///   `future`.
    public func list(_ query: ListQuery) async throws(StoreError) -> ListPage {
        let reader = ListReader(query: query, file: file.path)
        return try await file.read { db in try reader.page(db) }
    }

    /// From the token of a page that is refused as expired: one that goes on at the latest revision instead.
    ///
    /// The pages then do not fit together, so this is for a client that was told so.
    public static func continueFromLatest(_ token: String) throws(StoreError) -> String {
        var token = try ContinueToken(parsing: token)
        token.revision = 0
        return token.text
    }

    /// Writes or deletes one object; returns when it is safe on the disk.
    ///
    /// - Parameters:
    ///   - key: Where; the object's own name is not looked at.
    ///   - object: `nil` to delete. `metadata.resourceVersion` is replaced by the new revision.
    ///   - expecting: What must be there for the write to happen.
    ///   - relyingOn: Other objects that must be as they were.
    /// - Returns: The object at its new revision; a deleted one in its last state, with the deletion's revision.
    /// - Throws: `exists`, `notFound`, `conflict`, `reliance`, `tooMany`, and what keeps a write from the disk, such as `full`.
    public func write(
        _ key: ObjectKey,
        _ object: UnstructuredObject?,
        expecting: Expectation,
        relyingOn: [StoreReliance] = []
    ) async throws(StoreError) -> StoredObject {
        guard key.isStorable else { throw .notStorable("the key \(key)") }
        let text = try object.map { object throws(StoreError) in try StampedText(object) }
        if let text, text.count > options.objectBytes {
            throw .tooLarge(bytes: text.count, limit: options.objectBytes)
        }
        return try await writer.write(
            StoreWrite(key: key, object: object, text: text, expecting: expecting, relyingOn: relyingOn)
        )
    }

    /// Begins a watch after a revision: first what happened since, then what happens.
    ///
    /// - Throws: `expired` when the history no longer reaches back to it.
    public func watch(_ query: WatchQuery) throws(StoreError) -> WatchStream {
        let oldest = log.compacted
        guard query.after >= oldest else { throw .expired(requested: query.after, oldest: oldest) }
        return WatchStream(query: query, log: log, file: file)
    }

    /// Ends all watches, finishes the writes that wait, and closes the file.
    public func close() async {
        await writer.close()
        log.close()
        await file.close()
    }
}
