import KubernetesModel

/// Keeps up with the objects of one resource: a list in pages, a watch from there on, and whatever it takes to go on.
///
///     idle ──start──▶ listing ──last page──▶ watching ──ended──▶ watching …
///                       ▲  │ failed             │ failed
///                       │  ▼                    ▼
///                       └─ waiting ◀────────────┘        any ──stop──▶ stopped
///                             └─────▶ watching (from the last version seen)
///
/// A watch goes on from the last version seen. When that is expired, a new list is told as its difference to what is
/// known. Versions are opaque: they are only tested for equality, and what must not be older is left to the server
/// (`NotOlderThan`), so no list moves the state back.
///
/// Unexpected input: what belongs to an earlier request is ignored, since a cancelled request may still answer; an
/// event told twice is ignored; anything else that makes no sense ends the request and counts as a failure.
///
/// Holds names, lives and versions of objects, and no values. Time and randomness are arguments.
public struct ListWatchMachine: ~Copyable {
    public enum Effect: Hashable, Sendable {
        case list(ListRequest)
        case watch(WatchRequest)
        /// End a request that may still be under way.
        case cancel(ListWatchRequestID)
        /// Call ``timerFired(at:using:)`` then; replaces an earlier timer.
        case wait(until: Moment)
        /// In this order. What a page or an event changed, comes with that page or event.
        case emit([ObjectChange])
        /// What was told is everything there was at a version.
        case listCompleted(version: String)
        /// For people and metrics; the machine goes on.
        case report(ListWatchFailure)
    }

    private struct Page {
        var continuation: String?
        var number = 1
        /// How often this very page was asked for before.
        var retries = 0
    }

    private enum Next {
        case list
        case page(Page)
        case watch
    }

    private enum State {
        case idle
        case listing(ListRequest, Page, until: Moment)
        case watching(WatchRequest, since: Moment, heard: Moment)
        case waiting(until: Moment, Next)
        case stopped
    }

    public let options: ListWatchOptions
    private var state = State.idle
    private var known = KnownObjects()
    private var recent = RecentEvents()
    /// The newest version that any answer had; `nil` before the first.
    private var seen: String?
    /// Whether lists must be the newest, since the server cannot say what is not older than `seen`.
    private var needsNewest = false
    /// Whether to list without pages, since they expire faster than they are read.
    private var avoidsPages = false
    /// In a row, without a watch that got anywhere.
    private var failures = 0
    private var requests: UInt64 = 0
    /// Whether a list was ever completed.
    public private(set) var hasSynced = false

    /// More pages than any list has: a server that never ends one is broken.
    private static let pageLimit = 100_000
    /// So many times in a row a page or a watch is tried before a list takes its place.
    private static let attemptsBeforeList = 3

    public init(options: ListWatchOptions = ListWatchOptions()) {
        self.options = options
    }

    /// How many objects are known.
    public var count: Int { known.count }

    // MARK: What happens

    public mutating func start(at now: Moment) -> [Effect] {
        guard case .idle = state else { return [] }
        return list(at: now)
    }

    /// A page came.
    public mutating func pageArrived(
        _ page: ListedPage,
        for id: ListWatchRequestID,
        at now: Moment,
        using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        guard case .listing(let request, let asked, _) = state, request.id == id else { return [] }
        let continuation = page.continuation ?? ""
        guard !page.version.isEmpty else {
            return listFailed(.malformed("a list without a version"), for: id, at: now, using: &random)
        }
        guard continuation.isEmpty || (continuation != request.continuation && asked.number < Self.pageLimit)
        else {
            return listFailed(.malformed("a list without an end"), for: id, at: now, using: &random)
        }
        seen = page.version
        var changes: [ObjectChange] = []
        for object in page.objects { changes += known.observe(object) }
        guard continuation.isEmpty else {
            return emit(changes)
                + list(Page(continuation: continuation, number: asked.number + 1), at: now)
        }
        changes += known.endList()
        hasSynced = true
        needsNewest = false
        avoidsPages = false
        return emit(changes) + [.listCompleted(version: page.version)]
            + watch(from: page.version, at: now, using: &random)
    }

    /// A page did not come.
    public mutating func listFailed(
        _ failure: ListWatchFailure,
        for id: ListWatchRequestID,
        at now: Moment,
        using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        guard case .listing(let request, let asked, _) = state, request.id == id else { return [] }
        var next = Next.list
        // A whole list may be more than can be sent or taken at once.
        avoidsPages = false
        switch failure {
        case .expired:
            // Within pages: too slow for them. On a first page: what we saw means nothing to this server.
            avoidsPages = request.continuation != nil
            needsNewest = true
        case .versionTooLarge:
            // A quorum read is never stale. If versions did begin anew, the old ones must not shadow the new.
            needsNewest = true
            recent.removeAll()
        case .refused:
            break
        case .overloaded, .connection, .malformed, .silent:
            // The pages before are good, and the token is kept for minutes: one bad answer need not cost them.
            guard asked.number > 1, asked.retries + 1 < Self.attemptsBeforeList else { break }
            next = .page(
                Page(continuation: asked.continuation, number: asked.number, retries: asked.retries + 1)
            )
        }
        return [.report(failure)] + wait(for: failure, then: next, at: now, using: &random)
    }

