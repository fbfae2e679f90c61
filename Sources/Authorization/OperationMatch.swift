import CanonicalHTTP

/// One entry of a rule's `to`.
public enum OperationMatch: Hashable, Sendable {
    case http(HTTPMatch)
    case grpc(GRPCMatch)

    /// What the entry is called in a metric's `route` label and in a record: text of the policy, never of a client.
    public var route: String {
        switch self {
        case .http(let match): match.path?.description ?? "*"
        case .grpc(let match): "\(match.service)/\(match.methods.count == 1 ? match.methods[0] : "*")"
        }
    }

    /// What the request lacks to match; empty when it does.
    ///
    /// A rule that denies reads the request the widest way, for a server might.
    func misses(_ request: CanonicalRequest, for action: Rule.Action) -> Misses {
        switch self {
        case .http(let match): match.misses(request, for: action)
        case .grpc(let match): match.misses(request, for: action)
        }
    }
}

/// Conditions on an HTTP request; all that are given must hold.
public struct HTTPMatch: Hashable, Sendable {
    /// Any of these; empty: every method.
    public var methods: [String]
    public var path: PathPattern?
    /// Any of these; empty: every host.
    public var hosts: [HostPattern]
    /// All of these.
    public var headers: [HeaderMatch]

    public init(
        methods: [String] = [],
        path: PathPattern? = nil,
        hosts: [HostPattern] = [],
        headers: [HeaderMatch] = []
    ) {
        self.methods = methods
        self.path = path
        self.hosts = hosts
        self.headers = headers
    }

    func misses(_ request: CanonicalRequest, for action: Rule.Action) -> Misses {
        var misses: Misses = []
        if !methods.isEmpty, !methods.contains(request.method) { misses.insert(.method) }
        if let path, !path.matches(request.path) { misses.insert(.path) }
        if !hosts.isEmpty, !hosts.contains(where: { $0.matches(request) }) { misses.insert(.host) }
        if !headers.allSatisfy({ $0.matches(request.fields, for: action) }) { misses.insert(.header) }
        return misses
    }
}

/// A gRPC service, or some of its methods: `POST /<service>/<method>` with a gRPC content type.
public struct GRPCMatch: Hashable, Sendable {
    public var service: String
    /// Any of these; empty: every method of the service.
    public var methods: [String]

    public init(service: String, methods: [String] = []) {
        self.service = service
        self.methods = methods
    }

    func misses(_ request: CanonicalRequest, for action: Rule.Action) -> Misses {
        var misses: Misses = []
        let parts = request.path.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        if parts.count != 2 || !parts[0].elementsEqual(service.utf8) || parts[1].isEmpty {
            misses.insert(.service)
        } else if !methods.isEmpty, !methods.contains(where: { parts[1].elementsEqual($0.utf8) }) {
            misses.insert(.rpc)
        }
        // Servers exist that serve the same procedure to GET or to JSON: a denial does not depend on how one asks.
        guard action == .allow else { return misses }
        if request.method != "POST" { misses.insert(.method) }
        if !Self.isGRPC(request.fields.onlyValue(of: "content-type")) { misses.insert(.contentType) }
        return misses
    }

    private static func isGRPC(_ value: ArraySlice<UInt8>?) -> Bool {
        let expected = "application/grpc"
        guard let value, value.count >= expected.utf8.count else { return false }
        let head = value.prefix(expected.utf8.count)
        guard head.elementsEqual(expected.utf8, by: { $0 | 0x20 == $1 | 0x20 }) else { return false }
        guard let next = value.dropFirst(expected.utf8.count).first else { return true }
        return next == UInt8(ascii: "+") || next == UInt8(ascii: ";")
    }
}

/// A condition on the values of one header field.
public struct HeaderMatch: Hashable, Sendable {
    public enum Condition: Hashable, Sendable {
        case present
        /// Any of these, byte for byte.
        case oneOf([String])
    }

    /// Lower case.
    public var name: String
    public var condition: Condition

    public init(name: String, condition: Condition) {
        self.name = name
        self.condition = condition
    }

    /// Whether the fields satisfy it.
    ///
    /// A field that appears twice lets a rule allow only if every value does; it makes a rule deny if any value does,
    /// also one in a comma-separated list, for who denies `x-env: prod` means it said in any way.
    func matches(_ fields: HeaderFields, for action: Rule.Action) -> Bool {
        let values = fields.values(of: name)
        guard !values.isEmpty else { return false }
        guard case .oneOf(let expected) = condition else { return true }
        switch action {
        case .allow:
            return values.allSatisfy { Self.is($0, oneOf: expected) }
        case .deny:
            return values.contains { value in
                Self.is(value, oneOf: expected)
                    || value.split(separator: UInt8(ascii: ",")).contains {
                        Self.is(Self.trim($0), oneOf: expected)
                    }
            }
        }
    }

    private static func `is`(_ value: ArraySlice<UInt8>, oneOf expected: [String]) -> Bool {
        expected.contains { value.elementsEqual($0.utf8) }
    }

    private static func trim(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let rest = value.drop(while: isSpace)
        guard let last = rest.lastIndex(where: { !isSpace($0) }) else { return [] }
        return rest[...last]
    }
}
