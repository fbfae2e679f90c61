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
    private init() {}

    /// Opens the store in a directory that only its owner can look into, and makes what is missing.
    ///
    /// - Throws: What is wrong with the directory or the file; another process that has it open.
    public static func open(
        at directory: FilePath,
        options: StoreOptions = StoreOptions()
    ) async throws(StoreError) -> ObjectStore {
        ObjectStore()
    }

    /// The revision of the last acknowledged change; never goes back, also not over a restart.
    public var revision: UInt64 { 1 }

    /// Reads one object, as the last acknowledged write left it; `nil` when there is none.
    public func object(_ key: ObjectKey) async throws(StoreError) -> StoredObject? { throw .closed }

    /// Lists objects, all of them as they were at one revision, also over several pages.
    ///
    /// - Throws: `expired` when the history no longer reaches back to the page's revision, `badContinueToken`,
    ///   `future`.
    public func list(_ query: ListQuery) async throws(StoreError) -> ListPage { throw .closed }

    /// Writes or deletes one object; returns when it is safe on the disk.
    ///
    /// - Parameters:
    ///   - key: Where; the object's own name is not looked at.
    ///   - object: `nil` to delete. `metadata.resourceVersion` is replaced by the new revision.
    ///   - expecting: What must be there for the write to happen.
    /// - Returns: The object at its new revision; a deleted one in its last state, with the deletion's revision.
    /// - Throws: `exists`, `notFound`, `conflict`, and what keeps a write from the disk, such as `full`.
    public func write(
        _ key: ObjectKey,
        _ object: UnstructuredObject?,
        expecting: Expectation
    ) async throws(StoreError) -> StoredObject { throw .closed }

    /// Begins a watch after a revision: first what happened since, then what happens.
    ///
    /// - Throws: `expired` when the history no longer reaches back to it.
    public func watch(_ query: WatchQuery) throws(StoreError) -> WatchStream { WatchStream(query: query) }

    /// Ends all watches, finishes the writes that wait, and closes the file.
    public func close() async {}
}
