import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Answers HTTP requests on loopback with whatever bytes a test wants, one request a connection.
final class RawServer: Sendable {
    enum Answer: Sendable {
        case bytes(String)
        /// Nothing, for as long as the other side waits.
        case silence
        /// These bytes and then a space now and again, for ever.
        case trickle(String)

        static func ok(_ body: String) -> Answer {
            .bytes(
                "HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\nconnection: close\r\n\r\n\(body)"
            )
        }
    }

    private let state: Mutex<(answer: Answer, asked: Int)>

    private init(_ answer: Answer) {
        state = Mutex((answer, 0))
    }

    /// How many requests came.
    var asked: Int { state.withLock { $0.asked } }

    func answer(_ answer: Answer) {
        state.withLock { $0.answer = answer }
    }

    fileprivate func next() -> Answer {
        state.withLock { state in
            state.asked += 1
            return state.answer
        }
    }

    /// Runs a test beside a server; the body gets its address, such as `127.0.0.1:40123`.
    static func run(
        _ answer: Answer,
        _ body: (RawServer, String) async throws -> Void
    ) async throws {
        let server = RawServer(answer)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RawHandler(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        do {
            try await body(server, "127.0.0.1:\(try #require(channel.localAddress?.port))")
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }
}

private final class RawHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: RawServer
    private var request: [UInt8] = []

    init(_ server: RawServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        request += unwrapInboundIn(data).readableBytesView
        guard request.suffix(4) == Array("\r\n\r\n".utf8)[...] else { return }
        switch server.next() {
        case .bytes(let text):
            let done = context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)))
            done.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        case .silence:
            break
        case .trickle(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            trickle(context)
        }
    }

    private func trickle(_ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(20)) {
            guard context.channel.isActive else { return }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: " ")), promise: nil)
            self.trickle(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
