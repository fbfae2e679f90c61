/// The conditions of a rule that a request did not meet; none means that the rule matched.
public struct Misses: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// None of `from` is the caller.
    public static let peer = Misses(rawValue: 1 << 0)
    /// The rule is about HTTP and these are bytes.
    public static let notHTTP = Misses(rawValue: 1 << 1)
    public static let method = Misses(rawValue: 1 << 2)
    public static let path = Misses(rawValue: 1 << 3)
    public static let host = Misses(rawValue: 1 << 4)
    public static let header = Misses(rawValue: 1 << 5)
    public static let service = Misses(rawValue: 1 << 6)
    public static let rpc = Misses(rawValue: 1 << 7)
    public static let contentType = Misses(rawValue: 1 << 8)
    public static let tokenAbsent = Misses(rawValue: 1 << 9)
    public static let issuer = Misses(rawValue: 1 << 10)
    public static let audience = Misses(rawValue: 1 << 11)
    public static let claim = Misses(rawValue: 1 << 12)
    /// The rule allows and cannot be resolved.
    public static let unresolved = Misses(rawValue: 1 << 13)

    /// How far the request was from the rule: small for what the same caller might ask differently, large for another
    /// caller or another resource.
    public var distance: Int {
        Self.table.reduce(0) { contains($1.miss) ? $0 + $1.weight : $0 }
    }

    /// Stable names in kebab case, in a fixed order.
    public var names: [String] {
        Self.table.compactMap { contains($0.miss) ? $0.name : nil }
    }

    private static let table: [(miss: Misses, name: String, weight: Int)] = [
        (.peer, "peer", 4), (.notHTTP, "not-http", 3), (.method, "method", 1), (.path, "path", 3),
        (.host, "host", 2), (.header, "header", 2), (.service, "service", 3), (.rpc, "rpc", 1),
        (.contentType, "content-type", 2), (.tokenAbsent, "token-absent", 2), (.issuer, "issuer", 2),
        (.audience, "audience", 1), (.claim, "claim", 1), (.unresolved, "unresolved", 8),
    ]
}
