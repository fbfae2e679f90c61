import NetworkTypes

/// The formats of strings that Kubernetes checks; it accepts any text for a format that it does not know.
enum StringFormat {
    static func accepts(_ text: String, _ format: String) -> Bool {
        switch format {
        case "date-time", "datetime": isDateTime(text)
        case "date": isDate(Array(text.utf8)[...])
        case "byte": isBase64(text)
        case "uuid": isUUID(text, version: nil)
        case "uuid3": isUUID(text, version: "3")
        case "uuid4": isUUID(text, version: "4")
        case "uuid5": isUUID(text, version: "5")
        case "ipv4": (try? IPAddress(parsing: text)) != nil && !text.contains(":")
        case "ipv6": (try? IPAddress(parsing: text)) != nil && text.contains(":")
        case "cidr": (try? CIDR(parsing: text)) != nil && text.contains("/")
        case "mac": isMAC(text)
        case "hostname": isHostname(text)
        case "email": isEmail(text)
        case "uri": isURI(text)
        case "duration": isDuration(text)
        case "hexcolor": isHexColor(text)
        default: true
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 48)
        }
        return digits.isEmpty || digits.count > 9 ? nil : value
    }

    private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard bytes.count == 10, parts.count == 3, parts[0].count == 4, parts[1].count == 2,
            let year = number(parts[0]), let month = number(parts[1]), let day = number(parts[2]),
            (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    /// RFC 3339, section 5.6.
    private static func isDateTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, isDate(bytes[..<10]), bytes[10] | 0x20 == UInt8(ascii: "t"),
            isTime(bytes[11..<19], seconds: 60)
        else { return false }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !digits.isEmpty else { return false }
            rest = rest[digits.endIndex...]
        }
        guard let zone = rest.first else { return false }
        if zone | 0x20 == UInt8(ascii: "z") { return rest.count == 1 }
        guard zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-"), rest.count == 6 else { return false }
        return isTime(rest.dropFirst() + Array(":00".utf8), seconds: 59)
    }

    private static func isTime(_ bytes: ArraySlice<UInt8>, seconds: Int) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.count == 2 }), let hour = number(parts[0]),
            let minute = number(parts[1]), let second = number(parts[2])
        else { return false }
        return hour <= 23 && minute <= 59 && second <= seconds
    }

    /// RFC 4648, section 4, with its padding; Go also ignores the ends of lines.
    private static func isBase64(_ text: String) -> Bool {
        let bytes = text.utf8.filter { $0 != 10 && $0 != 13 }
        guard bytes.count % 4 == 0 else { return false }
        let padding = bytes.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return bytes.dropLast(padding).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte | 0x20)
    }

    /// With hyphens or without, as Kubernetes takes it.
    private static func isUUID(_ text: String, version: Character?) -> Bool {
        let hyphens = [8, 13, 18, 23]
        let bytes = Array(text.utf8)
        var digits: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if bytes.count == 36, hyphens.contains(index) {
                guard byte == UInt8(ascii: "-") else { return false }
            } else {
                guard isHex(byte) else { return false }
                digits.append(byte)
            }
        }
        guard digits.count == 32 else { return false }
        return version.map { $0.asciiValue == digits[12] } ?? true
    }

    private static func isMAC(_ text: String) -> Bool {
        for (separator, width) in [(":", 2), ("-", 2), (".", 4)] {
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            let isHexadecimal = parts.allSatisfy { $0.utf8.count == width && $0.utf8.allSatisfy(isHex) }
            if isHexadecimal, [6, 8, 20].contains(parts.count * width / 2) { return true }
        }
        return false
    }

    /// RFC 1123, section 2.1.
    private static func isHostname(_ text: String) -> Bool {
        guard (1...255).contains(text.utf8.count) else { return false }
        let labels = (text.hasSuffix(".") ? text.dropLast() : text[...]).split(
            separator: ".",
            omittingEmptySubsequences: false
        )
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
                && label.utf8.last != UInt8(ascii: "-")
                && label.unicodeScalars.allSatisfy {
                    $0 == "-" || $0.properties.isAlphabetic || $0.properties.numericType != nil
                }
        }
    }

    /// A local part and a domain (RFC 5322, addr-spec), without comments and quotes' finer points.
    private static func isEmail(_ text: String) -> Bool {
        guard let at = text.lastIndex(of: "@"), text.utf8.count <= 320 else { return false }
        let local = text[..<at]
        let domain = text[text.index(after: at)...]
        let isQuoted = local.count >= 2 && local.hasPrefix("\"") && local.hasSuffix("\"")
        let isAtoms = local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.unicodeScalars.allSatisfy {
                    $0.value > 32 && $0.value != 127 && !"()<>[]:;@\\,\"".unicodeScalars.contains($0)
                }
        }
        let isLiteral = domain.hasPrefix("[") && domain.hasSuffix("]")
        return (isQuoted || isAtoms) && (isLiteral || isHostname(String(domain)))
    }

    /// A URI with a scheme, or a path that begins with a slash, as Go's ParseRequestURI takes it.
    private static func isURI(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else { return false }
        var rest = text.utf8[...]
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            let digits = rest[percent...].dropFirst().prefix(2)
            guard digits.count == 2, digits.allSatisfy(isHex) else { return false }
            rest = rest[digits.endIndex...]
        }
        if text.hasPrefix("/") { return true }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = text.utf8[..<colon]
        guard let first = scheme.first, (97...122).contains(first | 0x20) else { return false }
        return scheme.allSatisfy {
            (97...122).contains($0 | 0x20) || (48...57).contains($0) || [43, 45, 46].contains($0)
        }
    }

    /// Of Go (`1h30m`, `-1.5s`), or in words that Kubernetes takes too (`3 days`).
    private static func isDuration(_ text: String) -> Bool {
        durations.contains { $0.matches(text) } || text == "0"
    }

    private static let durations = [
        #"^[-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$"#,
        #"^[0-9]+ *(ns|nanos?|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)$"#,
    ].compactMap { try? RegularExpression(parsing: $0) }

    private static func isHexColor(_ text: String) -> Bool {
        let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
        return (digits.utf8.count == 3 || digits.utf8.count == 6) && digits.utf8.allSatisfy(isHex)
    }
}
