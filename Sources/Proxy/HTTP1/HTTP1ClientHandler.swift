import CanonicalHTTP
import NIOCore
import ProxyCore

/// Speaks HTTP/1.1 with a server: requests to bytes, bytes to responses; one exchange at a time, then back to the pool.
final class HTTP1ClientHandler: ChannelInboundHandler, Upstream {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var decoder: HTTP1ResponseDecoder
    private var encoder = HTTP1Encoder()
    private var exchange: Exchange?
    private var context: ChannelHandlerContext?
    private var output = ByteBuffer()
    private var requestEnded = true
    private var isPumping = false
    private var isBroken = false
    private var inputClosed = false
    private(set) var isReused = false
    /// Called when the connection is free again (`true`), and when it is gone (`false`).
    private let changed: (HTTP1ClientHandler, Bool) -> Void

    init(limits: MessageLimits, changed: @escaping (HTTP1ClientHandler, Bool) -> Void) {
        decoder = HTTP1ResponseDecoder(limits: limits)
        self.changed = changed
    }

    // MARK: - Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.feed(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pump()
        exchange?.responseFlush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.upstreamWritable() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        inputEnded()
    }

    func channelInactive(context: ChannelHandlerContext) {
        inputEnded()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.closed)
    }

    // MARK: - Responses

    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        do throws(MessageError) {
            while !isBroken, exchange?.wantsResponse ?? true {
                guard let part = try decoder.next() else {
                    context?.read()
                    return
                }
                deliver(part)
                // An idle connection reads on, to notice when the server closes it.
            }
        } catch {
            fail(.malformed)
        }
    }

    private func deliver(_ part: ResponsePart) {
        let exchange = exchange
        if case .end = part {
            self.exchange = nil
            // Free before the end is told: the next request begins there and may take this connection.
            finished()
            exchange?.responsePart(part)
        } else {
            exchange?.responsePart(part)
        }
    }

    /// The server closed its side: what was read already is delivered, back-pressure or not, since it is bounded by
    /// the kernel's buffer and nothing more will come.
    private func inputEnded() {
        guard !isBroken else { return }
        inputClosed = true
        do throws(MessageError) {
            while let part = try decoder.next() { deliver(part) }
            if let part = try decoder.finish() { deliver(part) }
            exchange?.responseFlush()
            fail(.closed)
        } catch {
            fail(error == .truncated ? .closed : .malformed)
        }
    }

    private func finished() {
        guard !isBroken else { return }
        // Bytes behind a response belong to no request, and would be taken for the answer to the next.
        guard
            requestEnded, decoder.persists, !decoder.hasLeftover, !inputClosed,
            context?.channel.isActive == true
        else {
            close()
            return
        }
        isReused = true
        changed(self, true)
    }

    private func fail(_ failure: ExchangeMachine.Failure) {
        guard !isBroken else { return }
        close()
        let exchange = exchange
        self.exchange = nil
        exchange?.upstreamFailed(failure)
    }

    /// Closes the connection; also what the pool calls when it has enough.
    func close() {
        guard !isBroken else { return }
        isBroken = true
        context?.close(promise: nil)
        changed(self, false)
    }

    // MARK: - Upstream

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func attach(_ exchange: Exchange) {
        self.exchange = exchange
        requestEnded = false
    }

    func send(_ request: CanonicalRequest, body: BodyLength, upgradesToWebSocket: Bool) {
        decoder.expect(method: request.method)
        encoder.encode(request, body: body, upgradesToWebSocket: upgradesToWebSocket, into: &output)
    }

    func sendBody(_ bytes: ByteBuffer) {
        guard encoder.carriesBody, bytes.readableBytes > 0 else { return }
        encoder.encodeBodyStart(bytes.readableBytes, into: &output)
        if bytes.readableBytes <= 4096 {
            output.writeImmutableBuffer(bytes)
        } else {
            writeOutput()
            context?.write(wrapOutboundOut(bytes), promise: nil)
        }
        encoder.encodeBodyEnd(into: &output)
    }

    func sendEnd(_ trailers: HeaderFields) {
        encoder.encodeEnd(trailers, into: &output)
        requestEnded = true
    }

    func flush() {
        writeOutput()
        context?.flush()
    }

    func demand() {
        pump()
        exchange?.responseFlush()
    }

    func abort() {
        exchange = nil
        close()
    }

    func release() {
        exchange = nil
        requestEnded = true
        changed(self, true)
    }

    func becomeBytes() -> Bytes? {
        guard let context else { return nil }
        exchange = nil
        isBroken = true
        let bytes = Bytes(channel: context.channel, remainder: decoder.takeRemainder())
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        changed(self, false)
        return bytes
    }

    private func writeOutput() {
        guard output.readableBytes > 0 else { return }
        let bytes = output
        output = ByteBuffer()
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }
}

extension HTTP1ClientHandler: RemovableChannelHandler {}
