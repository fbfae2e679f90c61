import Glibc

/// The stream that the supervisor of a process collects.
public enum StandardError {
    /// Writes a line at once, so that lines of several threads do not mix; what it does not take is lost.
    public static func write(_ line: [UInt8]) {
        _ = writeAll(line)
    }

    private static func writeAll(_ line: [UInt8]) -> Bool {
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else { return false }
            } else {
                rest = rest.dropFirst(count)
            }
        }
        return true
    }

    /// Writes a line if that can be done without waiting, and says whether it was.
    ///
    /// A pipe with room for less than `PIPE_BUF` bytes may still hold up the caller for the rest of a long line.
    @Sendable
    public static func offer(_ line: [UInt8]) -> Bool {
        var query = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&query, 1, 0) == 1, query.revents & Int16(POLLOUT) != 0 else { return false }
        return writeAll(line)
    }
}
