import NIOCore
import NIOPosix
import NetworkTypes
import Synchronization

/// One listening socket with its connections on every event loop.
final class Listener: Sendable {
    let endpoint: SocketEndpoint
    private let channel: any Channel
    private let scopes: [NIOLoopBound<ConnectionScope>]

    private init(
        endpoint: SocketEndpoint,
        channel: any Channel,
        scopes: [NIOLoopBound<ConnectionScope>]
    ) {
        self.endpoint = endpoint
        self.channel = channel
        self.scopes = scopes
    }

    static func start<Handler: ChannelInboundHandler>(
        group: MultiThreadedEventLoopGroup,
        direction: Direction,
        address: ListenAddress,
        settings: ProxySettings,
        observer: any ProxyObserver,
        pools: [ObjectIdentifier: NIOLoopBound<UpstreamPool>],
        makeHandler: @escaping @Sendable (ConnectionScope, UpstreamPool) -> Handler
    ) async throws -> Listener {
        var scopes: [ObjectIdentifier: NIOLoopBound<ConnectionScope>] = [:]
        for loop in group.makeIterator() {
            scopes[ObjectIdentifier(loop)] = try await loop.submit {
                NIOLoopBound(
                    ConnectionScope(loop: loop, settings: settings, observer: observer, direction: direction),
                    eventLoop: loop
                )
            }.get()
        }
        let open = OpenConnections(limit: settings.maximumConnections)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            // A client that vanished without a word is noticed, at last.
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { [scopes] channel in
                channel.eventLoop.makeCompletedFuture {
                    let key = ObjectIdentifier(channel.eventLoop)
                    guard open.enter(), let scope = scopes[key]?.value, let pool = pools[key]?.value else {
                        throw TooManyConnections()
                    }
                    channel.closeFuture.whenComplete { _ in open.leave() }
                    scope.accepted(channel)
                    try channel.pipeline.syncOperations.addHandler(GentleCloseHandler())
                    try channel.pipeline.syncOperations.addHandler(makeHandler(scope, pool))
                }
            }
        let channel = try await bootstrap.bind(to: address.socketAddress()).get()
        guard let endpoint = channel.localAddress?.endpoint else {
            try await channel.close()
            throw ChannelError.operationUnsupported
        }
        return Listener(endpoint: endpoint, channel: channel, scopes: Array(scopes.values))
    }

    func stopAccepting() async {
        // Closed already is as good.
        try? await channel.close()
    }

    /// Asks all connections to end, and closes those that have not when the time is up.
    func drain(within grace: Duration) async {
        await withTaskGroup(of: Void.self) { tasks in
            for scope in scopes {
                tasks.addTask {
                    let deadline = NIODeadline.now() + TimeAmount(grace)
                    let ended = scope.eventLoop.flatSubmit { scope.value.drain() }
                    let timer = scope.eventLoop.scheduleTask(deadline: deadline) { scope.value.closeAll() }
                    try? await ended.get()
                    timer.cancel()
                }
            }
        }
    }
}

private struct TooManyConnections: Error {}

/// Counts a listener's connections over all event loops.
private final class OpenConnections: Sendable {
    private let count = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func enter() -> Bool {
        guard count.add(1, ordering: .relaxed).newValue <= limit else {
            leave()
            return false
        }
        return true
    }

    func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}
