/// The boundary inside which one set of roots is trusted, such as `prod.example`.
///
/// 1...255 bytes of `a-z 0-9 . - _` (SPIFFE-ID, section 2.1). Holding one is proof that the text was
/// checked; nothing downstream checks again.
public struct TrustDomain: Hashable, Sendable {
    public let name: String

    public init(parsing text: some StringProtocol) throws(IdentityError) {
        guard (1...255).contains(text.utf8.count) else { throw .trustDomainLength(text.utf8.count) }
        for byte in text.utf8 where !Self.allows(byte) {
            throw .trustDomainByte(byte)
        }
        name = String(text)
    }

    private init(unchecked name: String) {
        self.name = name
    }

    /// What a mesh uses that was told nothing else: `cluster.local`.
    public static let `default` = TrustDomain(unchecked: "cluster.local")

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

extension TrustDomain: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.name < right.name }
}

extension TrustDomain: CustomStringConvertible {
    public var description: String { name }
}
