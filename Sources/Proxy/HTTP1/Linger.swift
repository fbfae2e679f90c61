import NIOCore

/// Ends a connection whose other side still sends: says so with a FIN, drops what comes, and closes after a moment.
enum Linger {
    /// How long and how much is dropped before the connection is closed all the same.
    static let time = TimeAmount.seconds(1)
    static let bytes = 1 << 20

    static func start(on context: ChannelHandlerContext) {
        let channel = context.channel
        let sink = SinkHandler()
        do {
            try context.pipeline.syncOperations.addHandler(sink, position: .last)
        } catch {
            context.close(promise: nil)
            return
        }
        context.close(mode: .output, promise: nil)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
        channel.read()
    }
}

/// Reads and forgets, up to a limit.
private final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var left = Linger.bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        left -= unwrapInboundIn(data).readableBytes
        if left <= 0 { context.close(promise: nil) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
