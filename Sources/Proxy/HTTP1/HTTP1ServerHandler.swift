import CanonicalHTTP
import NIOCore
import ProxyCore

/// Speaks HTTP/1.1 with a client: bytes to requests, responses to bytes.
///
/// ``HTTP1ServerMachine`` decides what becomes of the connection, ``Exchange`` of each request. Reads only when the
/// exchange can take more, so a client that sends faster than anybody reads is stopped by its own TCP window.
final class HTTP1ServerHandler: ChannelInboundHandler, Downstream {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let requestsPerTurn = 16

    private let scope: ConnectionScope
    private let makeGate: () -> any Gate
    private var machine = HTTP1ServerMachine()
    private var decoder: HTTP1RequestDecoder
    private var encoder = HTTP1Encoder()
    private var exchange: Exchange?
    private var context: ChannelHandlerContext?
    private var version = HTTPVersion.http1_1
    private var output = ByteBuffer()
    private var inputClosed = false
    private var isPumping = false
    private var pumpsAgain = false
    private var headTimer: Scheduled<Void>?
    private var timesHead = false

    init(scope: ConnectionScope, makeGate: @escaping () -> any Gate) {
        self.scope = scope
        self.makeGate = makeGate
        decoder = HTTP1RequestDecoder(limits: scope.settings.message)
    }

    // MARK: - Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        scope.drained(by: self) { [weak self] in self?.drain() }
        startHeadTimer(isForHead: true)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        headTimer?.cancel()
        scope.forget(self)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.feed(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pump()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        if let exchange { exchange.downstreamWritable() } else { pump() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputClosed = true
            pump()
        case is ChannelShouldQuiesceEvent:
            drain()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        machine.closed()
        endExchange()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        machine.closed()
        endExchange()
        context.close(promise: nil)
    }

    // MARK: - Requests

    /// Takes requests out of the decoder for as long as somebody wants them.
    private func pump() {
        guard !isPumping else {
            pumpsAgain = true
            return
        }
        isPumping = true
        defer { isPumping = false }
        repeat {
            pumpsAgain = false
            do throws(MessageError) {
                try pumpOnce()
            } catch {
                refuse(error)
            }
        } while pumpsAgain
    }

    private func pumpOnce() throws(MessageError) {
        var begun = 0
        while !machine.isClosed, !machine.isSwitched {
            // A client that pipelines thousands of requests gets its turn like everybody else on the loop.
            guard begun < Self.requestsPerTurn else {
                let handler = NIOLoopBound(self, eventLoop: scope.loop)
                scope.loop.execute { handler.value.pump() }
                break
            }
            if let exchange {
                guard exchange.wantsRequest else { break }
            } else if !machine.acceptsRequest || !isWritable {
                // Answers that nobody takes must not pile up, however many requests are pipelined; nor is who takes
                // none kept for ever.
                if headTimer == nil { startHeadTimer(isForHead: false) }
                break
            }
            guard let part = try decoder.next() else {
                needMore()
                break
            }
            if case .head = part { begun += 1 }
            take(part)
        }
        exchange?.requestFlush()
    }

    private func take(_ part: RequestPart) {
        switch part {
        case .head(let head, let length):
            headTimer?.cancel()
            headTimer = nil
            version = head.version
            machine.requestStarted(keepsAlive: head.version == .http1_1 && !decoder.wishes.closes)
            let exchange = Exchange(
                head,
                body: length,
                upgradesToWebSocket: decoder.wishes.upgradesToWebSocket,
                from: self,
                gate: makeGate(),
                settings: scope.settings
            )
            self.exchange = exchange
            if length == .none || length == .bytes(0) { endEmptyRequest(exchange) }
            exchange.begin()
        case .body(let bytes):
            exchange?.requestBody(bytes)
        case .end(let trailers):
            endRequest(trailers)
        }
    }

    /// A request without a body ends with its head, before anything is decided about it.
    private func endEmptyRequest(_ exchange: Exchange) {
        guard let part = try? decoder.next(), case .end = part else { return }
        endRequest(HeaderFields())
    }

    private func endRequest(_ trailers: HeaderFields) {
        exchange?.requestEnd(trailers)
        perform(machine.requestEnded())
    }

    private func needMore() {
        guard !inputClosed else {
            perform(machine.inputClosed(hasBufferedRequest: false))
            return
        }
        if exchange == nil {
            let isForHead = !decoder.isBetweenMessages
            if headTimer == nil || isForHead && !timesHead { startHeadTimer(isForHead: isForHead) }
        }
        context?.read()
    }

    /// Answers what cannot be read as a request, and closes: nobody knows where the next one would begin.
    private func refuse(_ error: MessageError) {
        guard !machine.isClosed else { return }
        scope.observer.malformed(error, direction: scope.direction)
        if let exchange {
            // The body is malformed, and part of it is on its way already: break off on both sides.
            self.exchange = nil
            exchange.downstreamGone()
            close()
            return
        }
        machine.requestStarted(keepsAlive: false)
        version = .http1_1
        for part in Refusal(error).parts(toGRPC: false) { send(part) }
        flush()
    }

    /// Limits how long a head may take, or how long the connection may wait for the next one.
    private func startHeadTimer(isForHead: Bool) {
        headTimer?.cancel()
        timesHead = isForHead
        let time = isForHead ? scope.settings.headTimeout : scope.settings.idleTimeout
        headTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
            guard let self else { return }
            self.headTimer = nil
            self.perform(self.machine.idleTooLong())
        }
    }

