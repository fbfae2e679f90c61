public import JSONText
public import NetworkTypes

/// The one line that a proxy prints when it serves, for whoever started it.
///
///     {"ready":true,"admin":"127.0.0.1:40001","inbound":{"8080":"127.0.0.1:40002"},
///      "upstream":{"orders.shop:8080":"127.0.0.1:9001"},"identity":"spiffe://…"}
public struct ReadyReport: Equatable, Sendable {
    public var identity: String
    public var admin: SocketEndpoint
    public var inbound: [Port: SocketEndpoint]
    /// By the destination's text.
    public var upstream: [String: SocketEndpoint]

    public init(
        identity: String,
        admin: SocketEndpoint,
        inbound: [Port: SocketEndpoint],
        upstream: [String: SocketEndpoint]
    ) {
        self.identity = identity
        self.admin = admin
        self.inbound = inbound
        self.upstream = upstream
    }

    public var json: JSONValue {
        [
            "ready": true,
            "identity": .string(identity),
            "admin": .string(admin.description),
            "inbound": .object(
                JSONObject(
                    inbound.sorted { $0.key < $1.key }
                        .map { ($0.key.description, .string($0.value.description)) }
                )
            ),
            "upstream": .object(
                JSONObject(
                    upstream.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.description)) }
                )
            ),
        ]
    }

    /// Reads a line; `nil` when it is something else.
    public init?(parsing line: String) {
        guard
            let json = try? JSONValue(parsing: line),
            json["ready"]?.bool == true,
            let identity = json["identity"]?.string,
            let admin = Self.endpoint(json["admin"])
        else { return nil }
        self.init(identity: identity, admin: admin, inbound: [:], upstream: [:])
        for member in json["inbound"]?.object?.members ?? [] {
            guard let port = try? Port(parsing: member.name), let endpoint = Self.endpoint(member.value)
            else { return nil }
            inbound[port] = endpoint
        }
        for member in json["upstream"]?.object?.members ?? [] {
            guard let endpoint = Self.endpoint(member.value) else { return nil }
            upstream[member.name] = endpoint
        }
    }

    private static func endpoint(_ value: JSONValue?) -> SocketEndpoint? {
        value?.string.flatMap { try? SocketEndpoint(parsing: $0) }
    }
}
