import Glibc
import JSONText
import Logging
import ServiceLifecycle
import Storage
import Synchronization
import SystemPackage

/// How much of the audit log is kept.
public struct AuditLimits: Hashable, Sendable {
    public var fileBytes = 64 << 20
    /// Besides the current one: `audit.log.1` is the newest.
    public var oldFiles = 4
    /// Lines that wait to be written.
    public var waitingBytes = 16 << 20

    public init() {}
}

/// Writes one line for each request, to a file of its own, rotated by size.
///
/// A request is only answered once its line was taken. Lines wait in a bounded queue for a thread of their own; when it is
/// full, callers wait, as with Kubernetes' blocking backend, rather than going unrecorded. When a line cannot be
/// written, because the disk is full say, writes are refused until one can: `isWriting` is false.
final class AuditLog: Sendable {
    private struct State {
        var waiting: [[UInt8]] = []
        var waitingBytes = 0
        var isClosed = false
        var lastWriteFailed = false
        var senders: [CheckedContinuation<Void, Never>] = []
        var writer: CheckedContinuation<Void, Never>?
    }

    private static let name = "audit.log"
    private let directory: PrivateDirectory
    private let limits: AuditLimits
    private let logger: Logger
    private let state = Mutex(State())

    init(_ directory: PrivateDirectory, limits: AuditLimits = AuditLimits(), logger: Logger) {
        self.directory = directory
        self.limits = limits
        self.logger = logger
    }

    /// Whether the last line reached the file.
    var isWriting: Bool { state.withLock { !$0.lastWriteFailed } }

    /// Takes a line, waiting while too many are.
    func append(_ event: AuditEvent) async {
        var line = event.json.bytes()
        line.append(UInt8(ascii: "\n"))
        let size = line.count
        let wake = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.isClosed else { return nil }
            state.waiting.append(line)
            state.waitingBytes += size
            defer { state.writer = nil }
            return state.writer
        }
        wake?.resume()
        await withCheckedContinuation { sender in
            let isFull = state.withLock { state in
                guard !state.isClosed, state.waitingBytes > limits.waitingBytes else { return false }
                state.senders.append(sender)
                return true
            }
            if !isFull { sender.resume() }
        }
    }

    /// Writes until it is cancelled or closed, then what is left.
    func run() async {
        await withTaskCancellationHandler {
            while let lines = await next() { write(lines) }
        } onCancel: {
            close()
        }
    }

    /// Lets the writer finish what waits, and takes no more.
    func close() {
        let (writer, senders) = state.withLock { state in
            state.isClosed = true
            defer {
                state.writer = nil
                state.senders = []
            }
            return (state.writer, state.senders)
        }
        writer?.resume()
        for sender in senders { sender.resume() }
    }

    private func next() async -> [[UInt8]]? {
        while true {
            let (lines, isClosed) = state.withLock { state in
                defer { state.waiting = [] }
                return (state.waiting, state.isClosed)
            }
            if !lines.isEmpty { return lines }
            if isClosed { return nil }
            await withCheckedContinuation { writer in
                let hasWork = state.withLock { state in
                    guard state.waiting.isEmpty, !state.isClosed else { return true }
                    state.writer = writer
                    return false
                }
                if hasWork { writer.resume() }
            }
        }
    }

    private func write(_ lines: [[UInt8]]) {
        var problem: String?
        do {
            try rotateIfLarge()
            let path = try directory.file(Self.name)
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .append, .noFollow, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
            try file.closeAfter { _ = try file.writeAll(lines.joined()) }
        } catch {
            problem = "\(error)"
        }
        let size = lines.reduce(0) { $0 + $1.count }
        let (senders, hasChanged) = state.withLock { state in
            state.waitingBytes -= size
            let hasChanged = state.lastWriteFailed != (problem != nil)
            state.lastWriteFailed = problem != nil
            defer { state.senders = [] }
            return (state.senders, hasChanged)
        }
        for sender in senders { sender.resume() }
        guard hasChanged else { return }
        if let problem {
            logger.error(
                "The audit log cannot be written; requests that write are refused.",
                metadata: ["error": "\(problem)"]
            )
        } else {
            logger.notice("The audit log can be written again.")
        }
    }

    private func rotateIfLarge() throws {
        let path = try directory.file(Self.name)
        var status = stat()
        guard lstat(path.string, &status) == 0, status.st_size >= limits.fileBytes else { return }
        for index in stride(from: limits.oldFiles, to: 1, by: -1) {
            _ = rename("\(path.string).\(index - 1)", "\(path.string).\(index)")
        }
        guard rename(path.string, "\(path.string).1") == 0 else { throw Errno(rawValue: errno) }
    }
}
