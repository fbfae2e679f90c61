/// Names a request of one machine, so that what comes late from an earlier one is known as such.
public struct ListWatchRequestID: Hashable, Sendable {
    let number: UInt64
}

/// How new a list has to be (`resourceVersion` and `resourceVersionMatch`).
public enum ListFreshness: Hashable, Sendable {
    /// The newest there is: no version is sent.
    case newest
    /// Whatever the server has at hand, perhaps old: `0`.
    case any
    /// At least as new as this version (`NotOlderThan`).
    case notOlderThan(String)
}

/// One page to ask for.
public struct ListRequest: Hashable, Sendable {
    public let id: ListWatchRequestID
    /// Objects in a page; `nil` for all at once.
    public let limit: Int?
    /// From the page before; the server refuses a version beside it.
    public let continuation: String?
    /// For the first page.
    public let freshness: ListFreshness
}

/// A watch to ask for, with bookmarks.
public struct WatchRequest: Hashable, Sendable {
    public let id: ListWatchRequestID
    public let version: String
    /// When the server shall end it (`timeoutSeconds`).
    public let timeout: Duration
}

/// What the machine needs of a page.
public struct ListedPage: Hashable, Sendable {
    public var objects: [ObjectIdentity]
    /// Of the list as a whole.
    public var version: String
    /// `nil` or empty on the last page.
    public var continuation: String?

    public init(objects: [ObjectIdentity], version: String, continuation: String? = nil) {
        self.objects = objects
        self.version = version
        self.continuation = continuation
    }
}

/// What the machine needs of a frame of a watch.
public enum WatchedEvent: Hashable, Sendable {
    /// `ADDED` and `MODIFIED`: what is known decides whether it is one or the other.
    case state(ObjectIdentity)
    case deleted(ObjectIdentity)
    case bookmark(version: String)
    /// `ERROR`: the stream is over.
    case failed(ListWatchFailure)
}

/// How a list-watch behaves.
public struct ListWatchOptions: Hashable, Sendable {
    /// Objects in a page.
    public var pageSize = 500
    /// How new the very first list has to be.
    public var firstList = ListFreshness.newest
    /// How long a page may take.
    public var listTimeout = Duration.seconds(60)
    /// The shortest and the longest that a server is asked to keep a watch.
    public var watchTimeout: ClosedRange<Duration> = .seconds(300)...(.seconds(600))
    /// How long a watch may say nothing.
    ///
    /// Kubernetes sends a bookmark about every minute.
    public var silence = Duration.seconds(240)
    /// A watch that held this long was a good one, whatever ended it.
    public var healthyAfter = Duration.seconds(5)
    public var backoff = Backoff(first: .milliseconds(800), limit: .seconds(30))
    /// The longest that a server may send us away for.
    public var retryAfterLimit = Duration.seconds(300)

    public init() {}
}
