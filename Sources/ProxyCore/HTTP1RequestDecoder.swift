import CanonicalHTTP
public import NIOCore

/// Reads requests from a connection, one when asked for one.
///
///     head ──▶ body ──▶ head …
///       └──────┴── anything malformed ──▶ failed
///
/// Pulled, not pushed: as long as nobody asks for the next part, pipelined bytes wait in the buffer, so the answers
/// come in order and bytes after an upgrade are never read as a request.
public struct HTTP1RequestDecoder: Sendable {
    private enum State: Equatable {
        case head(LineScanner)
        case body(HTTP1Body)
        case failed(MessageError)
    }

    private var state = State.head(LineScanner())
    private var buffer = ByteBuffer()
    private let limits: MessageLimits
    private var skippedEmptyLine = false
    /// What the last head said about its connection.
    public private(set) var wishes = HopByHop.Wishes()

    public init(limits: MessageLimits = MessageLimits()) {
        self.limits = limits
    }

    public mutating func feed(_ bytes: ByteBuffer) {
        buffer.append(bytes)
    }

    /// Whether the connection may end here without cutting a message in two.
    public var isBetweenMessages: Bool {
        guard case .head = state else { return false }
        return buffer.readableBytes == 0
    }

    /// Bytes that arrived and were not asked for yet.
    public var bufferedBytes: Int { buffer.readableBytes }
    /// The memory that they take.
    var storageCapacity: Int { buffer.storageCapacity }

    /// Hands out what is not HTTP any more, after an upgrade.
    public mutating func takeRemainder() -> ByteBuffer {
        defer { buffer = ByteBuffer() }
        return buffer
    }

    /// The next part, or `nil` when more bytes are needed; after an error only that error.
    public mutating func next() throws(MessageError) -> RequestPart? {
        do throws(MessageError) {
            return try advance()
        } catch {
            state = .failed(error)
            buffer = ByteBuffer()
            throw error
        }
    }

    private mutating func advance() throws(MessageError) -> RequestPart? {
        switch state {
        case .head(let scanner):
            return try readHead(scanner)
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
                state = .head(LineScanner())
                return .end(trailers)
            }
        case .failed(let error):
            throw error
        }
    }

    private mutating func readHead(_ begun: LineScanner) throws(MessageError) -> RequestPart? {
        var scanner = begun
        while true {
            guard
                let length = try scanner.scan(
                    buffer,
                    limit: limits.head,
                    fieldLimit: limits.fields,
                    startLines: 1
                ),
                let bytes = buffer.readBytes(length: length)
            else {
                // Says so before the whole head is there, so that a target without end is cut off early.
                if scanner.lines.isEmpty, scanner.openLineLength > limits.target + 64 {
                    throw .targetTooLong(limit: limits.target)
                }
                state = .head(scanner)
                return nil
            }
            // One empty line before a request line is let pass (RFC 9112, section 2.2).
            if scanner.lines.isEmpty, !skippedEmptyLine {
                skippedEmptyLine = true
                scanner = LineScanner()
                continue
            }
            skippedEmptyLine = false
            return try begin(bytes, lines: scanner.lines)
        }
    }

    private mutating func begin(_ bytes: [UInt8], lines: [Range<Int>]) throws(MessageError) -> RequestPart {
        var head = try HTTP1Head.request(bytes, lines: lines, limits: limits)
        let length = try HTTP1Framing.request(head.fields, version: head.version)
        wishes = HopByHop.strip(&head.fields)
        // RFC 6455, section 4.1; anything less is an ordinary request with the wish taken out.
        let isHandshake =
            head.method == "GET" && head.version == .http1_1 && length == .none
            && head.fields.onlyValue(of: "sec-websocket-key") != nil
            && head.fields.onlyValue(of: "sec-websocket-version")?.elementsEqual("13".utf8) == true
        if !isHandshake {
            wishes.upgradesToWebSocket = false
        }
        state = .body(HTTP1Body(length, limits: limits))
        return .head(head, length)
    }
}

extension ByteBuffer {
    /// Adds bytes at the end, without copying when there was nothing before.
    mutating func append(_ bytes: ByteBuffer) {
        if readableBytes == 0 {
            self = bytes
        } else {
            // What was read must go, or a connection whose requests never end on a read's end grows for ever.
            discardReadBytes()
            writeImmutableBuffer(bytes)
        }
    }
}
