extension CanonicalRequest {
    /// The longest request target that is taken, in bytes.
    public static let maximumTargetLength = 8192

    /// Gives a request its canonical form, or says why it has none.
    ///
    /// Idempotent: what comes out goes through unchanged. Fields that only the mesh may say are taken out
    /// (``ReservedFields``); hop-by-hop fields are the codec's business and stay.
    public init(
        canonicalizing head: RequestHead,
        relaxing: Set<Relaxation> = []
    ) throws(RequestRefusal) {
        try Self.check(method: head.method)
        let target = try TargetForm(head)

        var hosts: [String] = []
        if let authority = target.authority {
            hosts.append(try CanonicalHost.make(authority, defaultPort: target.defaultPort))
        }
        // HTTP/2 may carry `host` beside `:authority` (RFC 9113, section 8.3.1); HTTP/1 carries one `Host`.
        if head.authorities.count > 1, head.version != .http2 { throw .hostRepeated }
        guard head.authorities.count <= 2 else { throw .hostRepeated }
        for authority in head.authorities {
            hosts.append(try CanonicalHost.make(authority, defaultPort: target.defaultPort))
        }
        if head.authorities.isEmpty, head.version != .http1_0 { throw .hostMissing }
        if let first = hosts.first, hosts.contains(where: { $0 != first }) { throw .hostDisagrees }

        method = head.method
        path = target.isAsterisk ? "*" : try CanonicalPath.make(target.path, relaxing: relaxing)
        query = try target.query.map { raw throws(RequestRefusal) in try Self.canonical(query: raw) }
        host = hosts.first ?? ""
        fields = head.fields
        fields.removeAll(whereName: ReservedFields.contains)
    }

    /// What follows the method on the request line and in `:path`.
    public var target: String {
        guard let query else { return path }
        return "\(path)?\(query)"
    }

    /// The host without its port.
    public var hostName: Substring {
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return host[...] }
        return host[..<colon]
    }

    private static func check(method: String) throws(RequestRefusal) {
        guard (1...32).contains(method.utf8.count), method.utf8.allSatisfy(HeaderFields.isTokenByte) else {
            throw .methodNotToken
        }
        for byte in method.utf8 where (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) {
            throw .methodLowercase
        }
        guard method != "CONNECT" else { throw .connect }
    }

    /// A query keeps its spelling, for it is never matched; bytes beyond ASCII are percent-encoded.
    private static func canonical(query: ArraySlice<UInt8>) throws(RequestRefusal) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(query.count)
        for byte in query {
            guard byte > 0x20, byte != 0x7f else { throw .targetByte(byte) }
            if byte < 0x80 {
                result.append(byte)
            } else {
                CanonicalPath.appendEncoded(byte, to: &result)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// A request target taken apart (RFC 9112, section 3.2), bytes not yet looked into.
private struct TargetForm {
    var authority: ArraySlice<UInt8>?
    var path: ArraySlice<UInt8>
    var query: ArraySlice<UInt8>?
    var isAsterisk = false
    /// The port that goes without saying.
    var defaultPort: UInt16 = 80

    init(_ head: RequestHead) throws(RequestRefusal) {
        let target = head.target[...]
        guard let first = target.first else { throw .targetEmpty }
        guard target.count <= CanonicalRequest.maximumTargetLength else { throw .targetTooLong }
        guard !target.contains(UInt8(ascii: "#")) else { throw .fragment }

        if target.elementsEqual("*".utf8) {
            guard head.method == "OPTIONS" else { throw .asteriskWithoutOptions }
            path = []
            isAsterisk = true
            return
        }
        var rest = target
        if first != UInt8(ascii: "/") {
            // A backslash at the front, or an absolute form in HTTP/2, is not a way to write a path.
            guard head.version != .http2, let scheme = Self.scheme(of: target) else { throw .targetForm }
            guard let port = Self.defaultPort(ofScheme: target[..<scheme.lowerBound]) else {
                throw .targetScheme
            }
            defaultPort = port
            rest = target[scheme.upperBound...]
            let end = rest.firstIndex { Self.endsAuthority($0) } ?? rest.endIndex
            authority = rest[..<end]
            rest = rest[end...]
            if rest.isEmpty, head.method == "OPTIONS" {
                path = []
                isAsterisk = true
                return
            }
        }
        let mark = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        path = mark == rest.startIndex ? [UInt8(ascii: "/")] : rest[..<mark]
        query = mark == rest.endIndex ? nil : rest[(mark + 1)...]
    }

    /// Where `://` stands, if what comes before could be a scheme.
    private static func scheme(of target: ArraySlice<UInt8>) -> Range<Int>? {
        guard let colon = target.prefix(16).firstIndex(of: UInt8(ascii: ":")) else { return nil }
        guard target[colon...].starts(with: "://".utf8) else { return nil }
        return colon..<(colon + 3)
    }

    /// Schemes are compared without case (CVE-2023-35944).
    private static func defaultPort(ofScheme scheme: ArraySlice<UInt8>) -> UInt16? {
        switch String(decoding: scheme.map { $0 | 0x20 }, as: UTF8.self) {
        case "http": 80
        case "https": 443
        default: nil
        }
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "?")
    }
}
