import Glibc
import Reconciliation
import Synchronization
import SystemPackage

/// Reads files that configurations name.
enum BoundedFile {
    /// Tells a file's content from its next: a rename, a write, or a mounted Secret's turned link changes it.
    struct Stamp: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    /// Reads a whole file; links are followed, since that is how Secrets and tokens are mounted.
    static func read(_ path: String, limit: Int = 1 << 20) throws(ClientError) -> [UInt8] {
        do {
            // Not to wait for a pipe's other end.
            let file = try FileDescriptor.open(
                FilePath(path),
                .readOnly,
                options: [.nonBlocking, .closeOnExec]
            )
            return try file.closeAfter {
                var status = stat()
                guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
                guard status.st_mode & S_IFMT == S_IFREG else {
                    throw ClientError.configuration("\(path) is not a regular file")
                }
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 1 << 14)
                while true {
                    let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                    guard count > 0 else { return bytes }
                    bytes += buffer[..<count]
                    guard bytes.count <= limit else {
                        throw ClientError.configuration("\(path) is larger than \(limit) bytes")
                    }
                }
            }
        } catch let error as ClientError {
            throw error
        } catch let error as Errno {
            throw .configuration("cannot read \(path): \(error)")
        } catch {
            throw .configuration("cannot read \(path)")
        }
    }

    /// `nil` when there is nothing to be seen.
    static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }
}

/// What files say, made into a value, and made again when one of them changed or after a minute.
///
/// Asking costs a `stat` per file. When files change one after the other, such as a certificate and its key, making
/// the value may fail for a moment; then the last good one stays.
final class FileBacked<Value: Sendable>: Sendable {
    private struct State {
        var stamps: [BoundedFile.Stamp?] = []
        var made: Moment?
        var value: Value?
        var serial: UInt64 = 0
    }

    private let paths: [String]
    private let longest = Duration.seconds(60)
    private let now: @Sendable () -> Moment
    private let isSame: @Sendable (Value, Value) -> Bool
    private let make: @Sendable () throws(ClientError) -> Value
    private let state = Mutex(State())

    init(
        _ paths: [String],
        now: @escaping @Sendable () -> Moment = { .now },
        isSame: @escaping @Sendable (Value, Value) -> Bool,
        make: @escaping @Sendable () throws(ClientError) -> Value
    ) {
        self.paths = paths
        self.now = now
        self.isSame = isSame
        self.make = make
    }

    /// The value, and a number that changes with it.
    func current() throws(ClientError) -> (value: Value, serial: UInt64) {
        try state.withLock { state throws(ClientError) in
            let stamps = paths.map(BoundedFile.stamp)
            let time = now()
            if let value = state.value, let made = state.made, stamps == state.stamps,
                made.duration(to: time) < longest
            {
                return (value, state.serial)
            }
            do throws(ClientError) {
                let value = try make()
                if !(state.value.map { isSame($0, value) } ?? false) {
                    state.value = value
                    state.serial &+= 1
                }
                // Of before the reading: what changes meanwhile is seen the next time.
                state.stamps = stamps
                state.made = time
                return (state.value ?? value, state.serial)
            } catch {
                guard let value = state.value else { throw error }
                return (value, state.serial)
            }
        }
    }

    /// Makes the value anew the next time.
    func expire() {
        state.withLock { $0.made = nil }
    }
}

extension Moment {
    private static let start = ContinuousClock.now

    /// Now, on the clock of this process.
    static var now: Moment { Moment(start.duration(to: ContinuousClock.now)) }
}
