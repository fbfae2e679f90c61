/// A TCP port, 1...65535.
public struct Port: Hashable, Sendable {
    public let number: UInt16

    /// `nil` for 0, which means "any" to the kernel and nothing to a policy.
    public init?(_ number: some BinaryInteger) {
        guard let number = UInt16(exactly: number), number > 0 else { return nil }
        self.number = number
    }

    /// Parses 1 to 5 decimal digits without sign or leading zero.
    public init(parsing text: some StringProtocol) throws(NetworkTypesError) {
        guard
            (1...5).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            text.utf8.first != UInt8(ascii: "0"),
            let number = UInt16(text),
            let port = Port(number)
        else { throw .notAPort(String(text.prefix(16))) }
        self = port
    }
}

extension Port: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension Port: CustomStringConvertible {
    public var description: String { String(number) }
}
