import Glibc
import SystemPackage

/// The right to be the only process that works on a directory; given up by going out of scope.
///
/// The kernel gives it up for a process that was killed, so there are no stale locks.
public struct DirectoryLock: ~Copyable, Sendable {
    private let file: FileDescriptor

    /// Takes the lock, or says that somebody has it; does not wait.
    public init(_ directory: PrivateDirectory) throws(StorageError) {
        let path = try directory.file("lock")
        let file = try attempt(.lock, path) {
            try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite
            )
        }
        guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let reason = Errno(rawValue: errno)
            try? file.close()
            throw reason == .wouldBlock ? .inUse(path) : .failed(.lock, path, reason)
        }
        self.file = file
    }

    deinit {
        // Closing is not enough while a child that was just forked holds the same open file.
        _ = flock(file.rawValue, LOCK_UN)
        try? file.close()
    }
}
