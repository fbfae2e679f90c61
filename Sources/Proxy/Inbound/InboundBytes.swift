import Authorization
import NIOCore
import NetworkTypes
import ProxyCore
import Telemetry

/// Judges a connection whose bytes nobody looks into, joins it to the program, and judges again when policies change.
final class InboundBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let scope: ConnectionScope
    private let judge: ConnectionJudge
    private let pool: UpstreamPool
    private var buffer = ByteBuffer()
    private var inputClosed = false
    private var context: ChannelHandlerContext?

    init(scope: ConnectionScope, judge: ConnectionJudge, pool: UpstreamPool) {
        self.scope = scope
        self.judge = judge
        self.pool = pool
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let channel = context.channel
        guard judge.allows() else {
            channel.close(promise: nil)
            return
        }
        judge.watch(channel)
        pool.bytes(to: .program(judge.services.program)) { [self] result in
            guard let program = try? result.get(), let context = self.context else {
                (try? result.get())?.close(promise: nil)
                channel.close(promise: nil)
                return
            }
            join(context, to: program)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        buffer.writeBuffer(&bytes)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            inputClosed = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func join(_ context: ChannelHandlerContext, to program: any Channel) {
        let channel = context.channel
        let bytes = buffer
        let inputClosed = inputClosed
        self.buffer = ByteBuffer()
        Pipe.join(
            Bytes(channel: channel, remainder: bytes),
            Bytes(channel: program, remainder: ByteBuffer()),
            idleTimeout: scope.settings.opaqueIdleTimeout
        )
        if inputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
