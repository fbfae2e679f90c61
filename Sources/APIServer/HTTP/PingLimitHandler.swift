import NIOCore
import NIOHTTP2

/// Bounds how often an HTTP/2 client may ping, and keeps the pings from Hummingbird.
///
/// Hummingbird takes more than two pings within 30 seconds for abuse and closes the connection. Go's client, which is
/// kubectl's and every controller's, sends one along with a request that is cancelled: ending a few watches would
/// end all the others. NIO answers pings by itself, so nothing is lost.
final class PingLimitHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame

    private static let limit = 200
    private static let window = TimeAmount.seconds(10)
    private var windowStart = NIODeadline.now()
    private var count = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .ping(_, ack: false) = unwrapInboundIn(data).payload else {
            context.fireChannelRead(data)
            return
        }
        let now = NIODeadline.now()
        if now - windowStart > Self.window {
            windowStart = now
            count = 0
        }
        count += 1
        if count > Self.limit { context.close(promise: nil) }
    }
}
