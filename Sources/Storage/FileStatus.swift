import Glibc
import SystemPackage

/// What the file system says about a file.
struct FileStatus {
    enum Kind {
        case regular
        case directory
        case symbolicLink
        case other
    }

    let kind: Kind
    let userID: UInt32
    /// The lowest nine bits of the mode.
    let permissions: UInt32
    let size: Int

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
        userID = status.st_uid
        permissions = status.st_mode & 0o777
        size = Int(status.st_size)
    }

    /// Of the name itself, not of what a link points to; `nil` when there is nothing.
    static func ofLink(_ path: FilePath) throws(StorageError) -> FileStatus? {
        var status = stat()
        if lstat(path.string, &status) == 0 { return FileStatus(status) }
        let reason = Errno(rawValue: errno)
        guard reason == .noSuchFileOrDirectory else { throw .failed(.inspect, path, reason) }
        return nil
    }

    static func of(_ file: FileDescriptor, path: FilePath) throws(StorageError) -> FileStatus {
        var status = stat()
        try attempt(.inspect, path) { try check(fstat(file.rawValue, &status)) }
        return FileStatus(status)
    }

    /// Refuses what anybody but this process's user, or root, could have put there or can read.
    func refuseIfOpenToOthers(_ path: FilePath) throws(StorageError) {
        guard userID == geteuid() || userID == 0 else { throw .ownedByOther(path, userID: userID) }
        guard permissions & 0o077 == 0 else { throw .openToOthers(path, mode: permissions) }
    }
}
