import NetworkTypes

/// A host in the one spelling in which it is matched and forwarded: lower case, no trailing dot, no default port.
enum CanonicalHost {
    /// Gives `name`, `name:port`, `192.0.2.1:port` or `[2001:db8::1]:port`, or says why there is none.
    ///
    /// `defaultPort` is the scheme's: it goes away. A name is labels of letters, digits, `-` and `_`, 63 bytes each,
    /// 253 in all (RFC 1123, section 2.1, with the underscore that resolvers let pass).
    static func make(
        _ raw: some Collection<UInt8>,
        defaultPort: UInt16
    ) throws(RequestRefusal) -> String {
        guard raw.count <= 320 else { throw .hostMalformed }
        let bytes = Array(raw)
        guard !bytes.contains(UInt8(ascii: "@")) else { throw .hostUserInfo }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .hostMalformed }

        let name: String
        let rest: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .hostMalformed }
            name = try bracketed(bytes[1..<close])
            rest = bytes[(close + 1)...]
        } else {
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            name = try registered(bytes[..<colon])
            rest = bytes[colon...]
        }
        guard let port = try port(rest), port != defaultPort else { return name }
        return "\(name):\(port)"
    }

    private static func bracketed(_ bytes: ArraySlice<UInt8>) throws(RequestRefusal) -> String {
        let address: IPAddress
        do {
            address = try IPAddress(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .hostMalformed
        }
        switch address.family {
        case .v6: return "[\(address)]"
        // `[10.0.0.1]` is malformed; an IPv4-mapped address is the IPv4 address it stands for.
        case .v4:
            guard bytes.contains(UInt8(ascii: ":")) else { throw .hostMalformed }
            return address.description
        }
    }

    private static func registered(_ bytes: ArraySlice<UInt8>) throws(RequestRefusal) -> String {
        let name = bytes.last == UInt8(ascii: ".") ? bytes.dropLast() : bytes
        guard (1...253).contains(name.count) else { throw .hostMalformed }
        for label in name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...63).contains(label.count) else { throw .hostMalformed }
        }
        var result: [UInt8] = []
        result.reserveCapacity(name.count)
        for byte in name {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                result.append(byte | 0x20)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                result.append(byte)
            default:
                throw .hostMalformed
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `nil` when there is none; `:` alone says the same (RFC 3986, section 3.2.3).
    private static func port(_ rest: ArraySlice<UInt8>) throws(RequestRefusal) -> UInt16? {
        guard let colon = rest.first else { return nil }
        guard colon == UInt8(ascii: ":") else { throw .hostMalformed }
        let digits = rest.dropFirst()
        guard !digits.isEmpty else { return nil }
        do {
            return try Port(parsing: String(decoding: digits, as: UTF8.self)).number
        } catch {
            throw .hostMalformed
        }
    }
}
