public import CanonicalHTTP

/// Tells from a head how the body is delimited (RFC 9112, section 6.3).
public enum HTTP1Framing {
    /// A request's framing; without a length and without a coding there is no body.
    static func request(_ fields: HeaderFields, version: HTTPVersion) throws(MessageError) -> BodyLength {
        try declared(fields, version: version) ?? .none
    }

    /// A response's framing; without a length and without a coding the body lasts until the connection ends.
    static func response(
        _ head: ResponseHead,
        version: HTTPVersion,
        toMethod method: String
    ) throws(MessageError) -> (length: BodyLength, endsWithConnection: Bool) {
        if method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304 {
            return (.none, false)
        }
        if let length = try declared(head.fields, version: version) { return (length, false) }
        return (.open, true)
    }

    /// What `Content-Length` and `Transfer-Encoding` say; never both.
    private static func declared(
        _ fields: HeaderFields,
        version: HTTPVersion
    ) throws(MessageError) -> BodyLength? {
        let codings = fields.values(of: "transfer-encoding")
        let length = try contentLength(fields)
        guard !codings.isEmpty else { return length.map(BodyLength.bytes) }
        guard length == nil else { throw .lengthAndCoding }
        guard version == .http1_1 else { throw .codingInHTTP10 }
        guard codings.count == 1, ASCII.matches(codings[0], "chunked") else { throw .coding }
        return .open
    }

    /// The value of a `Content-Length` field, whichever HTTP version it came in.
    public static func contentLength(_ fields: HeaderFields) throws(MessageError) -> UInt64? {
        let values = fields.values(of: "content-length")
        guard let value = values.first else { return nil }
        guard values.count == 1 else { throw .repeatedLength }
        // 18 digits stay far below UInt64's and Int's limit.
        guard (1...18).contains(value.count), value.allSatisfy(ASCII.isDigit) else { throw .badLength }
        return value.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
    }
}
