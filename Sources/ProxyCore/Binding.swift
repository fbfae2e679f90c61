public import KubernetesModel
public import NetworkTypes

/// A port of the workload and where its program really listens: `8080` or `8080=127.0.0.1:18080`.
public struct InboundBinding: Hashable, Sendable {
    /// The port that policies and Services speak of.
    public let port: Port
    public let application: SocketEndpoint

    public init(port: Port, application: SocketEndpoint) {
        self.port = port
        self.application = application
    }

    public init(parsing text: some StringProtocol) throws(BindingError) {
        let parts = String(text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        do {
            port = try Port(parsing: parts[0])
            application =
                parts.count == 2
                ? try SocketEndpoint(parsing: parts[1]) : SocketEndpoint(address: .loopback, port: port)
        } catch {
            throw .inbound(String(text.prefix(100)))
        }
    }
}

/// A Service that the program calls, and the local address at which it finds it:
/// `orders.shop:8080=127.0.0.1:9001`.
public struct UpstreamBinding: Hashable, Sendable {
    public let destination: ServiceAddress
    public let listen: SocketEndpoint

    public init(destination: ServiceAddress, listen: SocketEndpoint) {
        self.destination = destination
        self.listen = listen
    }

    public init(parsing text: some StringProtocol) throws(BindingError) {
        let parts = String(text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .upstream(String(text.prefix(400))) }
        do {
            destination = try ServiceAddress(parsing: parts[0])
        } catch {
            throw .destination(error)
        }
        do {
            listen = try SocketEndpoint(parsing: parts[1])
        } catch {
            throw .upstream(String(text.prefix(400)))
        }
    }
}

/// Why a text is not a binding.
public enum BindingError: Error, Equatable, Sendable {
    case inbound(String)
    case upstream(String)
    case destination(ServiceAddressError)
}

extension BindingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .inbound(let text): "'\(text)' is not a port; write 8080 or 8080=127.0.0.1:18080"
        case .upstream(let text): "'\(text)' is not an upstream; write orders.shop:8080=127.0.0.1:9001"
        case .destination(let error): error.description
        }
    }
}

extension InboundBinding: CustomStringConvertible {
    public var description: String { "\(port)=\(application)" }
}

extension UpstreamBinding: CustomStringConvertible {
    public var description: String { "\(destination)=\(listen)" }
}
