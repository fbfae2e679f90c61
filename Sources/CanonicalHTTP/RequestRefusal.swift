/// Why a request has no canonical form and is answered 400 instead of being judged.
///
/// Carries a byte or a name of ours at most, never the client's text: the reason ends in logs, metric labels and
/// problem documents.
public enum RequestRefusal: Error, Hashable, Sendable {
    case methodNotToken
    /// Methods are case-sensitive (RFC 9110, section 9.1), and servers exist that forget it.
    case methodLowercase
    /// A tunnel cannot be judged request by request.
    case connect
    case targetEmpty
    case targetTooLong
    /// Neither origin form, absolute form nor an asterisk (RFC 9112, section 3.2).
    case targetForm
    case targetScheme
    case targetByte(UInt8)
    case asteriskWithoutOptions
    case fragment
    case badPercentEncoding
    case encodedSlash
    case encodedBackslash
    case encodedNull
    case encodedControl(UInt8)
    case notUTF8
    case pathParameter
    /// A dot segment behind an encoded separator or before a parameter, such as `..%2f` or `..;x`.
    case hiddenDotSegment
    case aboveRoot
    case hostMissing
    case hostRepeated
    case hostMalformed
    case hostUserInfo
    /// Absolute form and `Host`, or `:authority` and `host`, name different hosts.
    case hostDisagrees

    /// A stable name in kebab case: a metric label, the `reason` of a record, a key in the manual.
    public var code: String {
        switch self {
        case .methodNotToken: "method-not-token"
        case .methodLowercase: "method-lowercase"
        case .connect: "connect"
        case .targetEmpty: "target-empty"
        case .targetTooLong: "target-too-long"
        case .targetForm: "target-form"
        case .targetScheme: "target-scheme"
        case .targetByte: "target-byte"
        case .asteriskWithoutOptions: "asterisk-without-options"
        case .fragment: "fragment"
        case .badPercentEncoding: "bad-percent-encoding"
        case .encodedSlash: "encoded-slash"
        case .encodedBackslash: "encoded-backslash"
        case .encodedNull: "encoded-null"
        case .encodedControl: "encoded-control"
        case .notUTF8: "not-utf8"
        case .pathParameter: "path-parameters"
        case .hiddenDotSegment: "hidden-dot-segment"
        case .aboveRoot: "above-root"
        case .hostMissing: "host-missing"
        case .hostRepeated: "host-repeated"
        case .hostMalformed: "host-malformed"
        case .hostUserInfo: "host-userinfo"
        case .hostDisagrees: "host-disagrees"
        }
    }

    /// The status the client gets.
    public var status: UInt16 {
        switch self {
        case .targetTooLong: 414
        case .connect: 405
        default: 400
        }
    }

    /// The relaxation that would let such a request pass, if there is one.
    public var relaxation: Relaxation? { Relaxation(rawValue: code) }
}

extension RequestRefusal: CustomStringConvertible {
    /// A sentence that says what to do.
    public var description: String {
        switch self {
        case .methodNotToken: "The method is not a token of at most 32 letters, digits and -._ (RFC 9110)."
        case .methodLowercase:
            "The method has lower-case letters; methods are case-sensitive, write GET, not get."
        case .connect: "CONNECT is refused: what goes through a tunnel cannot be judged."
        case .targetEmpty: "The request target is empty."
        case .targetTooLong:
            "The request target is longer than \(CanonicalRequest.maximumTargetLength) bytes."
        case .targetForm: "The request target begins with neither a slash nor http://."
        case .targetScheme: "The scheme of the request target is neither http nor https."
        case .targetByte(let byte):
            "The request target holds the raw byte \(hexadecimal(byte)); percent-encode it."
        case .asteriskWithoutOptions: "The target * belongs to OPTIONS only."
        case .fragment: "The request target holds a #; a fragment is never sent (RFC 9112)."
        case .badPercentEncoding:
            "A % in the path is not followed by two hexadecimal digits; write %25 for itself."
        case .encodedSlash: "The path holds an encoded slash (%2F), which servers read in different ways."
        case .encodedBackslash:
            "The path holds an encoded backslash (%5C), which servers read in different ways."
        case .encodedNull: "The path holds an encoded NUL (%00)."
        case .encodedControl(let byte): "The path holds the encoded control byte \(hexadecimal(byte))."
        case .notUTF8: "The percent-decoded path is not UTF-8 (an overlong form, perhaps)."
        case .pathParameter: "A path segment holds a ;parameter, which servers read in different ways."
        case .hiddenDotSegment: "The path hides a . or .. segment behind an encoded separator or a parameter."
        case .aboveRoot: "The path climbs above the root."
        case .hostMissing: "The request names no host."
        case .hostRepeated: "The request names its host more than once."
        case .hostMalformed: "The host is neither a name nor an address with an optional port."
        case .hostUserInfo: "The host carries user information (an @), which is refused."
        case .hostDisagrees: "The request names two different hosts."
        }
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16)
    }
}
