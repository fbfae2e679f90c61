/// A name that can be proved: `spiffe://<trust-domain>/<path>`.
///
/// At most 2,048 bytes; the path, if any, is `/`-separated segments of `a-z A-Z 0-9 . - _`, none empty, `.`
/// or `..`, with no slash at the end, no query, no fragment, no percent-encoding (SPIFFE-ID, sections 2.1 to
/// 2.3). The scheme and the trust domain are lower case; other spellings are refused, not repaired.
public struct SPIFFEID: Hashable, Sendable {
    public let trustDomain: TrustDomain
    /// Empty, or begins with a slash.
    public let path: String

    public init(parsing text: some StringProtocol) throws(IdentityError) {
        guard text.utf8.count <= 2048 else { throw .tooLong(text.utf8.count) }
        let scheme = "spiffe://"
        guard text.utf8.starts(with: scheme.utf8) else { throw .schemeNotSPIFFE }
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        trustDomain = try TrustDomain(parsing: String(decoding: rest[..<slash], as: UTF8.self))
        path = String(decoding: rest[slash...], as: UTF8.self)
        try Self.validate(path: path)
    }

    init(trustDomain: TrustDomain, uncheckedPath path: String) {
        self.trustDomain = trustDomain
        self.path = path
    }

    /// Checks a path's bytes and segments.
    static func validate(path: String) throws(IdentityError) {
        guard !path.isEmpty else { return }
        guard path.utf8.last != UInt8(ascii: "/") else { throw .trailingSlash }
        for byte in path.utf8 where byte != UInt8(ascii: "/") && !allowsInSegment(byte) {
            throw .pathByte(byte)
        }
        for segment in path.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        ) {
            guard !segment.isEmpty else { throw .emptyPathSegment }
            if segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) { throw .dotPathSegment }
        }
    }

    static func allowsInSegment(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

extension SPIFFEID: CustomStringConvertible {
    public var description: String { "spiffe://\(trustDomain.name)\(path)" }
}
