public import CanonicalHTTP

/// Why bytes are not an HTTP/1.1 message that this proxy takes (RFC 9112).
///
/// Nothing here is repaired: two parsers that mend differently are what request smuggling lives from.
public enum MessageError: Error, Equatable, Sendable {
    case headTooLong(limit: Int)
    case targetTooLong(limit: Int)
    case tooManyFields(limit: Int)
    case trailersTooLong(limit: Int)
    /// A request line that is not `token SP target SP HTTP-version`.
    case requestLine
    case statusLine
    /// Neither `HTTP/1.1` nor `HTTP/1.0`.
    case version
    /// A line feed without a carriage return before it (section 2.2).
    case bareLineFeed
    /// Obsolete line folding (section 5.2).
    case foldedField
    /// A field line without a colon, or with white space before it (section 5.1).
    case fieldLine
    case field(HeaderFieldError)
    /// Both `Content-Length` and `Transfer-Encoding` (section 6.3).
    case lengthAndCoding
    case repeatedLength
    /// Not 1 to 18 decimal digits.
    case badLength
    /// A transfer coding other than `chunked`, alone and once.
    case coding
    /// `Transfer-Encoding` in an HTTP/1.0 message (section 6.1).
    case codingInHTTP10
    case chunkSize
    case chunkEnd
    case chunkExtensionsTooLong(limit: Int)
    /// A 101 that does not complete a WebSocket handshake (RFC 6455, section 4.2.2).
    case badUpgrade
    /// The connection ended in the middle of a message.
    case truncated
}

extension MessageError {
    /// The status code of the refusal, when it is a request that is refused.
    public var status: UInt16 {
        switch self {
        case .targetTooLong: 414
        case .headTooLong, .tooManyFields, .trailersTooLong: 431
        case .version: 505
        case .coding: 501
        case .requestLine, .statusLine, .bareLineFeed, .foldedField, .fieldLine, .field, .lengthAndCoding,
            .repeatedLength, .badLength, .codingInHTTP10, .chunkSize, .chunkEnd, .chunkExtensionsTooLong,
            .badUpgrade, .truncated:
            400
        }
    }
}

extension MessageError: CustomStringConvertible {
    /// A sentence for the one who sent it; holds numbers, never what was sent.
    public var description: String {
        switch self {
        case .headTooLong(let limit): "the head is longer than \(limit) bytes"
        case .targetTooLong(let limit): "the request target is longer than \(limit) bytes"
        case .tooManyFields(let limit): "more than \(limit) header fields"
        case .trailersTooLong(let limit): "the trailers are longer than \(limit) bytes"
        case .requestLine: "the request line is not `method SP target SP version`"
        case .statusLine: "the status line is malformed"
        case .version: "the version is neither HTTP/1.1 nor HTTP/1.0"
        case .bareLineFeed: "a line ends with LF alone"
        case .foldedField: "obsolete line folding"
        case .fieldLine: "a field line has no colon, or white space before it"
        case .field(.emptyName): "a field name is empty"
        case .field(.nameByte(let byte)): "a field name holds the byte \(byte)"
        case .field(.valueByte(let byte)): "a field value holds the byte \(byte)"
        case .lengthAndCoding: "both Content-Length and Transfer-Encoding"
        case .repeatedLength: "Content-Length more than once"
        case .badLength: "Content-Length is not a decimal number"
        case .coding: "a transfer coding other than `chunked`"
        case .codingInHTTP10: "Transfer-Encoding in HTTP/1.0"
        case .chunkSize: "a chunk size is malformed"
        case .chunkEnd: "a chunk does not end where its size says"
        case .chunkExtensionsTooLong(let limit): "chunk extensions are longer than \(limit) bytes"
        case .badUpgrade: "a 101 that completes no WebSocket handshake"
        case .truncated: "the connection ended in the middle of a message"
        }
    }
}