    /// A frame of the watch came.
    public mutating func eventArrived(
        _ event: WatchedEvent,
        for id: ListWatchRequestID,
        at now: Moment,
        using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        guard case .watching(let request, let since, _) = state, request.id == id else { return [] }
        state = .watching(request, since: since, heard: now)
        switch event {
        case .state(let object):
            guard !recent.contains(.state, object.version), !known.holds(object) else { return [] }
            advance(.state, to: object.version)
            return emit(known.observe(object))
        case .deleted(let object):
            guard !recent.contains(.deletion, object.version) else { return [] }
            advance(.deletion, to: object.version)
            return emit(known.remove(object))
        case .bookmark(let version):
            // Some servers send empty ones only to be heard.
            guard !version.isEmpty, !recent.contains(.bookmark, version) else { return [] }
            advance(.bookmark, to: version)
            return []
        case .failed(let failure):
            return [.cancel(id)] + watchFailed(failure, since: since, at: now, using: &random)
        }
    }

    /// The watch is over: by itself, or by a failure, which includes an answer that was none.
    public mutating func watchEnded(
        _ failure: ListWatchFailure?,
        for id: ListWatchRequestID,
        at now: Moment,
        using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        guard case .watching(let request, let since, _) = state, request.id == id else { return [] }
        if let failure { return watchFailed(failure, since: since, at: now, using: &random) }
        let version = seen ?? request.version
        // One that ends at once and brings nothing would be asked for again and again.
        guard version != request.version || since.duration(to: now) >= options.healthyAfter else {
            return wait(for: nil, then: .watch, at: now, using: &random)
        }
        failures = 0
        return watch(from: version, at: now, using: &random)
    }

    /// The timer fired, perhaps early, or the one of a state that is left.
    public mutating func timerFired(at now: Moment, using random: inout some RandomNumberGenerator)
        -> [Effect]
    {
        switch state {
        case .idle, .stopped:
            return []
        case .waiting(let due, let next):
            guard now >= due else { return [.wait(until: due)] }
            switch next {
            case .list: return list(at: now)
            case .page(let page): return list(page, at: now)
            case .watch: return seen.map { watch(from: $0, at: now, using: &random) } ?? list(at: now)
            }
        case .listing(let request, _, let due):
            guard now >= due else { return [.wait(until: due)] }
            return [.cancel(request.id)] + listFailed(.silent, for: request.id, at: now, using: &random)
        case .watching(let request, let since, let heard):
            let due = heard.advanced(by: options.silence)
            guard now >= due else { return [.wait(until: due)] }
            return [.cancel(request.id)] + watchFailed(.silent, since: since, at: now, using: &random)
        }
    }

    public mutating func stop() -> [Effect] {
        let id: ListWatchRequestID?
        switch state {
        case .listing(let request, _, _): id = request.id
        case .watching(let request, _, _): id = request.id
        case .idle, .waiting, .stopped: id = nil
        }
        state = .stopped
        return id.map { [.cancel($0)] } ?? []
    }

    // MARK: What to do

    private mutating func list(at now: Moment) -> [Effect] {
        known.beginList()
        return list(Page(), at: now)
    }

    private mutating func list(_ page: Page, at now: Moment) -> [Effect] {
        let freshness: ListFreshness =
            if needsNewest { .newest } else if let seen { .notOlderThan(seen) } else { options.firstList }
        let request = ListRequest(
            id: nextID(),
            limit: avoidsPages ? nil : options.pageSize,
            continuation: page.continuation,
            freshness: freshness
        )
        let due = now.advanced(by: options.listTimeout)
        state = .listing(request, page, until: due)
        return [.list(request), .wait(until: due)]
    }

    private mutating func watch(
        from version: String,
        at now: Moment,
        using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        let range = options.watchTimeout
        let share = Double.random(in: 0...1, using: &random)
        let timeout = range.lowerBound + (range.upperBound - range.lowerBound) * share
        let request = WatchRequest(id: nextID(), version: version, timeout: timeout)
        state = .watching(request, since: now, heard: now)
        return [.watch(request), .wait(until: now.advanced(by: options.silence))]
    }

    private mutating func watchFailed(
        _ failure: ListWatchFailure,
        since: Moment,
        at now: Moment,
        using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        if since.duration(to: now) >= options.healthyAfter { failures = 0 }
        var next = Next.watch
        let hasTriedEnough = failures + 1 >= Self.attemptsBeforeList
        switch failure {
        case .expired, .refused:
            next = .list
        case .malformed where hasTriedEnough:
            // Perhaps it is one event that cannot be read: a list leads around it.
            next = .list
        case .versionTooLarge where hasTriedEnough:
            // A replica that only lags behind would have arrived; this server has lost what we saw.
            next = .list
            needsNewest = true
            recent.removeAll()
        case .malformed, .versionTooLarge, .overloaded, .connection, .silent:
            break
        }
        return [.report(failure)] + wait(for: failure, then: next, at: now, using: &random)
    }

    private mutating func wait(
        for failure: ListWatchFailure?,
        then next: Next,
        at now: Moment,
        using random: inout some RandomNumberGenerator
    ) -> [Effect] {
        failures = min(failures + 1, 1_000)
        let asked = min(failure?.retryAfter ?? .zero, options.retryAfterLimit)
        let delay = asked + options.backoff.delay(afterFailures: failures, using: &random)
        let due = now.advanced(by: delay)
        state = .waiting(until: due, next)
        return [.wait(until: due)]
    }

    private mutating func advance(_ kind: RecentEvents.Kind, to version: String) {
        recent.insert(kind, version)
        seen = version
        failures = 0
    }

    private mutating func nextID() -> ListWatchRequestID {
        requests &+= 1
        return ListWatchRequestID(number: requests)
    }

    private func emit(_ changes: [ObjectChange]) -> [Effect] { changes.isEmpty ? [] : [.emit(changes)] }
}
