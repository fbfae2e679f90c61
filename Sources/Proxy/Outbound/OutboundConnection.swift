import Authorization
import NIOCore
import ProxyCore

/// Finds out what the program speaks on a connection, and hands it to the handlers that speak it.
///
/// A destination that is declared opaque is connected to at once, for its server may speak first.
final class OutboundConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let scope: ConnectionScope
    private let services: OutboundServices
    private let pool: UpstreamPool
    private var buffer = ByteBuffer()
    private var destination: Destination?
    private var isLookedUp = false
    private var isDecided = false
    private var inputClosed = false
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(scope: ConnectionScope, services: OutboundServices, pool: UpstreamPool) {
        self.scope = scope
        self.services = services
        self.pool = pool
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin() }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin()
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        scope.forget(self)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeBuffer(&bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { decide() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        inputClosed = true
        decide()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

    private func begin() {
        guard timer == nil else { return }
        scope.drained(by: self) { [weak self] in self?.close() }
        timer = scope.loop.assumeIsolated().scheduleTask(in: scope.settings.handshakeTimeout) { [weak self] in
            self?.close()
        }
        services.destinations.destination(named: services.destination, on: scope.loop).assumeIsolated()
            .whenComplete { [weak self] result in self?.found((try? result.get()) ?? nil) }
        context?.read()
    }

    private func found(_ destination: Destination?) {
        guard !isDecided else { return }
        self.destination = destination
        isLookedUp = true
        decide()
    }

    /// Bytes are looked at only when it is known that they may be; HTTP to an unknown destination gets its 503.
    private func decide() {
        guard !isDecided, context != nil else { return }
        if let destination, destination.serves == .opaque { return becomeBytes(destination) }
        switch ProtocolDetector.detect(buffer, tlsPossible: false) {
        case .needsMore where inputClosed:
            close()
        case .needsMore:
            context?.read()
        case .http1 where isLookedUp:
            becomeHTTP1()
        case .http2 where isLookedUp:
            becomeHTTP2()
        case .opaque:
            guard isLookedUp else { break }
            if let destination, destination.serves == .detected { becomeBytes(destination) } else { close() }
        case .http1, .http2, .tls:
            // Waits for the destination.
            break
        }
    }

    private func becomeHTTP1() {
        let (services, pool, loop) = (services, pool, scope.loop)
        become { context in
            try context.pipeline.syncOperations.addHandler(
                HTTP1ServerHandler(scope: scope) { OutboundGate(services: services, pool: pool, loop: loop) }
            )
        }
    }

    private func becomeHTTP2() {
        let (services, pool, loop) = (services, pool, scope.loop)
        become { context in
            try HTTP2Server.configure(context.channel, context.pipeline.syncOperations, scope: scope) {
                OutboundGate(services: services, pool: pool, loop: loop)
            }
        }
    }

    private func become(_ add: (ChannelHandlerContext) throws -> Void) {
        guard let context else { return }
        isDecided = true
        timer?.cancel()
        do {
            try add(context)
        } catch {
            return close()
        }
        let bytes = buffer
        buffer = ByteBuffer()
        context.fireChannelRead(wrapInboundOut(bytes))
        context.fireChannelReadComplete()
        if inputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func becomeBytes(_ destination: Destination) {
        isDecided = true
        timer?.cancel()
        pool.bytes(to: .mesh(destination)) { [self] result in
            guard let context, let server = try? result.get() else {
                (try? result.get())?.close(promise: nil)
                services.observer.upstreamFailed(destination: services.destination)
                return close()
            }
            Pipe.join(
                Bytes(channel: context.channel, remainder: buffer),
                Bytes(channel: server, remainder: ByteBuffer()),
                idleTimeout: scope.settings.opaqueIdleTimeout
            )
            buffer = ByteBuffer()
            if inputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    private func close() {
        isDecided = true
        timer?.cancel()
        context?.close(promise: nil)
    }
}
