public import JSONText
import NIOCore
public import NIOPosix
public import NetworkTypes
import ProxyCore
public import Telemetry

/// Tells operators and probes how the proxy is: `/live`, `/ready`, `/metrics`, `/config`, on loopback.
///
/// Only reads; nothing that is a secret is within its reach.
public final class AdminServer: Sendable {
    public let endpoint: SocketEndpoint
    private let channel: any Channel

    private init(endpoint: SocketEndpoint, channel: any Channel) {
        self.endpoint = endpoint
        self.channel = channel
    }

    /// - Parameters:
    ///   - group: Where its connections live.
    ///   - address: Where it listens.
    ///   - state: What it tells.
    /// - Returns: The server, listening.
    /// - Throws: When the address cannot be bound.
    public static func start(
        group: MultiThreadedEventLoopGroup,
        on address: ListenAddress = .loopback,
        telling state: AdminState
    ) async throws -> AdminServer {
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AdminHandler(state))
                }
            }
            .bind(to: address.socketAddress()).get()
        guard let endpoint = channel.localAddress?.endpoint else {
            try await channel.close()
            throw ChannelError.operationUnsupported
        }
        return AdminServer(endpoint: endpoint, channel: channel)
    }

    public func close() async {
        // Closed already is as good.
        try? await channel.close()
    }
}

/// What the admin server tells, asked anew for each request.
public struct AdminState: Sendable {
    public var isReady: @Sendable () -> Bool
    public var metrics: MetricRegistry
    /// Policies, identities and destinations in force, without keys.
    public var configuration: @Sendable () -> JSONValue

    public init(
        isReady: @escaping @Sendable () -> Bool,
        metrics: MetricRegistry,
        configuration: @escaping @Sendable () -> JSONValue
    ) {
        self.isReady = isReady
        self.metrics = metrics
        self.configuration = configuration
    }
}