    private func drain() {
        perform(machine.drain())
    }

    private func perform(_ effect: HTTP1ServerMachine.Effect?) {
        switch effect {
        case nil: break
        case .readRequest: pump()
        case .close: close()
        case .abortExchange:
            endExchange()
            context?.close(promise: nil)
        }
    }

    /// Closes; while the client still sends, its bytes are read and dropped for a moment, because a reset would
    /// take the response from it (RFC 9112, section 9.6).
    private func close() {
        headTimer?.cancel()
        guard let context else { return }
        machine.closed()
        context.flush()
        guard !inputClosed, decoder.isBetweenMessages == false else {
            context.close(promise: nil)
            return
        }
        Linger.start(on: context)
    }

    private func endExchange() {
        guard let exchange else { return }
        self.exchange = nil
        exchange.downstreamGone()
    }

    // MARK: - Downstream

    var loop: any EventLoop { scope.loop }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func send(_ part: ResponsePart) {
        switch part {
        case .informational(let head):
            // HTTP/1.0 knows none (RFC 9110, section 15.2).
            guard version == .http1_1 else { return }
            encoder.encodeInformational(head, into: &output)
        case .head(let head, let length):
            machine.responseStarted(closes: length == .open && version == .http1_0)
            encoder.encode(
                head,
                body: length,
                closes: machine.closesAfterResponse,
                toVersion: version,
                into: &output
            )
        case .body(let bytes):
            guard encoder.carriesBody, bytes.readableBytes > 0 else { return }
            encoder.encodeBodyStart(bytes.readableBytes, into: &output)
            write(bytes)
            encoder.encodeBodyEnd(into: &output)
        case .end(let trailers):
            encoder.encodeEnd(trailers, into: &output)
            flush()
            exchange = nil
            perform(machine.responseEnded())
        case .switching(let head):
            encoder.encodeSwitching(head, into: &output)
            machine.switched()
        }
    }

    func flush() {
        writeOutput()
        context?.flush()
    }

    func demand() { pump() }

    func abort() {
        exchange = nil
        machine.closed()
        context?.close(promise: nil)
    }

    func becomeBytes() -> Bytes? {
        guard let context else { return nil }
        headTimer?.cancel()
        exchange = nil
        let bytes = Bytes(channel: context.channel, remainder: decoder.takeRemainder())
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        return bytes
    }

    /// Small bodies travel in the same buffer as their head; large ones are not copied.
    private func write(_ bytes: ByteBuffer) {
        if bytes.readableBytes <= 4096 {
            output.writeImmutableBuffer(bytes)
            return
        }
        writeOutput()
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    private func writeOutput() {
        guard output.readableBytes > 0 else { return }
        let bytes = output
        output = ByteBuffer()
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }
}

extension HTTP1ServerHandler: RemovableChannelHandler {}
