/// A moment as Kubernetes writes it: RFC 3339 in UTC, whole seconds (`meta/v1` Time) or microseconds (MicroTime).
///
/// Years 0001 to 9999. No clock is read here.
public struct Timestamp: Hashable, Sendable {
    /// Since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    /// `nil` outside the years that can be written.
    public init?(microseconds: Int64) {
        guard (Self.first...Self.last).contains(microseconds) else { return nil }
        self.microseconds = microseconds
    }

    /// The nearest moment that can be written.
    public init(clampingSeconds seconds: Int64) {
        let lowest = Self.first / 1_000_000
        let highest = Self.last / 1_000_000
        microseconds = min(max(seconds, lowest), highest) * 1_000_000
    }

    public static let epoch = Timestamp(clampingSeconds: 0)

    private static let first: Int64 = -62_135_596_800_000_000
    private static let last: Int64 = 253_402_300_799_999_999

    /// Whole seconds since 1970, rounded down.
    public var seconds: Int64 { Self.floorDivide(microseconds, 1_000_000) }

    /// The moment after that length of time; `nil` outside the years that can be written.
    public func adding(_ duration: Duration) -> Timestamp? {
        let parts = duration.components
        let (scaled, overflow) = parts.seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return nil }
        let (length, tooLong) = scaled.addingReportingOverflow(parts.attoseconds / 1_000_000_000_000)
        guard !tooLong else { return nil }
        let (sum, tooLate) = microseconds.addingReportingOverflow(length)
        return tooLate ? nil : Timestamp(microseconds: sum)
    }

    /// The length of time since another moment; negative when that is later.
    public func since(_ other: Timestamp) -> Duration { .microseconds(microseconds - other.microseconds) }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Timestamp: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
}

// MARK: - Text

extension Timestamp: CustomStringConvertible {
    /// As `meta/v1` Time: `2026-01-02T03:04:05Z`.
    public var description: String { "\(dateAndTime)Z" }

    /// As MicroTime, for Leases and Events: `2026-01-02T03:04:05.000006Z`.
    public var microTime: String {
        let fraction = microseconds - seconds * 1_000_000
        return "\(dateAndTime).\(Self.padded(fraction, 6))Z"
    }

    private var dateAndTime: String {
        let days = Self.floorDivide(seconds, 86_400)
        let second = seconds - days * 86_400
        let (year, month, day) = Self.civil(days: days)
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
            + "\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Reads RFC 3339, with any offset and up to nine digits of fraction; `nil` for everything else.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard (20...35).contains(bytes.count) else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            return value
        }
        func has(_ character: Unicode.Scalar, at index: Int) -> Bool {
            index < bytes.count && bytes[index] == UInt8(ascii: character)
        }
        guard
            has("-", at: 4), has("-", at: 7), has("T", at: 10), has(":", at: 13), has(":", at: 16),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if has(".", at: index) {
            let digits = bytes[(index + 1)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...9).contains(digits.count), let value = number(digits.startIndex..<digits.endIndex)
            else {
                return nil
            }
            var scaled = value
            for _ in digits.count..<9 { scaled *= 10 }
            fraction = scaled / 1000
            index = digits.endIndex
        }
        var offset: Int64 = 0
        if has("Z", at: index) {
            index += 1
        } else {
            guard
                has("+", at: index) || has("-", at: index), has(":", at: index + 3),
                let hours = number((index + 1)..<(index + 3)),
                let minutes = number((index + 4)..<(index + 6)),
                hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (has("-", at: index) ? -1 : 1)
            index += 6
        }
        guard index == bytes.count else { return nil }
        let clock = hour * 3600 + minute * 60 + second - offset
        let whole = Self.days(year: year, month: month, day: day) * 86_400 + clock
        self.init(microseconds: whole * 1_000_000 + fraction)
    }
}

// MARK: - The calendar (proleptic Gregorian)

extension Timestamp {
    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days since 1970-01-01.
    ///
    /// Years are counted from March, so that a leap day is a year's last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
