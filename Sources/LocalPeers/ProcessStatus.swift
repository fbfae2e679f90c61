import SystemPackage

/// The part of `/proc/PID/stat` that tells one process from another (proc_pid_stat(5)).
struct ProcessStatus: Equatable {
    var parent: Int32
    /// Clock ticks from boot to the start of the process; with the pid, unique for this boot.
    var startTime: UInt64
}

extension ProcessStatus {
    /// Reads the one line of the file.
    ///
    /// The second field is the name of the program in parentheses, chosen by the process itself: it may hold
    /// spaces, newlines, and parentheses too. All after the last `)` are numbers and one letter.
    ///
    /// - Returns: `nil` for what is not such a line.
    init?(parsing bytes: some BidirectionalCollection<UInt8>) {
        guard let name = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[bytes.index(after: name)...]
            .split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        // Field 3 (state) is the first here; 4 is the parent, 22 the start.
        guard fields.count > 19,
            let parent = Int32(String(decoding: fields[1], as: UTF8.self)), parent >= 0,
            let startTime = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        self.parent = parent
        self.startTime = startTime
    }

    /// Asks `/proc`; `nil` when there is no such process, or none that can be seen.
    static func of(_ processID: Int32) -> ProcessStatus? {
        guard processID > 0 else { return nil }
        let path = FilePath("/proc/\(processID)/stat")
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        // 52 fields of at most 20 digits and a name of 64 bytes at most, even if it is a kernel thread's.
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = try? file.closeAfter {
            try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
        }
        guard let count, count < buffer.count else { return nil }
        return ProcessStatus(parsing: buffer.prefix(count))
    }
}
