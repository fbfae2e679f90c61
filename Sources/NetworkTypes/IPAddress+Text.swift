/// Why a text is not an address, a range or a port.
public enum NetworkTypesError: Error, Equatable, Sendable {
    case notAnAddress(String)
    case notARange(String)
    /// The bits behind the prefix are not zero; `meant` is the range with them cleared.
    case hostBitsSet(String, meant: String)
    case notAPort(String)
    case notAnEndpoint(String)
}

extension NetworkTypesError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAnAddress(let text): "'\(text)' is not an IP address"
        case .notARange(let text): "'\(text)' is not an address range; write 10.0.0.0/8"
        case .hostBitsSet(let text, let meant): "'\(text)' has bits behind its prefix; write \(meant)"
        case .notAPort(let text): "'\(text)' is not a port; write a number from 1 to 65535"
        case .notAnEndpoint(let text): "'\(text)' is not an address and a port; write 127.0.0.1:8080"
        }
    }
}

extension IPAddress {
    /// Parses dotted decimal (four octets, no leading zeros) or RFC 4291, section 2.2.
    ///
    /// No zone index, no brackets, no octal, no shortened IPv4: one address has one reading.
    public init(parsing text: some StringProtocol) throws(NetworkTypesError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 45 else { throw .notAnAddress(String(text.prefix(45))) }
        if let bits = Self.parseV4(bytes[...]) {
            self.init(v4: bits)
        } else if let (high, low) = Self.parseV6(bytes) {
            self.init(v6High: high, low: low)
        } else {
            throw .notAnAddress(String(text))
        }
    }

    private static func parseV4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var result: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else {
                return nil
            }
            var octet: UInt32 = 0
            for byte in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
            }
            guard octet <= 255 else { return nil }
            result = result << 8 | octet
        }
        return result
    }

    private static func parseV6(_ bytes: [UInt8]) -> (UInt64, UInt64)? {
        let colon = UInt8(ascii: ":")
        var gap: Int?
        var groups: [UInt16] = []
        var index = 0
        if bytes.starts(with: [colon, colon]) {
            gap = 0
            index = 2
        }
        while index < bytes.count {
            guard groups.count < 8 else { return nil }
            let end = bytes[index...].firstIndex(of: colon) ?? bytes.count
            let part = bytes[index..<end]
            if end == bytes.count, part.contains(UInt8(ascii: ".")) {
                guard let v4 = parseV4(part), groups.count <= 6 else { return nil }
                groups += [UInt16(v4 >> 16), UInt16(truncatingIfNeeded: v4)]
                index = end
                break
            }
            guard let group = parseGroup(part) else { return nil }
            groups.append(group)
            guard end < bytes.count else {
                index = end
                break
            }
            index = end + 1
            if index < bytes.count, bytes[index] == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 1
            } else if index == bytes.count {
                return nil
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        let high = groups[0..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        let low = groups[4..<8].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        return (high, low)
    }

    private static func parseGroup(_ part: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(part.count) else { return nil }
        var value: UInt16 = 0
        for byte in part {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or the canonical text of RFC 5952.
    public var description: String {
        switch family {
        case .v4:
            return (0..<4).map { String(low >> (24 - 8 * $0) & 0xff) }.joined(separator: ".")
        case .v6:
            let groups = (0..<8).map { index in
                UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> (48 - 16 * (index % 4)))
            }
            guard let zeros = Self.longestZeroRun(groups) else { return Self.text(groups[...]) }
            return Self.text(groups[..<zeros.lowerBound]) + "::" + Self.text(groups[zeros.upperBound...])
        }
    }

    private static func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first longest run of at least two zero groups.
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            guard groups[start] == 0 else {
                start += 1
                continue
            }
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start >= 2, end - start > best?.count ?? 0 { best = start..<end }
            start = end
        }
        return best
    }
}
