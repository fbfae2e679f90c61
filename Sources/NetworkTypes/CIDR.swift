/// A range of addresses that share a prefix, such as `10.0.0.0/8` (RFC 4632, section 3.1).
public struct CIDR: Hashable, Sendable {
    /// The first address of the range.
    public let base: IPAddress
    /// The number of leading bits that are shared; 0...32 or 0...128.
    public let prefixLength: Int

    public init(parsing text: some StringProtocol) throws(NetworkTypesError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .notARange(String(text.prefix(64))) }
        let address = try IPAddress(parsing: parts[0])
        let digits = parts[1].utf8
        guard
            (1...3).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.count == 1 || digits.first != UInt8(ascii: "0"),
            let length = Int(parts[1]),
            length <= address.family.bitWidth
        else { throw .notARange(String(text.prefix(64))) }

        let masked = Self.mask(address, to: length)
        guard masked == address else {
            throw .hostBitsSet(String(text.prefix(64)), meant: "\(masked)/\(length)")
        }
        base = address
        prefixLength = length
    }

    /// The range that holds one address only.
    public init(_ address: IPAddress) {
        base = address
        prefixLength = address.family.bitWidth
    }

    public func contains(_ address: IPAddress) -> Bool {
        address.family == base.family && Self.mask(address, to: prefixLength) == base
    }

    public func contains(_ other: CIDR) -> Bool {
        other.prefixLength >= prefixLength && contains(other.base)
    }

    private static func mask(_ address: IPAddress, to length: Int) -> IPAddress {
        switch address.family {
        case .v4:
            let bits = UInt32(truncatingIfNeeded: address.low)
            return IPAddress(v4: length == 0 ? 0 : bits & (UInt32.max << (32 - length)))
        case .v6:
            let high = length >= 64 ? address.high : address.high & leading(length)
            let low = length >= 64 ? address.low & leading(length - 64) : 0
            return IPAddress(v6High: high, low: low)
        }
    }

    private static func leading(_ length: Int) -> UInt64 {
        length == 0 ? 0 : UInt64.max << (64 - length)
    }
}

extension CIDR: CustomStringConvertible {
    public var description: String { "\(base)/\(prefixLength)" }
}
