import Glibc
import SystemPackage

/// The file that records are appended to, and its older siblings `path.1` (the youngest) to `path.N`.
///
/// One line is one `write(2)` in append mode: whoever reads, and whatever kills the writer, meets whole lines. A
/// write that comes short (a full disk) is undone. Used by one thread at a time.
struct RecordFile: ~Copyable {
    private let path: String
    private let maximumBytes: Int
    private let keptFiles: Int
    private var descriptor: FileDescriptor?
    private var size = 0
    /// The file ends within a line, which a predecessor left and nothing could remove.
    private var endsWithinLine = false

    init(path: String, maximumBytes: Int, keptFiles: Int) {
        self.path = path
        self.maximumBytes = maximumBytes
        self.keptFiles = keptFiles
    }

    deinit {
        try? descriptor?.close()
    }

    enum Written: Equatable {
        case appended
        case rotatedAndAppended
    }

    /// Appends a line, which ends with a newline; on an error the file is as it was.
    mutating func append(_ line: [UInt8]) throws(Errno) -> Written {
        try openIfNeeded()
        var result = Written.appended
        if size > 0, size + line.count > maximumBytes {
            try rotate()
            try openIfNeeded()
            result = .rotatedAndAppended
        }
        guard let descriptor else { throw .badFileDescriptor }
        let bytes = endsWithinLine ? [UInt8(ascii: "\n")] + line : line
        let written = try Self.write(bytes, to: descriptor)
        guard written == bytes.count else {
            if ftruncate(descriptor.rawValue, off_t(size)) != 0 {
                size += written
                endsWithinLine = true
            }
            throw .noSpace
        }
        size += written
        endsWithinLine = false
        return result
    }

    /// Opens the file anew when somebody removed or moved it under us, and makes it private.
    mutating func openIfNeeded() throws(Errno) {
        var status = stat()
        if let descriptor {
            guard fstat(descriptor.rawValue, &status) != 0 || status.st_nlink == 0 else { return }
            self.descriptor = nil
            try? descriptor.close()
        }
        let raw = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw Errno(rawValue: errno) }
        do throws(Errno) {
            guard fstat(raw, &status) == 0 else { throw Errno(rawValue: errno) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
            guard fchmod(raw, 0o600) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            _ = Glibc.close(raw)
            throw error
        }
        descriptor = FileDescriptor(rawValue: raw)
        size = Int(status.st_size)
        var last: UInt8 = 0
        endsWithinLine = size > 0 && pread(raw, &last, 1, off_t(size - 1)) == 1 && last != UInt8(ascii: "\n")
    }

    func synchronize() {
        if let descriptor { _ = fsync(descriptor.rawValue) }
    }

    /// Moves each file one place up; the oldest is replaced.
    private mutating func rotate() throws(Errno) {
        synchronize()
        for index in stride(from: keptFiles, through: 1, by: -1) {
            let older = index == 1 ? path : "\(path).\(index - 1)"
            guard rename(older, "\(path).\(index)") == 0 || errno == ENOENT else {
                throw Errno(rawValue: errno)
            }
        }
        if keptFiles == 0 { unlink(path) }
        try? descriptor?.close()
        descriptor = nil
    }

    private static func write(_ bytes: [UInt8], to descriptor: FileDescriptor) throws(Errno) -> Int {
        while true {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor.rawValue, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }
}
