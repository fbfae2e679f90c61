import CanonicalHTTP
public import NIOCore

/// Reads the responses to requests that were sent one at a time on a connection.
///
///     idle ──expect(method)──▶ head ──1xx──▶ head
///                               ├──101──▶ switched
///                               └──▶ body ──▶ idle
///
/// A byte that arrives while nothing is expected is an error: a response nobody asked for must not be taken for the
/// answer to the next request.
public struct HTTP1ResponseDecoder: Sendable {
    private enum State: Equatable {
        case idle
        case head(LineScanner, method: String)
        case body(HTTP1Body)
        case switched
        case failed(MessageError)
    }

    private var state = State.idle
    private var buffer = ByteBuffer()
    private let limits: MessageLimits
    /// Informational heads seen for the present request; bounded, since each resets nothing and costs work.
    private var informational = 0
    /// Whether the connection can carry another request after this response, as far as the response says.
    public private(set) var persists = true

    /// Whether bytes are left that no response has taken.
    public var hasLeftover: Bool { buffer.readableBytes > 0 }

    public init(limits: MessageLimits = MessageLimits()) {
        self.limits = limits
    }

    public mutating func feed(_ bytes: ByteBuffer) {
        buffer.append(bytes)
    }

    /// Announces that a request was sent; its method tells whether a body follows.
    public mutating func expect(method: String) {
        if case .failed = state { return }
        informational = 0
        state = .head(LineScanner(), method: method)
    }

    /// Hands out what is not HTTP any more, after an upgrade.
    public mutating func takeRemainder() -> ByteBuffer {
        defer { buffer = ByteBuffer() }
        return buffer
    }

    /// The next part, or `nil` when more bytes are needed.
    public mutating func next() throws(MessageError) -> ResponsePart? {
        do throws(MessageError) {
            return try advance()
        } catch {
            state = .failed(error)
            buffer = ByteBuffer()
            throw error
        }
    }

    /// The connection ended: completes a response that lasts until then.
    public mutating func finish() throws(MessageError) -> ResponsePart? {
        switch state {
        case .body(let body) where body.endsWithConnection:
            state = .idle
            return .end(HeaderFields())
        case .idle, .switched:
            return nil
        case .head, .body:
            state = .failed(.truncated)
            throw .truncated
        case .failed(let error):
            throw error
        }
    }

    private mutating func advance() throws(MessageError) -> ResponsePart? {
        switch state {
        case .idle:
            guard buffer.readableBytes == 0 else { throw .statusLine }
            return nil
        case .head(let scanner, let method):
            return try readHead(scanner, method: method)
        case .body(var body):
            guard let part = try body.next(from: &buffer) else {
                state = .body(body)
                return nil
            }
            switch part {
            case .bytes(let bytes):
                state = .body(body)
                return .body(bytes)
            case .end(let trailers):
                state = .idle
                return .end(trailers)
            }
        case .switched:
            return nil
        case .failed(let error):
            throw error
        }
    }

    private mutating func readHead(
        _ begun: LineScanner,
        method: String
    ) throws(MessageError) -> ResponsePart? {
        var scanner = begun
        guard
            let length = try scanner.scan(
                buffer,
                limit: limits.head,
                fieldLimit: limits.fields,
                startLines: 1
            ),
            let bytes = buffer.readBytes(length: length)
        else {
            state = .head(scanner, method: method)
            return nil
        }
        var (head, version) = try HTTP1Head.response(bytes, lines: scanner.lines, limits: limits)
        if head.status == 101 {
            // A bare 101 that a program relays from elsewhere must not open a tunnel past the rules.
            guard
                HopByHop.strip(&head.fields).upgradesToWebSocket,
                head.fields.onlyValue(of: "sec-websocket-accept") != nil
            else { throw .badUpgrade }
            state = .switched
            return .switching(head)
        }
        if head.status < 200 {
            informational += 1
            guard informational <= 16 else { throw .tooManyFields(limit: 16) }
            head.fields.removeAll(named: "content-length")
            head.fields.removeAll(named: "transfer-encoding")
            state = .head(LineScanner(), method: method)
            _ = HopByHop.strip(&head.fields)
            return .informational(head)
        }
        let framing = try HTTP1Framing.response(head, version: version, toMethod: method)
        let wishes = HopByHop.strip(&head.fields)
        persists = !wishes.closes && !framing.endsWithConnection && (version == .http1_1 || wishes.keepsAlive)
        if head.status == 204 { head.fields.removeAll(named: "content-length") }
        state = .body(
            HTTP1Body(framing.length, endsWithConnection: framing.endsWithConnection, limits: limits)
        )
        return .head(head, framing.length)
    }
}
