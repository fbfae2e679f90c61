/// The identifiers of objects: random, of version 4 (RFC 9562, section 5.4).
enum UID {
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        let high = (UInt64.random(in: .min ... .max, using: &random) & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low =
            (UInt64.random(in: .min ... .max, using: &random) & 0x3FFF_FFFF_FFFF_FFFF)
            | 0x8000_0000_0000_0000
        let digits = hexadecimal(high) + hexadecimal(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
