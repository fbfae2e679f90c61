public import CanonicalHTTP
public import NIOCore

/// Writes messages as HTTP/1.1, only from values whose bytes were checked when they were made.
public struct HTTP1Encoder: Sendable {
    private enum Body {
        case none
        case plain
        case chunked
    }

    private var body = Body.none

    public init() {}

    /// Writes the head of a request in its canonical form.
    public mutating func encode(
        _ request: CanonicalRequest,
        body length: BodyLength,
        upgradesToWebSocket: Bool,
        into buffer: inout ByteBuffer
    ) {
        buffer.writeString(request.method)
        buffer.writeInteger(ASCII.space)
        buffer.writeString(request.path)
        if let query = request.query {
            buffer.writeInteger(UInt8(ascii: "?"))
            buffer.writeString(query)
        }
        buffer.writeStaticString(" HTTP/1.1\r\nhost: ")
        buffer.writeString(request.host)
        buffer.writeStaticString("\r\n")
        write(request.fields, into: &buffer)
        switch length {
        case .none:
            body = .none
        case .bytes(let count):
            body = .plain
            writeLength(count, unlessIn: request.fields, into: &buffer)
        case .open:
            startChunks(into: &buffer)
        }
        if upgradesToWebSocket { buffer.writeStaticString("connection: Upgrade\r\nupgrade: websocket\r\n") }
        buffer.writeStaticString("\r\n")
    }

    /// Writes the head of a response.
    ///
    /// `closes` says whether this is the last response on the connection, and the head then says so too; `version` is
    /// what the client speaks: HTTP/1.0 knows no chunks, so there the connection's end is the body's.
    public mutating func encode(
        _ head: ResponseHead,
        body length: BodyLength,
        closes: Bool,
        toVersion version: HTTPVersion,
        into buffer: inout ByteBuffer
    ) {
        writeStatusLine(head.status, into: &buffer)
        write(head.fields, into: &buffer)
        switch length {
        case .none:
            body = .none
        case .bytes(let count):
            body = .plain
            writeLength(count, unlessIn: head.fields, into: &buffer)
        case .open where version == .http1_0:
            body = .plain
        case .open:
            startChunks(into: &buffer)
        }
        if closes { buffer.writeStaticString("connection: close\r\n") }
        buffer.writeStaticString("\r\n")
    }

    /// Writes a 1xx head other than 101.
    public func encodeInformational(_ head: ResponseHead, into buffer: inout ByteBuffer) {
        writeStatusLine(head.status, into: &buffer)
        write(head.fields, into: &buffer)
        buffer.writeStaticString("\r\n")
    }

    /// Writes the head after which the connection carries WebSocket frames.
    public func encodeSwitching(_ head: ResponseHead, into buffer: inout ByteBuffer) {
        writeStatusLine(101, into: &buffer)
        write(head.fields, into: &buffer)
        buffer.writeStaticString("connection: Upgrade\r\nupgrade: websocket\r\n\r\n")
    }

    /// Writes what stands before the bytes of a piece of body; empty pieces must not be written.
    public func encodeBodyStart(_ count: Int, into buffer: inout ByteBuffer) {
        guard case .chunked = body else { return }
        buffer.writeString(String(count, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    /// Writes what stands after the bytes of a piece of body.
    public func encodeBodyEnd(into buffer: inout ByteBuffer) {
        guard case .chunked = body else { return }
        buffer.writeStaticString("\r\n")
    }

    /// Ends the message; trailers are dropped where the framing has no place for them.
    public mutating func encodeEnd(_ trailers: HeaderFields, into buffer: inout ByteBuffer) {
        guard case .chunked = body else { return }
        buffer.writeStaticString("0\r\n")
        write(trailers, into: &buffer)
        buffer.writeStaticString("\r\n")
        body = .none
    }

    /// Whether bytes handed over as body belong on the wire.
    public var carriesBody: Bool {
        if case .none = body { false } else { true }
    }

    private mutating func startChunks(into buffer: inout ByteBuffer) {
        body = .chunked
        buffer.writeStaticString("transfer-encoding: chunked\r\n")
    }

    private func writeLength(_ count: UInt64, unlessIn fields: HeaderFields, into buffer: inout ByteBuffer) {
        guard !fields.contains("content-length") else { return }
        buffer.writeStaticString("content-length: ")
        buffer.writeString(String(count))
        buffer.writeStaticString("\r\n")
    }

    private func writeStatusLine(_ status: UInt16, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(status))
        buffer.writeInteger(ASCII.space)
        buffer.writeString(ReasonPhrase.of(status))
        buffer.writeStaticString("\r\n")
    }

    private func write(_ fields: HeaderFields, into buffer: inout ByteBuffer) {
        for (name, value) in fields {
            buffer.writeBytes(name)
            buffer.writeStaticString(": ")
            buffer.writeBytes(value)
            buffer.writeStaticString("\r\n")
        }
    }
}

/// The words after a status code (RFC 9110, section 15); people read them, programs must not.
public enum ReasonPhrase {
    public static func of(_ status: UInt16) -> String {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 103: "Early Hints"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
