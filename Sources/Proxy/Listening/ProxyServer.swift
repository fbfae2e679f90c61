import NIOCore
public import NIOPosix
public import NetworkTypes
import Synchronization

/// The data plane of one workload: its listeners and their connections.
///
/// All state of a connection lives on its event loop; what loops share are immutable snapshots.
public final class ProxyServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let settings: ProxySettings
    private let sources: ProxySources
    private let observer: any ProxyObserver
    private let environment: ProxyEnvironment
    private let pools: [ObjectIdentifier: NIOLoopBound<UpstreamPool>]
    private let listeners = Mutex<[Listener]>([])

    /// Makes a proxy without listeners.
    public init(
        group: MultiThreadedEventLoopGroup,
        settings: ProxySettings = ProxySettings(),
        sources: ProxySources,
        observer: any ProxyObserver,
        environment: ProxyEnvironment = ProxyEnvironment()
    ) async throws {
        self.group = group
        self.settings = settings
        self.sources = sources
        self.observer = observer
        self.environment = environment
        var pools: [ObjectIdentifier: NIOLoopBound<UpstreamPool>] = [:]
        for loop in group.makeIterator() {
            pools[ObjectIdentifier(loop)] = try await loop.submit {
                let dialer = Dialer(loop: loop, settings: settings, observer: observer, now: environment.now)
                return NIOLoopBound(
                    UpstreamPool(dialer: dialer, credentials: sources.credentials),
                    eventLoop: loop
                )
            }.get()
        }
        self.pools = pools
    }

    /// Listens for callers of a port that the workload declared, and leads those allowed to its program.
    ///
    /// - Returns: Where it listens, for the control plane to tell others.
    public func listenInbound(
        port: Port,
        on address: ListenAddress = .loopback,
        program: SocketEndpoint
    ) async throws -> SocketEndpoint {
        let services = InboundServices(
            port: port,
            program: program,
            policies: sources.policies,
            tokens: sources.tokens,
            credentials: sources.credentials,
            observer: observer,
            environment: environment
        )
        return try await listen(.inbound, on: address) { scope, pool in
            InboundConnection(scope: scope, services: services, pool: pool)
        }
    }

    /// Listens for the workload's own program, and leads it to a destination.
    public func listenOutbound(
        to destination: String,
        on address: ListenAddress = .loopback
    ) async throws -> SocketEndpoint {
        let services = OutboundServices(
            destination: destination,
            destinations: sources.destinations,
            observer: observer,
            environment: environment
        )
        return try await listen(.outbound, on: address) { scope, pool in
            OutboundConnection(scope: scope, services: services, pool: pool)
        }
    }

    /// Stops accepting, lets open work finish until the deadline, then closes what is left.
    public func drain(within grace: Duration) async {
        let listeners = listeners.withLock { held in
            defer { held = [] }
            return held
        }
        for listener in listeners { await listener.stopAccepting() }
        await withTaskGroup(of: Void.self) { tasks in
            for listener in listeners {
                tasks.addTask { await listener.drain(within: grace) }
            }
        }
        for (_, pool) in pools {
            try? await pool.eventLoop.submit { pool.value.drain() }.get()
        }
    }

    private func listen<Handler: ChannelInboundHandler>(
        _ direction: Direction,
        on address: ListenAddress,
        _ makeHandler: @escaping @Sendable (ConnectionScope, UpstreamPool) -> Handler
    ) async throws -> SocketEndpoint {
        let listener = try await Listener.start(
            group: group,
            direction: direction,
            address: address,
            settings: settings,
            observer: observer,
            pools: pools,
            makeHandler: makeHandler
        )
        listeners.withLock { $0.append(listener) }
        return listener.endpoint
    }
}

/// Where the proxy reads what it decides by; each answers from a snapshot, at once.
public struct ProxySources: Sendable {
    public var policies: any PolicySource
    public var credentials: any CredentialSource
    public var destinations: any DestinationSource
    public var tokens: any TokenSource

    public init(
        policies: any PolicySource,
        credentials: any CredentialSource,
        destinations: any DestinationSource,
        tokens: any TokenSource
    ) {
        self.policies = policies
        self.credentials = credentials
        self.destinations = destinations
        self.tokens = tokens
    }
}
