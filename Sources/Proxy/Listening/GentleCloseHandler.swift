import NIOCore

/// Lets a connection close only after what was written is on the wire.
///
/// NIO's `close` drops what the socket has not taken yet; a response's last bytes, say, because its reader is slower
/// than we. This handler sits next to the socket and holds `close` back until the writes before it are done, or for
/// a moment at most. ``CloseNow`` is for connections that must not say another byte.
final class GentleCloseHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a reader may take for the last bytes.
    static let patience = TimeAmount.seconds(10)

    private var isHurried = false
    private var closing: EventLoopPromise<Void>?
    private var timer: Scheduled<Void>?

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, !isHurried, context.channel.isActive else {
            context.close(mode: mode, promise: promise)
            return
        }
        if let closing {
            closing.futureResult.cascade(to: promise)
            return
        }
        let closing = context.eventLoop.makePromise(of: Void.self)
        closing.futureResult.cascade(to: promise)
        self.closing = closing
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { [weak self] in
            self?.isHurried = true
            context.close(promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in
            isHurried = true
            timer?.cancel()
            context.close(promise: closing)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard event is CloseNow else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        isHurried = true
        context.close(promise: promise)
    }
}

/// Closes a connection without regard to what it still has to say.
struct CloseNow: Sendable {}

extension Channel {
    /// Ends a connection at once: what a policy forbids, or what had its time.
    func closeNow() {
        triggerUserOutboundEvent(CloseNow(), promise: nil)
    }
}
