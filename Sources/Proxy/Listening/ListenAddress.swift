import NIOCore
public import NetworkTypes

/// Where a listener binds.
public enum ListenAddress: Sendable {
    /// 127.0.0.1, any free port.
    case loopback
    /// Any free port.
    case anyPort(of: IPAddress)
    case endpoint(SocketEndpoint)

    func socketAddress() throws -> SocketAddress {
        switch self {
        case .loopback: try SocketAddress(ipAddress: "127.0.0.1", port: 0)
        case .anyPort(let address): try SocketAddress(ipAddress: address.description, port: 0)
        case .endpoint(let endpoint): try SocketAddress(endpoint)
        }
    }
}

extension SocketAddress {
    init(_ endpoint: SocketEndpoint) throws {
        try self.init(ipAddress: endpoint.address.description, port: Int(endpoint.port.number))
    }

    /// The address in our type; `nil` for sockets that have none.
    var networkAddress: IPAddress? {
        ipAddress.flatMap { try? IPAddress(parsing: $0.prefix { $0 != "%" }) }
    }

    var endpoint: SocketEndpoint? {
        guard let networkAddress, let number = port, let port = Port(number) else { return nil }
        return SocketEndpoint(address: networkAddress, port: port)
    }
}
