public import Storage
public import SystemPackage

/// What the store refused, or what went wrong with its file.
public enum StoreError: Error, Equatable, Sendable {
    // MARK: What the caller asked for

    /// There is no such object.
    case notFound(ObjectKey)
    /// There is one already, and none was expected.
    case exists(ObjectKey)
    /// Somebody else changed the object since; `current` is its revision now.
    case conflict(ObjectKey, expected: UInt64, current: UInt64)
    /// Another object, which the write relied on, changed or is gone.
    case reliance(ObjectKey)
    /// The history before `oldest` is gone: list again.
    case expired(requested: UInt64, oldest: UInt64)
    /// No write has had this revision yet.
    case future(requested: UInt64, current: UInt64)
    case badContinueToken
    case tooLarge(bytes: Int, limit: Int)
    /// A key or an object that could not be read back as it was written.
    case notStorable(String)

    // MARK: What may pass

    /// As many objects are stored as may be.
    case tooMany
    /// No space is left on the disk; nothing of the write remained, and reads go on.
    case full(FilePath)
    /// More writes wait than the store is willing to hold.
    case overloaded(waiting: Int)
    case cancelled
    case closed

    // MARK: What somebody has to look at

    /// The directory, or its lock: also that another process has the store open.
    case storage(StorageError)
    case corrupt(FilePath, String)
    /// A file of another program.
    case foreign(FilePath)
    /// Written by a newer version of this program, which may mean what we do not know.
    case newer(FilePath, schema: Int, known: Int)
    case failed(FilePath, String)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFound(let key): "\(key) is not found"
        case .exists(let key): "\(key) already exists"
        case .conflict(let key, let expected, let current):
            "\(key) is at revision \(current), not \(expected)"
        case .reliance(let key): "\(key), on which the write relied, has changed"
        case .tooMany: "as many objects are stored as may be"
        case .expired(let requested, let oldest): "revision \(requested) is gone; the oldest is \(oldest)"
        case .future(let requested, let current): "revision \(requested) is not reached; it is \(current)"
        case .badContinueToken: "the continue token is none of ours"
        case .tooLarge(let bytes, let limit): "the object has \(bytes) bytes; at most \(limit) are stored"
        case .notStorable(let reason): "cannot be stored: \(reason)"
        case .full(let path): "\(path): no space is left on the disk"
        case .overloaded(let waiting): "\(waiting) writes are waiting already"
        case .cancelled: "the caller left"
        case .closed: "the store is closed"
        case .storage(let error): "\(error)"
        case .corrupt(let path, let reason): "\(path) is damaged: \(reason)"
        case .foreign(let path): "\(path) is not a store of Nullius"
        case .newer(let path, let schema, let known):
            "\(path) has schema \(schema), and this version knows \(known): use the newer version that wrote it"
        case .failed(let path, let reason): "\(path): \(reason)"
        }
    }
}
