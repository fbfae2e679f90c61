import NIOCore
import NIOPosix
import Synchronization

/// A proxy that connects through to wherever it is asked to, and remembers where and with which login.
final class ConnectProxy: Sendable {
    private let channel: any Channel
    private let log: Log

    init() async throws {
        let log = Log()
        self.log = log
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConnectHandler(log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    /// The heads of the requests, as text.
    var heads: [String] { log.heads.withLock { $0 } }

    func stop() async {
        try? await channel.close()
    }

    final class Log: Sendable {
        let heads = Mutex<[String]>([])
    }
}

private final class ConnectHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let log: ConnectProxy.Log
    private var head = ""
    private var peer: (any Channel)?

    init(log: ConnectProxy.Log) {
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let piece = unwrapInboundIn(data)
        if let peer {
            peer.writeAndFlush(piece, promise: nil)
            return
        }
        head += String(buffer: piece)
        guard head.hasSuffix("\r\n\r\n") else { return }
        log.heads.withLock { $0.append(head) }
        // "CONNECT host:port HTTP/1.1"; whatever the name, the server of the test is on this machine.
        let port = head.split(separator: " ").dropFirst().first?.split(separator: ":").last.flatMap {
            Int($0)
        }
        let near = context.channel
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { far in
                far.eventLoop.makeCompletedFuture {
                    try far.pipeline.syncOperations.addHandler(BackwardHandler(near: near))
                }
            }
            .connect(host: "127.0.0.1", port: port ?? 0)
            .whenComplete { result in
                switch result {
                case .success(let far):
                    bound.value.peer = far
                    near.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n"), promise: nil)
                case .failure:
                    near.close(promise: nil)
                }
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        peer?.close(promise: nil)
    }
}

private final class BackwardHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let near: any Channel

    init(near: any Channel) {
        self.near = near
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        near.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        near.close(promise: nil)
    }
}
