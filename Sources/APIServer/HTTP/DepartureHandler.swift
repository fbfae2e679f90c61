import NIOCore

/// Notices that a caller leaves while it is being answered: a watch may have nothing to write for minutes, and only a
/// write would tell.
///
/// Hummingbird has a way of its own to learn this, which stops the process when the answer ends before the request's end
/// was read.
final class DepartureHandler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = NIOAny

    private let leave: @Sendable () -> Void

    /// - Parameter leave: Called on the event loop, perhaps more than once.
    init(_ leave: @escaping @Sendable () -> Void) {
        self.leave = leave
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if !context.channel.isActive { leave() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { leave() }
        context.fireUserInboundEventTriggered(event)
    }
}
