import NIOCore

/// Carries bytes from one connection to another, both ways, half-close included.
///
/// Each side reads only while the other can write, so neither a slow reader nor a fast writer grows memory. Both on
/// one event loop.
final class Pipe: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var other: Pipe?
    private var context: ChannelHandlerContext?
    private var inputEnded = false
    private var isClosing = false
    private var lastBytes = NIODeadline.now()
    private var idleTimer: RepeatedTask?

    private init() {}

    /// Joins two connections of one event loop; what arrived behind their heads goes first.
    static func join(_ left: Bytes, _ right: Bytes, idleTimeout: TimeAmount) {
        let (first, second) = (Pipe(), Pipe())
        first.other = second
        second.other = first
        do {
            try left.channel.pipeline.syncOperations.addHandler(first)
            try right.channel.pipeline.syncOperations.addHandler(second)
        } catch {
            left.channel.close(promise: nil)
            right.channel.close(promise: nil)
            return
        }
        second.write(left.remainder)
        first.write(right.remainder)
        first.watchIdleness(idleTimeout)
        first.readIfPossible()
        second.readIfPossible()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        idleTimer?.cancel()
        let other = other
        self.other = nil
        other?.context?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastBytes = .now()
        other?.context?.write(data, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        other?.context?.flush()
        readIfPossible()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { other?.readIfPossible() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        guard !inputEnded else { return }
        inputEnded = true
        guard let other else {
            context.close(promise: nil)
            return
        }
        other.context?.flush()
        if other.inputEnded {
            closeBoth()
        } else {
            // NIO sends what was written before it sends the FIN.
            other.context?.close(mode: .output, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        other?.context?.flush()
        other?.context?.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        closeBoth()
    }

    private func write(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func readIfPossible() {
        guard let other, other.context?.channel.isWritable == true, !inputEnded, !isClosing else { return }
        context?.read()
    }

    /// Closes both when neither side said anything for that long.
    private func watchIdleness(_ limit: TimeAmount) {
        guard let loop = context?.eventLoop else { return }
        let pipe = NIOLoopBound(self, eventLoop: loop)
        let period = TimeAmount.nanoseconds(max(1_000_000, limit.nanoseconds / 4))
        idleTimer = loop.scheduleRepeatedTask(initialDelay: period, delay: period) { task in
            let pipe = pipe.value
            let last = max(pipe.lastBytes, pipe.other?.lastBytes ?? pipe.lastBytes)
            guard NIODeadline.now() - last > limit else { return }
            task.cancel()
            pipe.closeBoth()
        }
    }

    private func closeBoth() {
        let other = other
        isClosing = true
        other?.isClosing = true
        context?.close(promise: nil)
        other?.context?.close(promise: nil)
    }
}
