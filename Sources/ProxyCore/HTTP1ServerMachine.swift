/// Decides what happens to a connection on which requests come one after the other.
///
///     idle ──request──▶ exchanging ──both ended──▶ idle
///      │                    │  └──101──▶ switched
///      └── drain, input closed, idle too long ──▶ closed ◀── last response ended ──┘
///
/// One exchange at a time; what is pipelined waits in the decoder and is asked for with ``Effect/readRequest``, so
/// answers go out in the order of the questions (RFC 9112, section 9.3).
public struct HTTP1ServerMachine: Equatable, Sendable {
    public enum Effect: Equatable, Sendable {
        /// Take the next request out of the decoder, or wait for its bytes.
        case readRequest
        case close
        /// The client left in the middle of its request: end the exchange, then close.
        case abortExchange
    }

    private struct Exchange: Equatable {
        var requestEnded = false
        var responseStarted = false
        var responseEnded = false
    }

    private enum State: Equatable {
        case idle
        case exchanging(Exchange)
        case switched
        case closed
    }

    private var state = State.idle
    /// Whether the present response is the last one.
    private var isLast = false

    public init() {}

    /// What the head of the present response must say about the connection.
    public var closesAfterResponse: Bool { isLast }

    /// Whether bytes from the client may be taken for the next request.
    public var acceptsRequest: Bool { state == .idle && !isLast }

    public var isIdle: Bool { state == .idle }
    public var isSwitched: Bool { state == .switched }
    public var isClosed: Bool { state == .closed }

    /// A head was read; `keepsAlive` is what it says about the connection.
    public mutating func requestStarted(keepsAlive: Bool) {
        // Only reached when ``acceptsRequest`` is true; in any other state the request is not begun.
        guard case .idle = state else { return }
        if !keepsAlive { isLast = true }
        state = .exchanging(Exchange())
    }

    public mutating func requestEnded() -> Effect? {
        guard case .exchanging(var exchange) = state else { return nil }
        exchange.requestEnded = true
        return settle(exchange)
    }

    /// The final head of a response goes out now.
    ///
    /// A response that overtakes its request is the last one: the rest of the request would have to be read and
    /// thrown away, as long as the client likes.
    public mutating func responseStarted(closes: Bool) {
        guard case .exchanging(var exchange) = state else { return }
        if closes || !exchange.requestEnded { isLast = true }
        exchange.responseStarted = true
        state = .exchanging(exchange)
    }

    public mutating func responseEnded() -> Effect? {
        guard case .exchanging(var exchange) = state else { return nil }
        exchange.responseEnded = true
        return settle(exchange)
    }

    /// 101 was sent: HTTP is over on this connection.
    public mutating func switched() {
        guard case .exchanging = state else { return }
        state = .switched
    }

    /// The client will send no more bytes than the decoder holds.
    ///
    /// `hasBufferedRequest` says whether the decoder may still hold pipelined requests.
    public mutating func inputClosed(hasBufferedRequest: Bool) -> Effect? {
        switch state {
        case .idle:
            guard !hasBufferedRequest else { return nil }
            state = .closed
            return .close
        case .exchanging(let exchange):
            guard exchange.requestEnded else {
                state = .closed
                return .abortExchange
            }
            if !hasBufferedRequest, !exchange.responseStarted { isLast = true }
            return nil
        case .switched, .closed:
            return nil
        }
    }

    /// The proxy is leaving: an idle connection closes, a busy one after the present response.
    public mutating func drain() -> Effect? {
        isLast = true
        guard case .idle = state else { return nil }
        state = .closed
        return .close
    }

    /// Nothing was asked for a long time, or a head did not become complete.
    public mutating func idleTooLong() -> Effect? {
        guard case .idle = state else { return nil }
        state = .closed
        return .close
    }

    /// The connection is gone, or must go at once.
    public mutating func closed() {
        state = .closed
    }

    private mutating func settle(_ exchange: Exchange) -> Effect? {
        guard exchange.responseEnded else {
            state = .exchanging(exchange)
            return nil
        }
        guard exchange.requestEnded, !isLast else {
            state = .closed
            return .close
        }
        state = .idle
        return .readRequest
    }
}
