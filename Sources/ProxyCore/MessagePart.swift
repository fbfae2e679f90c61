public import CanonicalHTTP
public import NIOCore

/// A piece of a request, the same whichever HTTP version carried it.
///
///     head · body* · end
public enum RequestPart: Equatable, Sendable {
    case head(RequestHead, BodyLength)
    case body(ByteBuffer)
    /// The request is complete; the trailer fields are mostly empty.
    case end(HeaderFields)
}

/// A piece of a response, the same whichever HTTP version carried it.
///
///     informational* · head · body* · end
///     informational* · switching                 (HTTP/1.1 only; bytes follow)
public enum ResponsePart: Equatable, Sendable {
    /// 100...199 except 101.
    case informational(ResponseHead)
    case head(ResponseHead, BodyLength)
    case body(ByteBuffer)
    case end(HeaderFields)
    /// 101: what follows on this connection is not HTTP any more (RFC 9110, section 7.8).
    case switching(ResponseHead)
}

/// How much body follows a head, as far as the head tells.
public enum BodyLength: Equatable, Sendable {
    /// There is none, whatever `Content-Length` says (HEAD, 204, 304).
    case none
    case bytes(UInt64)
    /// As much as comes: chunked, ended by the connection or by END_STREAM.
    case open
}

/// What a connection accepts at most; what is longer is refused before it is stored.
public struct MessageLimits: Equatable, Sendable {
    /// Start line and fields together, in bytes.
    public var head = 64 * 1024
    /// The request target, in bytes.
    public var target = CanonicalRequest.maximumTargetLength
    /// Fields in a head or in trailers.
    public var fields = 128
    /// The trailers of one message, in bytes.
    public var trailers = 8 * 1024
    /// All chunk extensions of one message together, in bytes; they are dropped, never forwarded.
    public var chunkExtensions = 4 * 1024

    public init() {}
}
