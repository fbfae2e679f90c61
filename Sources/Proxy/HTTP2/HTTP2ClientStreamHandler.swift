import CanonicalHTTP
import NIOCore
import NIOHPACK
import NIOHTTP2
import ProxyCore

/// Speaks HTTP/2 with a server on one stream: a request to frames, frames to a response.
final class HTTP2ClientStreamHandler: ChannelInboundHandler, Upstream {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    let isReused: Bool
    private var exchange: Exchange?
    private var context: ChannelHandlerContext?
    private var waiting = CircularBuffer<HTTP2Frame.FramePayload>()
    private var method = ""
    private var requestEnded = false
    private var hasHead = false
    private var responseEnded = false
    private var isPumping = false
    private var pumpsAgain = false
    private var inputEnded = false
    private let limits = MessageLimits()

    init(isReused: Bool) {
        self.isReused = isReused
    }

    // MARK: - Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting.append(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pump()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.upstreamWritable() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // What came before the end is still a response.
        inputEnded = true
        pump()
        fail(.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A response that came whole before the reset is still a response (RFC 9113, section 8.1).
        inputEnded = true
        pump()
        let closed = error as? NIOHTTP2Errors.StreamClosed
        fail(closed?.errorCode == .refusedStream ? .refused : .closed)
        context.close(promise: nil)
    }

    // MARK: - Responses

    private func pump() {
        guard !isPumping else {
            pumpsAgain = true
            return
        }
        isPumping = true
        defer { isPumping = false }
        repeat {
            pumpsAgain = false
            pumpOnce()
            // Flushing may make room, and then more is wanted.
            exchange?.responseFlush()
        } while pumpsAgain
    }

    private func pumpOnce() {
        while !responseEnded, let exchange, exchange.wantsResponse || inputEnded {
            guard let frame = waiting.popFirst() else {
                if !inputEnded { context?.read() }
                break
            }
            do {
                try take(frame, exchange)
            } catch {
                reset(.protocolError)
                fail(.malformed)
            }
        }
    }

    private func take(_ frame: HTTP2Frame.FramePayload, _ exchange: Exchange) throws {
        switch frame {
        case .headers(let headers) where !hasHead:
            let head = try HTTP2Fields.response(headers.headers, limits: limits)
            if head.status < 200 {
                guard !headers.endStream else { throw HTTP2Fields.Malformed() }
                exchange.responsePart(.informational(head))
                return
            }
            hasHead = true
            let length: BodyLength =
                headers.endStream ? .none : HTTP2Fields.length(head.fields, endsStream: false)
            exchange.responsePart(.head(head, length))
            if headers.endStream { end(HeaderFields(), exchange) }
        case .headers(let headers):
            guard headers.endStream else { throw HTTP2Fields.Malformed() }
            end(try HTTP2Fields.trailers(headers.headers, limits: limits), exchange)
        case .data(let data):
            guard hasHead, case .byteBuffer(let bytes) = data.data else { throw HTTP2Fields.Malformed() }
            if bytes.readableBytes > 0 { exchange.responsePart(.body(bytes)) }
            if data.endStream { end(HeaderFields(), exchange) }
        default:
            break
        }
    }

    private func end(_ trailers: HeaderFields, _ exchange: Exchange) {
        responseEnded = true
        self.exchange = nil
        exchange.responsePart(.end(trailers))
        if !requestEnded { reset(.noError) }
    }

    private func fail(_ failure: ExchangeMachine.Failure) {
        responseEnded = true
        let exchange = exchange
        self.exchange = nil
        exchange?.upstreamFailed(failure)
    }

    private func reset(_ code: HTTP2ErrorCode) {
        context?.writeAndFlush(wrapOutboundOut(.rstStream(code)), promise: nil)
        context?.close(promise: nil)
    }

    // MARK: - Upstream

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func attach(_ exchange: Exchange) { self.exchange = exchange }

    func send(_ request: CanonicalRequest, body: BodyLength, upgradesToWebSocket: Bool) {
        method = request.method
        requestEnded = body == .none
        write(.headers(.init(headers: HTTP2Fields.headers(of: request), endStream: requestEnded)))
    }

    func sendBody(_ bytes: ByteBuffer) {
        guard !requestEnded, bytes.readableBytes > 0 else { return }
        write(.data(.init(data: .byteBuffer(bytes))))
    }

    func sendEnd(_ trailers: HeaderFields) {
        guard !requestEnded else { return }
        requestEnded = true
        if trailers.isEmpty {
            write(.data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)))
        } else {
            write(.headers(.init(headers: HTTP2Fields.headers(of: trailers), endStream: true)))
        }
    }

    func flush() { context?.flush() }
    func demand() { pump() }

    func abort() {
        exchange = nil
        responseEnded = true
        reset(.cancel)
    }

    func release() {
        exchange = nil
        context?.close(promise: nil)
    }

    func becomeBytes() -> Bytes? { nil }

    private func write(_ payload: HTTP2Frame.FramePayload) {
        context?.write(wrapOutboundOut(payload), promise: nil)
    }
}
