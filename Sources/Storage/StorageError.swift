public import SystemPackage

/// What went wrong with a file, and with which.
public enum StorageError: Error, Equatable, Sendable {
    public enum Operation: String, Sendable {
        case open, create, inspect, read, write, flush, rename, remove, list, lock
    }

    case failed(Operation, FilePath, Errno)
    /// A name that would leave its directory, or is none.
    case badName(String)
    case symbolicLink(FilePath)
    case notARegularFile(FilePath)
    case notADirectory(FilePath)
    /// Others may read or change it; the mode's lowest nine bits.
    case openToOthers(FilePath, mode: UInt32)
    case ownedByOther(FilePath, userID: UInt32)
    case tooLarge(FilePath, limit: Int)
    /// Another process holds the lock.
    case inUse(FilePath)
}

extension StorageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .failed(let operation, let path, let errno):
            "cannot \(operation.rawValue) \(path): \(errno)"
        case .badName(let name):
            "\(name) is not a file name"
        case .symbolicLink(let path):
            "\(path) is a symbolic link, which is not followed here"
        case .notARegularFile(let path):
            "\(path) is not a regular file"
        case .notADirectory(let path):
            "\(path) is not a directory"
        case .openToOthers(let path, let mode):
            "\(path) is open to other users (mode \(String(mode, radix: 8))); run: chmod go= \(path)"
        case .ownedByOther(let path, let userID):
            "\(path) belongs to user \(userID)"
        case .tooLarge(let path, let limit):
            "\(path) is larger than \(limit) bytes"
        case .inUse(let path):
            "\(path) is in use by another process"
        }
    }
}
