import CanonicalHTTP
import JSONText
import NIOCore
import ProxyCore
import Telemetry

/// Answers one request after the other on a connection of the admin server.
final class AdminHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let state: AdminState
    private var decoder = HTTP1RequestDecoder()
    private var encoder = HTTP1Encoder()
    private var head: RequestHead?
    private var timer: Scheduled<Void>?

    init(_ state: AdminState) {
        self.state = state
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: .seconds(60)) { channel.close(promise: nil) }
        if channel.isActive { context.read() }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.feed(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        proceed(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { proceed(context) }
    }

    /// Answers what was asked, as long as the answers are taken.
    private func proceed(_ context: ChannelHandlerContext) {
        do throws(MessageError) {
            while context.channel.isWritable {
                guard let part = try decoder.next() else {
                    context.read()
                    return
                }
                switch part {
                case .head(let head, _): self.head = head
                case .body: break
                case .end: answer(context)
                }
            }
        } catch {
            write(
                context,
                status: error.status,
                type: "text/plain",
                body: Array("\(error)\n".utf8),
                closes: true
            )
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let head else { return }
        self.head = nil
        let closes = decoder.wishes.closes || head.version == .http1_0
        guard head.method == "GET" else {
            return text(context, 405, "only GET", closes)
        }
        switch String(decoding: head.target.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self) {
        case "/live": text(context, 200, "live", closes)
        case "/ready":
            let isReady = state.isReady()
            text(context, isReady ? 200 : 503, isReady ? "ready" : "not ready", closes)
        case "/metrics":
            write(
                context,
                status: 200,
                type: MetricRegistry.contentType,
                body: state.metrics.exposition(),
                closes: closes
            )
        case "/config":
            let body = state.configuration().bytes(.pretty) + [UInt8(ascii: "\n")]
            write(context, status: 200, type: "application/json", body: body, closes: closes)
        default: text(context, 404, "try /live, /ready, /metrics or /config", closes)
        }
    }

    private func text(_ context: ChannelHandlerContext, _ status: UInt16, _ text: String, _ closes: Bool) {
        write(context, status: status, type: "text/plain", body: Array("\(text)\n".utf8), closes: closes)
    }

    private func write(
        _ context: ChannelHandlerContext,
        status: UInt16,
        type: String,
        body: [UInt8],
        closes: Bool
    ) {
        var fields = HeaderFields()
        // A constant of ours, always a valid value.
        try? fields.append("content-type", type)
        var buffer = ByteBuffer()
        encoder.encode(
            ResponseHead(status: status, fields: fields),
            body: .bytes(UInt64(body.count)),
            closes: closes,
            toVersion: .http1_1,
            into: &buffer
        )
        buffer.writeBytes(body)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        if closes { context.close(promise: nil) }
    }
}
