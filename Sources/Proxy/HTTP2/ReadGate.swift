import NIOCore

/// Takes nothing more from an HTTP/2 peer while it does not take what we have for it.
///
/// Every request that is refused, every PING and SETTINGS costs an answer. A peer that asks and never reads would have
/// them pile up here, for they are subject to no window. The last handler of the connection, so that every wish to
/// read, the streams' included, comes through it.
final class ReadGate: ChannelDuplexHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    private var wantsRead = false

    func read(context: ChannelHandlerContext) {
        guard context.channel.isWritable else {
            wantsRead = true
            return
        }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, wantsRead {
            wantsRead = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }
}
