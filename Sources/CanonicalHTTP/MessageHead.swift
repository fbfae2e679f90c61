/// What a codec read of a request before it was judged: HTTP/1.1's request line and fields, or HTTP/2's
/// pseudo-header fields and fields, in one shape.
public struct RequestHead: Equatable, Sendable {
    public var method: String
    /// The request target as received (HTTP/1.1) or `:path` (HTTP/2), query included.
    ///
    /// An absolute-form target keeps its scheme and authority here; `*` for OPTIONS, `host:port` for CONNECT.
    public var target: [UInt8]
    /// `:authority`, or the values of `Host` in the order they came; the canonical request takes exactly one.
    public var authorities: [[UInt8]]
    /// Everything else; neither `host` nor pseudo-header fields.
    public var fields: HeaderFields
    public var version: HTTPVersion

    public init(
        method: String,
        target: [UInt8],
        authorities: [[UInt8]],
        fields: HeaderFields,
        version: HTTPVersion
    ) {
        self.method = method
        self.target = target
        self.authorities = authorities
        self.fields = fields
        self.version = version
    }
}

/// The first part of a response.
public struct ResponseHead: Equatable, Sendable {
    /// 100...999, as received; 1xx heads precede the final one.
    public var status: UInt16
    public var fields: HeaderFields

    public init(status: UInt16, fields: HeaderFields = HeaderFields()) {
        self.status = status
        self.fields = fields
    }
}

public enum HTTPVersion: Hashable, Sendable {
    case http1_0
    case http1_1
    case http2
}
