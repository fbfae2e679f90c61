/// An IPv4 or IPv6 address.
///
/// Two 64-bit halves in host order, so that hashing and masking are cheap. An IPv4-mapped IPv6 address
/// (`::ffff:10.0.0.1`, RFC 4291, section 2.5.5.2) becomes the IPv4 address it stands for: a rule about
/// `10.0.0.0/8` must not be passed by writing the same address in another family.
public struct IPAddress: Hashable, Sendable {
    public enum Family: UInt8, Hashable, Sendable {
        case v4 = 4
        case v6 = 6

        /// The number of bits in an address: 32 or 128.
        public var bitWidth: Int {
            switch self {
            case .v4: 32
            case .v6: 128
            }
        }
    }

    public let family: Family
    /// The upper half; zero for IPv4.
    public let high: UInt64
    /// The lower half; for IPv4 the address in its low 32 bits.
    public let low: UInt64

    public init(v4 bits: UInt32) {
        self.init(family: .v4, high: 0, low: UInt64(bits))
    }

    public init(v6High high: UInt64, low: UInt64) {
        if high == 0, low >> 32 == 0xffff {
            self.init(v4: UInt32(truncatingIfNeeded: low))
        } else {
            self.init(family: .v6, high: high, low: low)
        }
    }

    private init(family: Family, high: UInt64, low: UInt64) {
        self.family = family
        self.high = high
        self.low = low
    }

    public static let loopback = IPAddress(v4: 0x7f00_0001)

    public var isLoopback: Bool {
        switch family {
        case .v4: low >> 24 == 127
        case .v6: high == 0 && low == 1
        }
    }
}

extension IPAddress: Comparable {
    /// Orders IPv4 before IPv6, then by number.
    public static func < (left: Self, right: Self) -> Bool {
        (left.family.rawValue, left.high, left.low) < (right.family.rawValue, right.high, right.low)
    }
}
