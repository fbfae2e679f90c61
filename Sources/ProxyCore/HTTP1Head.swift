import CanonicalHTTP

/// Reads the lines of a complete head; grammar of RFC 9112, sections 2 to 5, without its leniencies.
enum HTTP1Head {
    /// A request line and its fields; `Host` goes to the authorities, for the canonical form to judge.
    static func request(
        _ bytes: [UInt8],
        lines: [Range<Int>],
        limits: MessageLimits
    ) throws(MessageError) -> RequestHead {
        guard let first = lines.first else { throw .requestLine }
        let line = bytes[first]
        let parts = line.split(separator: ASCII.space, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].count <= 32, !parts[1].isEmpty else {
            throw .requestLine
        }
        guard parts[0].allSatisfy(HeaderFields.isTokenByte) else { throw .requestLine }
        guard parts[1].count <= limits.target else { throw .targetTooLong(limit: limits.target) }
        guard parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .requestLine }
        let version = try version(parts[2])
        var (fields, authorities) = try fields(bytes, lines: lines.dropFirst(), limits: limits)
        fields.removeAll(named: "host")
        return RequestHead(
            method: String(decoding: parts[0], as: UTF8.self),
            target: Array(parts[1]),
            authorities: authorities,
            fields: fields,
            version: version
        )
    }

    /// A status line and its fields; the reason phrase is dropped (RFC 9112, section 4).
    static func response(
        _ bytes: [UInt8],
        lines: [Range<Int>],
        limits: MessageLimits
    ) throws(MessageError) -> (head: ResponseHead, version: HTTPVersion) {
        guard let first = lines.first else { throw .statusLine }
        let line = bytes[first]
        guard line.count >= 12, line[line.startIndex + 8] == ASCII.space else { throw .statusLine }
        let version = try version(line.prefix(8))
        let digits = line.dropFirst(9).prefix(3)
        guard digits.count == 3, digits.allSatisfy(ASCII.isDigit) else { throw .statusLine }
        let status = digits.reduce(UInt16(0)) { $0 * 10 + UInt16($1 - UInt8(ascii: "0")) }
        let reason = line.dropFirst(12)
        guard status >= 100, reason.isEmpty || reason.first == ASCII.space else { throw .statusLine }
        guard reason.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == ASCII.tab }) else { throw .statusLine }
        let (fields, _) = try fields(bytes, lines: lines.dropFirst(), limits: limits)
        return (ResponseHead(status: status, fields: fields), version)
    }

    static func fields(
        _ bytes: [UInt8],
        lines: ArraySlice<Range<Int>>,
        limits: MessageLimits
    ) throws(MessageError) -> (fields: HeaderFields, hosts: [[UInt8]]) {
        var fields = HeaderFields()
        var hosts: [[UInt8]] = []
        for range in lines {
            let line = bytes[range]
            guard let start = line.first, start != ASCII.space, start != ASCII.tab else { throw .foldedField }
            guard let colon = line.firstIndex(of: ASCII.colon) else { throw .fieldLine }
            let name = line[..<colon]
            guard name.last != ASCII.space, name.last != ASCII.tab else { throw .fieldLine }
            let value = ASCII.trimmed(line[(colon + 1)...])
            do throws(HeaderFieldError) {
                try fields.append(name: name, value: value)
            } catch {
                throw .field(error)
            }
            if ASCII.matches(name, "host") { hosts.append(Array(value)) }
        }
        return (fields, hosts)
    }

    private static func version(_ bytes: ArraySlice<UInt8>) throws(MessageError) -> HTTPVersion {
        if bytes.elementsEqual("HTTP/1.1".utf8) { return .http1_1 }
        if bytes.elementsEqual("HTTP/1.0".utf8) { return .http1_0 }
        throw .version
    }
}
