/// Base64 of RFC 4648, section 4, for the data of Secrets.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    private static let padding = UInt8(ascii: "=")

    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        func letter(_ shift: Int) -> UInt8 { alphabet[Int(bits >> UInt32(shift)) & 63] }
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 1
            guard count == 3 else { continue }
            result += [letter(18), letter(12), letter(6), letter(0)]
            bits = 0
            count = 0
        }
        if count == 1 {
            bits <<= 16
            result += [letter(18), letter(12), padding, padding]
        } else if count == 2 {
            bits <<= 8
            result += [letter(18), letter(12), letter(6), padding]
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// How many bytes a text stands for, or where it breaks; line breaks are passed over, as in Go.
    static func decodedCount(_ text: String) -> Result<Int, Malformed> {
        var letters = 0
        var pads = 0
        for (offset, byte) in text.utf8.enumerated() where byte != 10 && byte != 13 {
            if byte == padding {
                // Padding fills up a group of four that has two letters or three.
                guard letters % 4 >= 2, letters % 4 + pads < 4 else {
                    return .failure(Malformed(offset: offset))
                }
                pads += 1
            } else {
                guard pads == 0, isLetter(byte) else { return .failure(Malformed(offset: offset)) }
                letters += 1
            }
        }
        guard (letters + pads) % 4 == 0 else { return .failure(Malformed(offset: text.utf8.count)) }
        return .success(letters * 3 / 4)
    }

    struct Malformed: Error {
        var offset: Int
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
