/// An amount of a resource, such as `100m` of a processor or `1.5Gi` of memory (`resource.Quantity`).
///
/// Exact down to 10⁻⁹, below which it is rounded away from zero, as Kubernetes does; at most 2⁶³ − 1 in size. Equal
/// amounts are equal however they are written.
public struct Quantity: Sendable {
    /// How the amount is written.
    public enum Format: Hashable, Sendable {
        /// `k`, `M`, `G`…: powers of 1,000.
        case decimal
        /// `Ki`, `Mi`, `Gi`…: powers of 1,024.
        case binary
        /// `e3`, `e6`…
        case exponent
    }

    /// Why a text is no quantity; the words are those of kube-apiserver.
    public enum ParseError: Error, Hashable, Sendable {
        case malformed
        case unknownSuffix
        case tooLarge
    }

    private static let nanosPerUnit: Int128 = 1_000_000_000
    private static let bound = Int128(Int64.max) * nanosPerUnit
    private static let textLimit = 128

    /// The amount, in 10⁻⁹; never beyond the bound.
    private let nanos: Int128
    public let format: Format

    private init?(nanos: Int128, _ format: Format) {
        guard nanos.magnitude <= Self.bound.magnitude else { return nil }
        self.nanos = nanos
        self.format = format
    }

    /// A whole amount.
    public init(_ value: Int64) {
        nanos = Swift.max(-Self.bound, Int128(value) * Self.nanosPerUnit)
        format = .decimal
    }

    /// Reads an amount as users write it: a sign, digits with a point, and a suffix or an exponent.
    public init(parsing text: String) throws(ParseError) {
        guard (1...Self.textLimit).contains(text.utf8.count) else { throw .malformed }
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let number = rest.prefix { Self.isDigit($0) || $0 == UInt8(ascii: ".") }
        let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, number.contains(where: Self.isDigit) else { throw .malformed }
        guard let suffix = Suffix(parsing: rest.dropFirst(number.count)) else { throw .unknownSuffix }

        var fraction = parts.count == 2 ? Array(parts[1]) : []
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        var amount: Int128 = 0
        for digit in Array(parts[0]) + fraction {
            guard let next = Self.product(amount, 10) else { throw .tooLarge }
            amount = next + Int128(digit - UInt8(ascii: "0"))
        }
        guard let scaled = Self.product(amount, suffix.factor),
            let nanos = Self.scaled(scaled, byPowerOfTen: 9 - fraction.count + suffix.power),
            let quantity = Quantity(nanos: isNegative ? -nanos : nanos, suffix.format)
        else { throw .tooLarge }
        self = quantity
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// `nil` when it would come near the end of what the type holds.
    private static func product(_ left: Int128, _ right: Int128) -> Int128? {
        let (result, isOverflown) = left.multipliedReportingOverflow(by: right)
        return isOverflown || result > Int128.max - 9 ? nil : result
    }

    /// Rounds up what is not whole.
    private static func scaled(_ value: Int128, byPowerOfTen power: Int) -> Int128? {
        guard value != 0 else { return 0 }
        var result = value
        if power >= 0 {
            for _ in 0..<power {
                // Ends after at most 39 rounds, whatever exponent was asked for.
                guard let next = product(result, 10) else { return nil }
                result = next
            }
            return result
        }
        var isRounded = false
        for _ in power..<0 {
            guard result != 0 else { break }
            let (quotient, remainder) = result.quotientAndRemainder(dividingBy: 10)
            isRounded = isRounded || remainder != 0
            result = quotient
        }
        return isRounded ? result + 1 : result
    }

    // MARK: Reckoning

    public var isZero: Bool { nanos == 0 }
    public var isNegative: Bool { nanos < 0 }

    /// The amount in whole units, rounded away from zero.
    public var units: Int64 { Self.roundedAway(nanos, Self.nanosPerUnit) }

    /// The amount in thousandths, rounded away from zero; the largest there is when there are more.
    public var thousandths: Int64 { Self.roundedAway(nanos, 1_000_000) }

    private static func roundedAway(_ nanos: Int128, _ unit: Int128) -> Int64 {
        let (quotient, remainder) = nanos.quotientAndRemainder(dividingBy: unit)
        return Int64(clamping: quotient + remainder.signum())
    }

    /// The sum, in this one's format; `nil` when it is too large.
    public func adding(_ other: Quantity) -> Quantity? {
        Quantity(nanos: nanos + other.nanos, isZero ? other.format : format)
    }

    /// The difference, in this one's format; `nil` when it is too large.
    public func subtracting(_ other: Quantity) -> Quantity? {
        Quantity(nanos: nanos - other.nanos, isZero ? other.format : format)
    }
}

extension Quantity: Hashable, Comparable {
    public static func == (left: Self, right: Self) -> Bool { left.nanos == right.nanos }
    public static func < (left: Self, right: Self) -> Bool { left.nanos < right.nanos }
    public func hash(into hasher: inout Hasher) { hasher.combine(nanos) }
}

// MARK: - Words

extension Quantity {
    /// What stands behind the digits.
    fileprivate struct Suffix {
        var format: Format
        var power = 0
        var factor: Int128 = 1

        static let decimal =
            [(-9, "n"), (-6, "u"), (-3, "m"), (0, ""), (3, "k"), (6, "M"), (9, "G")]
            + [(12, "T"), (15, "P"), (18, "E")]
        static let binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

        init?(parsing text: Substring.UTF8View) {
            if let known = Self.decimal.first(where: { text.elementsEqual($0.1.utf8) }) {
                format = .decimal
                power = known.0
            } else if let place = Self.binary.firstIndex(where: { text.elementsEqual($0.utf8) }) {
                format = .binary
                factor = Int128(1) << Int128(10 * place)
            } else {
                let digits = text.dropFirst()
                guard text.first == UInt8(ascii: "e") || text.first == UInt8(ascii: "E"),
                    let power = Int(Substring(digits)), (-1000...1000).contains(power)
                else { return nil }
                format = .exponent
                self.power = power
            }
        }
    }
}

extension Quantity: CustomStringConvertible {
    /// The canonical text: no fraction, and the largest suffix with which there is none.
    public var description: String {
        if format == .binary, nanos.magnitude >= Self.nanosPerUnit.magnitude * 1024,
            nanos % Self.nanosPerUnit == 0
        {
            var (value, place) = (nanos / Self.nanosPerUnit, 0)
            while place < 6, value % 1024 == 0 {
                value /= 1024
                place += 1
            }
            return "\(value)\(Suffix.binary[place])"
        }
        guard nanos != 0 else { return "0" }
        var (value, power) = (nanos, -9)
        while power < 18, value % 1000 == 0 {
            value /= 1000
            power += 3
        }
        guard format == .exponent else {
            return "\(value)\(Suffix.decimal.first { $0.0 == power }?.1 ?? "")"
        }
        return power == 0 ? "\(value)" : "\(value)e\(power)"
    }
}

extension Quantity.ParseError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed:
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        case .unknownSuffix: "unable to parse quantity's suffix"
        case .tooLarge: "unable to parse numeric part of quantity"
        }
    }
}
