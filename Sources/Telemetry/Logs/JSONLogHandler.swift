public import Authorization
import Glibc
import JSONText
public import Logging

/// Writes what is logged as one line per event on standard error: JSON for machines, text for terminals.
///
/// Lines are bounded: what is longer is cut and says so. Control characters are escaped in both formats, so that
/// nothing a peer sent can start a line or move a cursor. Secrets need no redaction here: their types refuse to print.
public struct JSONLogHandler: LogHandler {
    public enum Format: String, CaseIterable, Sendable {
        case json
        case text
    }

    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: Format
    private let now: @Sendable () -> UTCTime
    private let write: @Sendable ([UInt8]) -> Void

    /// Makes a handler; tests pass a clock and a sink of their own.
    public init(
        label: String,
        format: Format,
        level: Logger.Level = .info,
        now: @escaping @Sendable () -> UTCTime = Self.wallClock,
        write: @escaping @Sendable ([UInt8]) -> Void = StandardError.write
    ) {
        self.label = label
        self.format = format
        self.now = now
        self.write = write
        logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() {
            merged.merge(provided) { _, provided in provided }
        }
        if let explicit = event.metadata {
            merged.merge(explicit) { _, explicit in explicit }
        }
        if let error = event.error {
            merged["error"] = .string("\(error)")
        }
        let line = LogLine(
            time: now(),
            level: event.level,
            label: label,
            message: event.message.description,
            metadata: merged
        )
        switch format {
        case .json: write(line.json)
        case .text: write(line.text)
        }
    }

    @Sendable
    public static func wallClock() -> UTCTime {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UTCTime(nanoseconds: Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec))
    }
}
