import CanonicalHTTP
import NIOHPACK
import ProxyCore

/// Translates between HPACK's lists and our heads (RFC 9113, section 8).
///
/// NIOHTTP2 has checked what every connection must: pseudo-header fields known, in front and not repeated, no
/// connection-specific fields, lower-case names.
enum HTTP2Fields {
    struct Malformed: Error {}

    static func request(_ headers: HPACKHeaders, limits: MessageLimits) throws -> RequestHead {
        guard headers.count <= limits.fields + 4 else {
            throw MessageError.tooManyFields(limit: limits.fields)
        }
        var method: String?
        var path: [UInt8]?
        var scheme: String?
        var authorities: [[UInt8]] = []
        var fields = HeaderFields()
        for (name, value, _) in headers {
            switch name {
            case ":method":
                guard method == nil else { throw Malformed() }
                method = value
            case ":path":
                guard path == nil else { throw Malformed() }
                path = Array(value.utf8)
            case ":scheme":
                guard scheme == nil else { throw Malformed() }
                scheme = value
            case ":authority", "host":
                authorities.append(Array(value.utf8))
            case _ where name.hasPrefix(":"):
                throw Malformed()
            default:
                try fields.append(name: name.utf8, value: trimmed(value))
            }
        }
        guard let method, let path, !path.isEmpty else { throw Malformed() }
        _ = try HTTP1Framing.contentLength(fields)
        _ = HopByHop.strip(&fields)
        return RequestHead(
            method: method,
            target: path,
            authorities: authorities,
            fields: fields,
            version: .http2
        )
    }

    static func headers(of request: CanonicalRequest) -> HPACKHeaders {
        var headers = HPACKHeaders()
        headers.reserveCapacity(request.fields.count + 4)
        headers.add(name: ":method", value: request.method)
        headers.add(name: ":scheme", value: "http")
        headers.add(name: ":path", value: request.target)
        headers.add(name: ":authority", value: request.host)
        append(request.fields, to: &headers)
        return headers
    }

    static func response(_ headers: HPACKHeaders, limits: MessageLimits) throws -> ResponseHead {
        guard headers.count <= limits.fields + 1 else {
            throw MessageError.tooManyFields(limit: limits.fields)
        }
        guard let text = headers.first(name: ":status"), text.utf8.count == 3, let status = UInt16(text),
            (100...999).contains(status), status != 101
        else { throw Malformed() }
        var fields = try plain(headers.dropPseudo)
        _ = try HTTP1Framing.contentLength(fields)
        _ = HopByHop.strip(&fields)
        return ResponseHead(status: status, fields: fields)
    }

    static func headers(of response: ResponseHead) -> HPACKHeaders {
        var headers = HPACKHeaders()
        headers.reserveCapacity(response.fields.count + 1)
        headers.add(name: ":status", value: String(response.status))
        append(response.fields, to: &headers)
        return headers
    }

    static func trailers(_ headers: HPACKHeaders, limits: MessageLimits) throws -> HeaderFields {
        guard headers.count <= limits.fields else { throw MessageError.tooManyFields(limit: limits.fields) }
        guard !headers.contains(where: { $0.name.hasPrefix(":") }) else { throw Malformed() }
        var fields = try plain(headers.dropPseudo)
        HopByHop.filterTrailers(&fields)
        return fields
    }

    static func headers(of trailers: HeaderFields) -> HPACKHeaders {
        var headers = HPACKHeaders()
        append(trailers, to: &headers)
        return headers
    }

    /// How much body follows, from END_STREAM and `content-length`.
    static func length(_ fields: HeaderFields, endsStream: Bool) -> BodyLength {
        if endsStream { return .none }
        return ((try? HTTP1Framing.contentLength(fields)) ?? nil).map(BodyLength.bytes) ?? .open
    }

    private static func plain(_ list: some Sequence<(name: String, value: String)>) throws -> HeaderFields {
        var fields = HeaderFields()
        for (name, value) in list { try fields.append(name: name.utf8, value: trimmed(value)) }
        return fields
    }

    private static func append(_ fields: HeaderFields, to headers: inout HPACKHeaders) {
        for (name, value) in fields {
            headers.add(
                name: String(decoding: name, as: UTF8.self),
                value: String(decoding: value, as: UTF8.self)
            )
        }
    }

    /// White space around a value is malformed in HTTP/2 and would change its meaning in HTTP/1.1.
    private static func trimmed(_ value: String) -> Substring.UTF8View {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var view = value.utf8[...]
        while let first = view.first, isBlank(first) { view.removeFirst() }
        while let last = view.last, isBlank(last) { view.removeLast() }
        return view
    }
}

extension HPACKHeaders {
    fileprivate var dropPseudo: some Sequence<(name: String, value: String)> {
        lazy.filter { !$0.name.hasPrefix(":") }.map { (name: $0.name, value: $0.value) }
    }
}
