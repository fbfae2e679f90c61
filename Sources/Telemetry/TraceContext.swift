/// Where a request stands in a distributed trace (W3C Trace Context, section 3.2).
///
/// On the wire `00-<trace id, 32 digits>-<parent id, 16 digits>-<flags, 2 digits>`, lower-case hexadecimal. What is not
/// exactly that is no context, and a new trace begins. Identifiers come from the generator that is passed in.
public struct TraceContext: Hashable, Sendable {
    /// The two halves, not both zero.
    private let high: UInt64
    private let low: UInt64
    /// Not zero.
    private let parent: UInt64
    /// Only bit 0, "sampled", has a meaning; the others must not be handed on (section 3.2.2.5).
    public let isSampled: Bool

    private init(high: UInt64, low: UInt64, parent: UInt64, isSampled: Bool) {
        self.high = high
        self.low = low
        self.parent = parent
        self.isSampled = isSampled
    }

    /// Begins a trace.
    public init(isSampled: Bool, using generator: inout some RandomNumberGenerator) {
        self.init(
            high: generator.next(),
            low: Self.nonZero(using: &generator),
            parent: Self.nonZero(using: &generator),
            isSampled: isSampled
        )
    }

    /// Reads the value of a `traceparent` field; `nil` when it is none.
    ///
    /// A later version may append to the four fields of version 00, and is read by those (section 4.3).
    public init?(parsing value: some Collection<UInt8>) {
        let bytes = Array(value.prefix(56))
        guard bytes.count >= 55,
            [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            let version = Self.number(bytes[0..<2]), version != 0xFF,
            bytes.count == 55 || (version > 0 && bytes[55] == UInt8(ascii: "-")),
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]), high | low != 0,
            let parent = Self.number(bytes[36..<52]), parent != 0,
            let flags = Self.number(bytes[53..<55])
        else { return nil }
        self.init(high: high, low: low, parent: parent, isSampled: flags & 1 == 1)
    }

    public init?(parsing value: String) {
        self.init(parsing: value.utf8)
    }

    /// The same trace, one step further.
    public func child(using generator: inout some RandomNumberGenerator) -> TraceContext {
        TraceContext(high: high, low: low, parent: Self.nonZero(using: &generator), isSampled: isSampled)
    }

    public var traceID: String { Self.digits(high) + Self.digits(low) }
    public var parentID: String { Self.digits(parent) }

    private static func nonZero(using generator: inout some RandomNumberGenerator) -> UInt64 {
        let value: UInt64 = generator.next()
        // One value in 2^64 is drawn twice as often as the others.
        return value == 0 ? 1 : value
    }

    private static func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// At most sixteen lower-case digits; upper-case ones are not allowed (section 3.2.2).
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }
}

extension TraceContext: CustomStringConvertible {
    /// The value of the `traceparent` field.
    public var description: String { "00-\(traceID)-\(parentID)-\(isSampled ? "01" : "00")" }
}
