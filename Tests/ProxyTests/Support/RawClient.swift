import NIOCore
import NIOPosix
import NetworkTypes
import Synchronization

/// A TCP client that says exactly what a test wants said.
enum RawClient {
    /// Opens a connection for the length of the closure.
    static func with<Value: Sendable>(
        _ endpoint: SocketEndpoint,
        _ body: (RawConnection) async throws -> Value
    ) async throws -> Value {
        let inbox = Inbox()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            // A small window, so that one that does not read is felt soon.
            .channelOption(.socketOption(.so_rcvbuf), value: 65_536)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox))
                }
            }
            .connect(host: endpoint.address.description, port: Int(endpoint.port.number)).get()
        let connection = RawConnection(channel: channel, inbox: inbox)
        do {
            let value = try await body(connection)
            channel.close(promise: nil)
            return value
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    /// Sends a text and returns all that comes back before the connection closes.
    static func exchange(_ endpoint: SocketEndpoint, _ text: String) async throws -> String {
        try await with(endpoint) { connection in
            try await connection.send(text)
            return await connection.readToEnd()
        }
    }
}

/// What a test does with a connection.
struct RawConnection: Sendable {
    fileprivate let channel: any Channel
    fileprivate let inbox: Inbox

    func send(_ text: String) async throws {
        try await send(bytes: ByteBuffer(string: text))
    }

    func send(bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// Hands bytes over without waiting until the other side takes them.
    func push(_ bytes: ByteBuffer) -> EventLoopFuture<Void> {
        channel.writeAndFlush(bytes)
    }

    /// Says that nothing more will be sent.
    func closeOutput() async throws {
        try await channel.close(mode: .output)
    }

    /// Stops reading, so that the other side cannot send for ever.
    func stopReading() async throws {
        try await channel.setOption(.autoRead, value: false).get()
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
    }

    /// Drops what was received, so that the next text is looked for in what follows.
    func forget() {
        inbox.update { $0.bytes.clear() }
    }

    /// Waits until the text is there; returns what there is when the connection ends first.
    func read(until end: String) async -> String {
        await inbox.wait { $0.hasEnded || String(buffer: $0.bytes).contains(end) }
    }

    func read(atLeast count: Int) async -> Int {
        _ = await inbox.wait { $0.hasEnded || $0.bytes.readableBytes >= count }
        return inbox.count
    }

    /// Waits until the other side has said all.
    func readToEnd() async -> String {
        await inbox.wait { $0.hasEnded }
    }
}

private final class Inbox: Sendable {
    struct State {
        var bytes = ByteBuffer()
        var hasEnded = false
        var waiter: (condition: @Sendable (State) -> Bool, resume: CheckedContinuation<String, Never>)?
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.bytes.readableBytes } }

    func wait(_ condition: @escaping @Sendable (State) -> Bool) async -> String {
        await withCheckedContinuation { continuation in
            let now = state.withLock { state -> String? in
                if condition(state) { return String(buffer: state.bytes) }
                state.waiter = (condition, continuation)
                return nil
            }
            if let now { continuation.resume(returning: now) }
        }
    }

    func update(_ change: (inout State) -> Void) {
        let done = state.withLock { state -> (CheckedContinuation<String, Never>, String)? in
            change(&state)
            guard let waiter = state.waiter, waiter.condition(state) else { return nil }
            state.waiter = nil
            return (waiter.resume, String(buffer: state.bytes))
        }
        if let done { done.0.resume(returning: done.1) }
    }
}

private final class InboxHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: Inbox

    init(_ inbox: Inbox) {
        self.inbox = inbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        inbox.update { $0.bytes.writeBuffer(&bytes) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        inbox.update { $0.hasEnded = true }
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.update { $0.hasEnded = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inbox.update { $0.hasEnded = true }
        context.close(promise: nil)
    }
}
