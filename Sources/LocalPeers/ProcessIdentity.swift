/// One process for good: a pid alone is given to another one soon after.
public struct ProcessIdentity: Hashable, Sendable {
    public let processID: Int32
    /// Clock ticks from boot to the start of the process.
    public let startTime: UInt64

    public init(processID: Int32, startTime: UInt64) {
        self.processID = processID
        self.startTime = startTime
    }

    /// The process that has this pid now; `nil` when none has.
    public init?(running processID: Int32) {
        guard let status = ProcessStatus.of(processID) else { return nil }
        self.init(processID: processID, startTime: status.startTime)
    }

    /// Whether it runs still.
    public var isRunning: Bool {
        ProcessStatus.of(processID)?.startTime == startTime
    }
}

/// Where processes come from.
public enum ProcessAncestry {
    /// More generations than any shell, supervisor and interpreter in between add up to.
    static let maximumGenerations = 64

    /// Whether a process is the ancestor itself, its child, or a child of those.
    ///
    /// Follows the parents in `/proc`. A pid that changed hands meanwhile is told by its start time: no parent
    /// is younger than its child. A process whose parent died belongs to init (or to a subreaper) from then on,
    /// and is no descendant any more. Anything that cannot be found out is "no".
    public static func isDescendant(_ processID: Int32, of ancestor: ProcessIdentity) -> Bool {
        isDescendant(processID, of: ancestor, status: ProcessStatus.of)
    }

    static func isDescendant(
        _ processID: Int32,
        of ancestor: ProcessIdentity,
        status: (Int32) -> ProcessStatus?
    ) -> Bool {
        guard var current = status(processID) else { return false }
        var currentID = processID
        for _ in 0..<maximumGenerations {
            if currentID == ancestor.processID { return current.startTime == ancestor.startTime }
            // The ancestor cannot be further up: it would be younger than this one.
            guard current.parent > 0, current.startTime >= ancestor.startTime,
                let parent = status(current.parent),
                parent.startTime <= current.startTime,
                // Read again: the parent was this one's parent while both were looked at.
                status(currentID) == current
            else { return false }
            currentID = current.parent
            current = parent
        }
        return false
    }
}
