extension JSONParser {
    /// Reads a string from its opening to its closing quote (RFC 8259, section 7).
    mutating func string() throws(JSONError) -> String {
        let opening = position
        position += 1
        let start = position
        while true {
            switch try peek() {
            case UInt8(ascii: "\""):
                // The common case: nothing was escaped.
                let text = try text(bytes[start..<position], from: opening)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(from: opening, plain: bytes[start..<position])
            case let byte where byte < 0x20:
                throw error(.controlByteInString(byte))
            default:
                position += 1
            }
        }
    }

    private mutating func escapedString(
        from opening: Int,
        plain: ArraySlice<UInt8>
    ) throws(JSONError) -> String {
        var buffer = Array(plain)
        while true {
            switch try peek() {
            case UInt8(ascii: "\""):
                position += 1
                return try text(buffer[...], from: opening)
            case UInt8(ascii: "\\"):
                try appendEscape(to: &buffer)
            case let byte where byte < 0x20:
                throw error(.controlByteInString(byte))
            case let byte:
                buffer.append(byte)
                position += 1
            }
        }
    }

    private func text(_ slice: ArraySlice<UInt8>, from opening: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONError(.invalidUTF8, at: opening)
        }
        return text
    }

    private mutating func appendEscape(to buffer: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        let kind = try peek()
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(kind)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): buffer.append(contentsOf: try unicodeEscape(from: start))
        default: throw JSONError(.unknownEscape(kind), at: start)
        }
    }

    /// The character of `\uXXXX`, or of two of them that make a surrogate pair, in UTF-8.
    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> [UInt8] {
        let first = try codeUnit(from: start)
        var units = [first]
        if UTF16.isLeadSurrogate(first) {
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw JSONError(.loneSurrogate, at: start) }
            position += 2
            let second = try codeUnit(from: position - 2)
            guard UTF16.isTrailSurrogate(second) else { throw JSONError(.loneSurrogate, at: start) }
            units.append(second)
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw JSONError(.loneSurrogate, at: start)
        }
        return Array(text.utf8)
    }

    private mutating func codeUnit(from start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let byte = try peek()
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw JSONError(.malformedUnicodeEscape, at: start)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
