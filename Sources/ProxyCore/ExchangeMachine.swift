/// Decides the course of one request and its response between two connections.
///
///     routing ──forward──▶ connecting ──connected──▶ forwarding ──both ended──▶ over
///        │                     │                         │
///        └──refuse──▶ answering ◀── no connection ───────┘ (only before a response began)
///                         └──answered──▶ over
///
/// The request is pulled: ``wantsRequest`` tells whether its next part may be taken from the side it comes from,
/// so what nobody can take yet stays in that side's buffer and then in the kernel's.
public struct ExchangeMachine: Equatable, Sendable {
    public enum Effect: Equatable, Sendable {
        /// Send the head, and whatever else of the request is there.
        case startForwarding
        /// Nobody waits for it any more: hand the fresh connection back.
        case release
        /// Try once more, on a new connection.
        case reconnect
        /// Answer the request ourselves.
        case answer(Answer)
        /// A response has begun and cannot be completed: break off towards the client.
        case abortDownstream
        case abortUpstream
        case finish
    }

    /// What the proxy answers when the other side cannot.
    public enum Answer: UInt16, Equatable, Sendable {
        case badGateway = 502
        case unavailable = 503
        case timeout = 504
    }

    /// How the connection to the other side failed.
    public enum Failure: Equatable, Sendable {
        /// It was closed or broken.
        case closed
        /// It sent something that is not a response.
        case malformed
        /// It says that it did nothing about this request, so that any may be sent again (RFC 9113, section 8.7).
        case refused
        /// It did not answer in time.
        case timedOut
    }

    private struct Progress: Equatable {
        var requestEnded = false
        var bodySent = false
        var responseStarted = false
        var responseEnded = false
        var isRetry = false
    }

    private enum State: Equatable {
        case routing
        case connecting(Progress)
        case forwarding(Progress)
        case answering(requestEnded: Bool)
        case over
    }

    private var state = State.routing
    private var requestEndedEarly = false
    private let mayRepeat: Bool

    /// - Parameter isIdempotent: Whether the method may be sent again when it is not known whether the first was
    ///   carried out (RFC 9110, section 9.2.2).
    public init(isIdempotent: Bool) {
        mayRepeat = isIdempotent
    }

    public var isOver: Bool { state == .over }
    public var isForwarding: Bool { if case .forwarding = state { true } else { false } }
    public var isAnswering: Bool { if case .answering = state { true } else { false } }

    /// Whether the request's next part may be taken now, as far as the exchange is concerned.
    public var wantsRequest: Bool {
        switch state {
        case .routing, .connecting, .over: false
        case .forwarding(let progress): !progress.requestEnded
        // What is left of a refused request is read and dropped.
        case .answering(let requestEnded): !requestEnded
        }
    }

    public mutating func forward() {
        guard case .routing = state else { return }
        state = .connecting(Progress(requestEnded: requestEndedEarly))
    }

    /// The proxy answers itself; ``responseEnded()`` follows.
    public mutating func refuse() {
        guard case .routing = state else { return }
        state = .answering(requestEnded: requestEndedEarly)
    }

    public mutating func connected() -> Effect {
        guard case .connecting(let progress) = state else { return .release }
        state = .forwarding(progress)
        return .startForwarding
    }

    public mutating func connectionFailed() -> Effect? {
        guard case .connecting(let progress) = state else { return nil }
        state = .answering(requestEnded: progress.requestEnded)
        return .answer(.unavailable)
    }

    /// A piece of the body was taken; `true` when it goes to the other side, `false` when it is dropped.
    public mutating func requestBody() -> Bool {
        guard case .forwarding(var progress) = state, !progress.requestEnded else { return false }
        progress.bodySent = true
        state = .forwarding(progress)
        return true
    }

    /// The request is complete; `true` when that must be told to the other side.
    public mutating func requestEnded() -> (tell: Bool, effect: Effect?) {
        switch state {
        case .routing:
            requestEndedEarly = true
            return (false, nil)
        case .connecting(var progress):
            progress.requestEnded = true
            state = .connecting(progress)
            return (false, nil)
        case .forwarding(var progress):
            guard !progress.requestEnded else { return (false, nil) }
            progress.requestEnded = true
            return (true, settle(progress))
        case .answering:
            state = .answering(requestEnded: true)
            return (false, nil)
        case .over:
            return (false, nil)
        }
    }

    /// A final head came; `false` when it is not wanted any more.
    public mutating func responseStarted() -> Bool {
        guard case .forwarding(var progress) = state, !progress.responseStarted else { return false }
        progress.responseStarted = true
        state = .forwarding(progress)
        return true
    }

    public mutating func responseEnded() -> Effect? {
        switch state {
        case .forwarding(var progress):
            progress.responseEnded = true
            return settle(progress)
        case .answering:
            state = .over
            return .finish
        case .routing, .connecting, .over:
            return nil
        }
    }

    /// The other side is gone.
    ///
    /// `isReused` says whether its connection had carried an earlier exchange, so that it may have been closed before
    /// it saw this one.
    public mutating func upstreamFailed(_ failure: Failure, isReused: Bool) -> Effect? {
        guard case .forwarding(var progress) = state else { return nil }
        if progress.responseEnded {
            state = .over
            return .finish
        }
        if progress.responseStarted {
            state = .over
            return .abortDownstream
        }
        let isHarmless = failure == .refused || failure == .closed && isReused && mayRepeat
        if isHarmless, !progress.isRetry, !progress.bodySent {
            progress.isRetry = true
            state = .connecting(progress)
            return .reconnect
        }
        state = .answering(requestEnded: progress.requestEnded)
        return .answer(failure == .timedOut ? .timeout : .badGateway)
    }

    /// The client is gone, or broke off.
    public mutating func downstreamGone() -> Effect? {
        let before = state
        state = .over
        switch before {
        case .forwarding: return .abortUpstream
        case .routing, .connecting, .answering: return .finish
        case .over: return nil
        }
    }

    /// The connection became one of WebSocket frames.
    public mutating func switched() -> Effect? {
        guard case .forwarding = state else { return nil }
        state = .over
        return .finish
    }

    /// An exchange is over when the response is: a server that answers early does not want the rest.
    private mutating func settle(_ progress: Progress) -> Effect? {
        guard progress.responseEnded else {
            state = .forwarding(progress)
            return nil
        }
        state = .over
        return .finish
    }
}
