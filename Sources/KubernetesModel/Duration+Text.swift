/// Why a text is not a length of time.
public struct DurationTextError: Error, Equatable, Sendable, CustomStringConvertible {
    public let text: String

    public var description: String { "'\(text)' is not a length of time; write 500ms, 30s, 5m, 1h or 1h30m" }
}

extension Duration {
    /// Parses a length of time as Kubernetes writes it: whole numbers with the units `ms`, `s`, `m` and `h`.
    ///
    /// Several may follow each other (`1h30m`), at most four, each of at most nine digits. Fractions, signs and the
    /// units `us` and `ns` are not for configuration and are refused.
    public init(parsing text: some StringProtocol) throws(DurationTextError) {
        let bytes = Array(text.utf8)
        let failure = DurationTextError(text: String(text.prefix(32)))
        guard (2...48).contains(bytes.count) else { throw failure }
        var total = Duration.zero
        var index = 0
        var parts = 0
        while index < bytes.count {
            let digits = bytes[index...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard
                (1...9).contains(digits.count),
                parts < 4,
                let number = Int64(String(decoding: digits, as: UTF8.self))
            else { throw failure }
            let unit = bytes[digits.endIndex...].prefix {
                !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            switch String(decoding: unit, as: UTF8.self) {
            case "ms": total += .milliseconds(number)
            case "s": total += .seconds(number)
            case "m": total += .seconds(number * 60)
            case "h": total += .seconds(number * 3600)
            default: throw failure
            }
            index = unit.endIndex
            parts += 1
        }
        self = total
    }
}
