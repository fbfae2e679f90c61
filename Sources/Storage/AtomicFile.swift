import Glibc
public import SystemPackage

/// Replaces whole files, so that a reader sees the old content or the new, also after a crash.
///
/// A temporary file beside the target is written, flushed, renamed over it, and the directory flushed. A full
/// disk shows before the rename, so the old content stays.
public enum AtomicFile {
    /// Writes a file.
    ///
    /// - Parameters:
    ///   - path: Its last component is never followed if it is a symbolic link, but refused.
    ///   - bytes: The whole content.
    ///   - permissions: Exactly these, whatever the umask; keys take the default, 0600.
    /// - Throws: The step that failed; nothing is left behind then.
    public static func write(
        _ path: FilePath,
        _ bytes: some Sequence<UInt8>,
        permissions: FilePermissions = .ownerReadWrite
    ) throws(StorageError) {
        guard let name = path.lastComponent, name.kind == .regular else { throw .badName(path.string) }
        try refuseOddTarget(path)
        let parent = path.removingLastComponent()
        let directory = parent.isEmpty ? FilePath(".") : parent
        // Only the owner may see the content before the mode is final.
        let temporary = directory.appending(temporaryName(for: name.string))
        let file = try attempt(.create, path) {
            try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite
            )
        }
        do {
            try fill(file, with: bytes, permissions: permissions, path: path)
            try attempt(.rename, path) { try check(rename(temporary.string, path.string)) }
        } catch {
            unlink(temporary.string)
            throw error
        }
        try flush(directory: directory)
    }

    /// Of a temporary file; one that is found later was left by a crash.
    static func isTemporary(_ name: String) -> Bool {
        name.hasPrefix(".") && name.hasSuffix(temporarySuffix)
    }

    private static let temporarySuffix = ".nullius-tmp"

    private static func temporaryName(for name: String) -> String {
        ".\(name.prefix(64)).\(getpid()).\(UInt64.random(in: 0 ... .max))\(temporarySuffix)"
    }

    private static func fill(
        _ file: FileDescriptor,
        with bytes: some Sequence<UInt8>,
        permissions: FilePermissions,
        path: FilePath
    ) throws(StorageError) {
        do {
            try attempt(.write, path) {
                try check(fchmod(file.rawValue, permissions.rawValue))
                _ = try file.writeAll(bytes)
            }
            try attempt(.flush, path) { try check(fsync(file.rawValue)) }
        } catch {
            try? file.close()
            throw error
        }
        // A network file system tells of a full disk only here.
        try attempt(.flush, path) { try file.close() }
    }

    private static func refuseOddTarget(_ path: FilePath) throws(StorageError) {
        guard let status = try FileStatus.ofLink(path) else { return }
        guard status.kind != .symbolicLink else { throw .symbolicLink(path) }
        guard status.kind == .regular else { throw .notARegularFile(path) }
    }

    static func flush(directory: FilePath) throws(StorageError) {
        try attempt(.flush, directory) {
            let descriptor = try FileDescriptor.open(
                directory,
                .readOnly,
                options: [.directory, .closeOnExec]
            )
            try descriptor.closeAfter { try check(fsync(descriptor.rawValue)) }
        }
    }
}

/// Turns what the system calls throw into an error that names the step and the file.
func attempt<Result>(
    _ operation: StorageError.Operation,
    _ path: FilePath,
    _ body: () throws -> Result
) throws(StorageError) -> Result {
    do {
        return try body()
    } catch let error as StorageError {
        throw error
    } catch let error as Errno {
        throw .failed(operation, path, error)
    } catch {
        throw .failed(operation, path, .ioError)
    }
}

/// Throws the error of a system call that answered -1.
func check(_ status: CInt) throws {
    guard status != -1 else { throw Errno(rawValue: errno) }
}
