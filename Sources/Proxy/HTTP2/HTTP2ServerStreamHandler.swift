import CanonicalHTTP
import NIOCore
import NIOHPACK
import NIOHTTP2
import ProxyCore

/// Speaks HTTP/2 with a client on one stream: frames to a request, a response to frames.
///
/// What NIO delivers waits here until the exchange wants it; that is bounded by the stream's window.
final class HTTP2ServerStreamHandler: ChannelInboundHandler, Downstream {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let scope: ConnectionScope
    private let makeGate: () -> any Gate
    private var exchange: Exchange?
    private var context: ChannelHandlerContext?
    private var waiting = CircularBuffer<HTTP2Frame.FramePayload>()
    private var hasBegun = false
    private var requestEnded = false
    private var responseEnded = false
    private var isPumping = false
    private var pumpsAgain = false

    init(scope: ConnectionScope, makeGate: @escaping () -> any Gate) {
        self.scope = scope
        self.makeGate = makeGate
    }

    // MARK: - Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { context.read() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting.append(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pump()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.downstreamWritable() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        gone()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        gone()
        context.close(promise: nil)
    }

    // MARK: - Requests

    /// Hands over what waits, for as long as it is wanted; flushing may make the other side want more.
    private func pump() {
        guard !isPumping else {
            pumpsAgain = true
            return
        }
        isPumping = true
        defer { isPumping = false }
        repeat {
            pumpsAgain = false
            while !requestEnded, !hasBegun || exchange?.wantsRequest == true {
                guard let frame = waiting.popFirst() else {
                    context?.read()
                    break
                }
                take(frame)
            }
            exchange?.requestFlush()
        } while pumpsAgain
    }

    private func take(_ frame: HTTP2Frame.FramePayload) {
        switch frame {
        case .headers(let headers) where !hasBegun: begin(headers)
        case .headers(let headers): end(headers)
        case .data(let data):
            guard case .byteBuffer(let bytes) = data.data else { return }
            if bytes.readableBytes > 0 { exchange?.requestBody(bytes) }
            if data.endStream { end(trailers: HeaderFields()) }
        default:
            // Everything else concerns the connection or says nothing to the other side.
            break
        }
    }

    private func begin(_ headers: HTTP2Frame.FramePayload.Headers) {
        hasBegun = true
        let head: RequestHead
        do {
            head = try HTTP2Fields.request(headers.headers, limits: scope.settings.message)
        } catch {
            reset(.protocolError)
            return
        }
        let exchange = Exchange(
            head,
            body: HTTP2Fields.length(head.fields, endsStream: headers.endStream),
            upgradesToWebSocket: false,
            from: self,
            gate: makeGate(),
            settings: scope.settings
        )
        self.exchange = exchange
        if headers.endStream { end(trailers: HeaderFields()) }
        exchange.begin()
    }

    private func end(_ headers: HTTP2Frame.FramePayload.Headers) {
        guard headers.endStream,
            let trailers = try? HTTP2Fields.trailers(headers.headers, limits: scope.settings.message)
        else {
            reset(.protocolError)
            return
        }
        end(trailers: trailers)
    }

    private func end(trailers: HeaderFields) {
        requestEnded = true
        exchange?.requestEnd(trailers)
    }

    private func gone() {
        waiting.removeAll()
        requestEnded = true
        let exchange = exchange
        self.exchange = nil
        exchange?.downstreamGone()
    }

    private func reset(_ code: HTTP2ErrorCode) {
        context?.writeAndFlush(wrapOutboundOut(.rstStream(code)), promise: nil)
        gone()
        context?.close(promise: nil)
    }

    // MARK: - Downstream

    var loop: any EventLoop { scope.loop }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func send(_ part: ResponsePart) {
        switch part {
        case .informational(let head):
            write(.headers(.init(headers: HTTP2Fields.headers(of: head))))
        case .head(let head, let length):
            // A response without body ends with its head only when no trailers can follow it.
            responseEnded = length == .none
            write(.headers(.init(headers: HTTP2Fields.headers(of: head), endStream: responseEnded)))
        case .body(let bytes):
            guard !responseEnded, bytes.readableBytes > 0 else { return }
            write(.data(.init(data: .byteBuffer(bytes))))
        case .end(let trailers):
            finish(trailers)
        case .switching:
            abort()
        }
    }

    func flush() { context?.flush() }
    func demand() { pump() }

    func abort() {
        exchange = nil
        reset(.internalError)
    }

    func becomeBytes() -> Bytes? { nil }

    private func finish(_ trailers: HeaderFields) {
        exchange = nil
        let last: HTTP2Frame.FramePayload =
            trailers.isEmpty
            ? .data(.init(data: .byteBuffer(ByteBuffer()), endStream: true))
            : .headers(.init(headers: HTTP2Fields.headers(of: trailers), endStream: true))
        switch (responseEnded, requestEnded) {
        case (true, true): break
        case (true, false): write(.rstStream(.noError))
        case (false, true): write(last)
        case (false, false): writeThenReset(last)
        }
        responseEnded = true
        requestEnded = true
        waiting.removeAll()
        context?.flush()
    }

    /// The answer is complete and the rest of the request is not wanted (RFC 9113, section 8.1); said after the last
    /// byte of the answer, since a reset takes with it what is not sent yet.
    private func writeThenReset(_ last: HTTP2Frame.FramePayload) {
        guard let context else { return }
        let stream = context.channel
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess {
            guard stream.isActive else { return }
            stream.writeAndFlush(HTTP2Frame.FramePayload.rstStream(.noError), promise: nil)
        }
        context.write(wrapOutboundOut(last), promise: written)
    }

    private func write(_ payload: HTTP2Frame.FramePayload) {
        context?.write(wrapOutboundOut(payload), promise: nil)
    }
}
