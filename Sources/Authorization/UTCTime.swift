/// A moment as people and tools read it: `2026-11-21T02:03:04.005006007Z` (RFC 3339).
public struct UTCTime: Hashable, Sendable {
    /// Since 1970-01-01 00:00 UTC, leap seconds not counted.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }
}

extension UTCTime: CustomStringConvertible {
    public var description: String {
        let (seconds, fraction) = floorDivide(nanoseconds, 1_000_000_000)
        let (day, second) = floorDivide(seconds, 86_400)
        let date = civil(day)
        let clock = [second / 3600, second / 60 % 60, second % 60].map { pad($0, to: 2) }
        return "\(pad(date.year, to: 4))-\(pad(date.month, to: 2))-\(pad(date.day, to: 2))"
            + "T\(clock.joined(separator: ":")).\(pad(fraction, to: 9))Z"
    }

    /// The Gregorian date of a day counted from 1970-01-01, by eras of 400 years that begin in March.
    private func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(day + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private func pad(_ value: Int64, to width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
