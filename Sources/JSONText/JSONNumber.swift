/// A number as it was spelled.
///
/// JSON sets no bounds to numbers (RFC 8259, section 6), and a detour over binary floating point would change
/// some. The text is kept; readers say what they need it to be.
public struct JSONNumber: Hashable, Sendable {
    /// The spelling, by the grammar of RFC 8259, section 6.
    public let text: String

    init(unchecked text: String) {
        self.text = text
    }

    public init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// The shortest spelling that reads back as the same value; `nil` for infinities and NaN.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = "\(value)"
    }

    /// The value, when it is spelled without fraction and exponent and fits.
    public var int: Int? { Int(text) }

    public var uint64: UInt64? { UInt64(text) }

    /// The nearest binary value; `nil` when it is too large for one.
    public var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Whether it has neither fraction nor exponent.
    public var isInteger: Bool {
        text.utf8.allSatisfy {
            $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    }
}

extension JSONNumber: CustomStringConvertible {
    public var description: String { text }
}
