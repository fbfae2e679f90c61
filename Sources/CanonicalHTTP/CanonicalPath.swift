/// A path in the one spelling in which it is matched and forwarded.
///
/// Every path that a server could decode to the same bytes has the same spelling here: bytes that may stand raw in
/// a segment (`pchar`, RFC 3986, section 3.3) stand raw, all others as `%` and two upper-case digits. Decoded once
/// only: `%252f` is the four characters `%2f` and stays `%252f`.
enum CanonicalPath {
    private static let slash = UInt8(ascii: "/")
    private static let percent = UInt8(ascii: "%")
    private static let semicolon = UInt8(ascii: ";")

    /// Gives the canonical path, or says why there is none.
    ///
    /// `raw` begins with a slash or a backslash and holds neither `?` nor `#`. Linear in its length.
    static func make(
        _ raw: some Collection<UInt8>,
        relaxing: Set<Relaxation>
    ) throws(RequestRefusal) -> String {
        let spelled = try respell(Array(raw), relaxing: relaxing)
        return String(decoding: try resolveDots(spelled, relaxing: relaxing), as: UTF8.self)
    }

    /// Gives each byte its one spelling.
    private static func respell(_ raw: [UInt8], relaxing: Set<Relaxation>) throws(RequestRefusal) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            index += 1
            guard byte == percent else {
                guard byte > 0x20, byte != 0x7f else { throw .targetByte(byte) }
                decoded.append(byte)
                if byte == slash || byte == UInt8(ascii: "\\") {
                    result.append(slash)
                } else if byte == semicolon {
                    guard relaxing.contains(.pathParameters) else { throw .pathParameter }
                    result.append(byte)
                } else if allowsRaw(byte) {
                    result.append(byte)
                } else {
                    appendEncoded(byte, to: &result)
                }
                continue
            }
            guard index + 1 < raw.count, let high = digit(raw[index]), let low = digit(raw[index + 1]) else {
                throw .badPercentEncoding
            }
            index += 2
            let value = high << 4 | low
            try check(encoded: value, relaxing: relaxing)
            decoded.append(value)
            if allowsRaw(value) {
                result.append(value)
            } else {
                appendEncoded(value, to: &result)
            }
        }
        if !relaxing.contains(.invalidUTF8), decoded.contains(where: { $0 >= 0x80 }) {
            guard String(validating: decoded, as: UTF8.self) != nil else { throw .notUTF8 }
        }
        return result
    }

    private static func check(encoded byte: UInt8, relaxing: Set<Relaxation>) throws(RequestRefusal) {
        switch byte {
        case 0:
            guard relaxing.contains(.encodedNull) else { throw .encodedNull }
        case slash:
            guard relaxing.contains(.encodedSlash) else { throw .encodedSlash }
        case UInt8(ascii: "\\"):
            guard relaxing.contains(.encodedBackslash) else { throw .encodedBackslash }
        case semicolon:
            // Some servers cut parameters off before they decode, some after.
            guard relaxing.contains(.pathParameters) else { throw .pathParameter }
        case 1..<0x20, 0x7f:
            guard relaxing.contains(.encodedControl) else { throw .encodedControl(byte) }
        default:
            break
        }
    }

    /// Resolves `.` and `..` (RFC 3986, section 5.2.4) and merges slashes; climbing above the root is refused.
    private static func resolveDots(
        _ spelled: [UInt8],
        relaxing: Set<Relaxation>
    ) throws(RequestRefusal) -> [UInt8] {
        var segments: [ArraySlice<UInt8>] = []
        var endsInSlash = true
        for segment in spelled.dropFirst().split(separator: slash, omittingEmptySubsequences: false) {
            endsInSlash = true
            if segment.isEmpty || segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) {
                guard segments.popLast() != nil else { throw .aboveRoot }
                continue
            }
            if !relaxing.isEmpty { try refuseHiddenDots(segment) }
            segments.append(segment)
            endsInSlash = false
        }
        var result: [UInt8] = []
        result.reserveCapacity(spelled.count)
        for segment in segments {
            result.append(slash)
            result += segment
        }
        if endsInSlash { result.append(slash) }
        return result
    }

    /// Refuses `..` where a server that decodes late or drops parameters would find one.
    private static func refuseHiddenDots(_ segment: ArraySlice<UInt8>) throws(RequestRefusal) {
        // `%2F`, `%5C`, `%3B` and `%00` are all that a relaxation lets through; each ends a piece.
        var rest = segment
        while true {
            let end = rest.indices.first { isSeparator(rest[$0...]) } ?? rest.endIndex
            let piece = rest[..<end]
            // `a/..b` was harmless; a whole segment of dots was resolved before, so only a split one comes here.
            if end != rest.endIndex || piece.startIndex != segment.startIndex {
                if piece.elementsEqual(".".utf8) || piece.elementsEqual("..".utf8) { throw .hiddenDotSegment }
            }
            guard end < rest.endIndex else { return }
            rest = rest[(end + (rest[end] == percent ? 3 : 1))...]
        }
    }

    private static func isSeparator(_ bytes: ArraySlice<UInt8>) -> Bool {
        if bytes.first == semicolon { return true }
        return ["%2F", "%5C", "%3B", "%00"].contains { bytes.starts(with: $0.utf8) }
    }

    /// Unreserved, sub-delimiter other than `;`, `:` or `@`: has no other meaning than itself within a segment.
    private static func allowsRaw(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("),
            UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "="):
            true
        case UInt8(ascii: ":"), UInt8(ascii: "@"): true
        default: false
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    static func appendEncoded(_ byte: UInt8, to result: inout [UInt8]) {
        result.append(percent)
        for half in [byte >> 4, byte & 0xf] {
            result.append(half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "A") + half - 10)
        }
    }
}
