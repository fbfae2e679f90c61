/// An address and a port that one can connect to: `10.0.0.1:8080`, `[2001:db8::1]:8080`.
public struct SocketEndpoint: Hashable, Sendable {
    public var address: IPAddress
    public var port: Port

    public init(address: IPAddress, port: Port) {
        self.address = address
        self.port = port
    }

    public init(parsing text: some StringProtocol) throws(NetworkTypesError) {
        guard let colon = text.lastIndex(of: ":") else { throw .notAnEndpoint(String(text.prefix(64))) }
        let port = try Port(parsing: text[text.index(after: colon)...])
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            self.init(address: try IPAddress(parsing: host.dropFirst().dropLast()), port: port)
        } else {
            guard !host.contains(":") else { throw .notAnEndpoint(String(text.prefix(64))) }
            self.init(address: try IPAddress(parsing: host), port: port)
        }
    }
}

extension SocketEndpoint: CustomStringConvertible {
    public var description: String {
        switch address.family {
        case .v4: "\(address):\(port)"
        case .v6: "[\(address)]:\(port)"
        }
    }
}
