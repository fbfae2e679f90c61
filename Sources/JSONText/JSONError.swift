/// Why bytes are not the JSON that we accept, and where.
///
/// Carries the kind and the place, never the text: it comes from outside and may hold a secret.
public struct JSONError: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// The text ends where more was expected.
        case unexpectedEnd
        case unexpectedByte(UInt8)
        /// Something follows the value.
        case trailingBytes
        /// A number outside the grammar, such as `01` or `1.`.
        case malformedNumber
        case unknownEscape(UInt8)
        /// `\u` is not followed by four hexadecimal digits.
        case malformedUnicodeEscape
        /// A UTF-16 surrogate without its partner: it means no character.
        case loneSurrogate
        /// A byte below 0x20 inside a string (RFC 8259, section 7).
        case controlByteInString(UInt8)
        case invalidUTF8
        /// Readers disagree on which of two members counts (RFC 8259, section 4), so neither does.
        case duplicateName
        case tooLong(limit: Int)
        case tooDeep(limit: Int)
    }

    public var reason: Reason
    /// In bytes from the beginning of the text.
    public var offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexpectedEnd: "the JSON ends too early"
        case .unexpectedByte(let byte): "unexpected byte 0x\(Self.hexadecimal(byte))"
        case .trailingBytes: "something follows the JSON value"
        case .malformedNumber: "malformed number"
        case .unknownEscape(let byte): "unknown escape, byte 0x\(Self.hexadecimal(byte))"
        case .malformedUnicodeEscape: "\\u needs four hexadecimal digits"
        case .loneSurrogate: "a UTF-16 surrogate without its partner"
        case .controlByteInString(let byte): "control byte 0x\(Self.hexadecimal(byte)) in a string"
        case .invalidUTF8: "a string is not UTF-8"
        case .duplicateName: "a member's name comes twice"
        case .tooLong(let limit): "the JSON is longer than \(limit) bytes"
        case .tooDeep(let limit): "the JSON is nested deeper than \(limit)"
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
