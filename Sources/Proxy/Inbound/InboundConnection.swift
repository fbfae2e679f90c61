import Authorization
import CertificateAuthority
import FoundationEssentials
import Identity
import NIOCore
import NIOSSL
import NIOTLS
import NetworkTypes
import ProxyCore

/// Finds out what an accepted connection is, and hands it to the handlers that speak it.
///
///     first bytes ──0x16 0x03──▶ TLS ──ALPN──▶ HTTP/2, HTTP/1.1 or bytes
///          │                      └──none──▶ first bytes inside
///          └──▶ HTTP/2, HTTP/1.1 or bytes, from a caller without identity
final class InboundConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let scope: ConnectionScope
    private let services: InboundServices
    private let pool: UpstreamPool
    private var buffer = ByteBuffer()
    private var verification: PeerVerification?
    private var isSecure = false
    private var isDecided = false
    private var inputClosed = false
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(scope: ConnectionScope, services: InboundServices, pool: UpstreamPool) {
        self.scope = scope
        self.services = services
        self.pool = pool
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        scope.forget(self)
        self.context = nil
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        scope.drained(by: self) { [weak self] in self?.close() }
        timer = scope.loop.assumeIsolated().scheduleTask(in: scope.settings.handshakeTimeout) { [weak self] in
            self?.close()
        }
        // A program that speaks first has clients that wait for it, and they cannot be told from silent ones.
        if servesOpaque {
            timer?.cancel()
            timer = scope.loop.assumeIsolated().scheduleTask(in: scope.settings.silentClientDelay) {
                [weak self] in
                self?.silent()
            }
        }
        context.read()
    }

    private var servesOpaque: Bool { services.policies.policy(for: services.port).serves == .opaque }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeBuffer(&bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        decide(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let negotiated) = event {
            handshakeCompleted(context, negotiated: negotiated)
        } else if case ChannelEvent.inputClosed = event {
            inputClosed = true
            decide(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if verification != nil, !isSecure {
            scope.observer.handshakeFailed(
                verification?.refusal.map(HandshakeFailureReason.init) ?? .tls,
                direction: .inbound
            )
        }
        close()
    }

    // MARK: - Deciding

    private func decide(_ context: ChannelHandlerContext) {
        guard !isDecided else { return }
        guard verification == nil || isSecure else { return }
        switch ProtocolDetector.detect(buffer, tlsPossible: !isSecure) {
        case .needsMore:
            if inputClosed {
                if buffer.readableBytes == 0 { close() } else { becomeBytes(context) }
            } else {
                context.read()
            }
        case .tls: startTLS(context)
        case .opaque: becomeBytes(context)
        case .http1 where servesOpaque, .http2 where servesOpaque: becomeBytes(context)
        case .http1: becomeHTTP1(context)
        case .http2: becomeHTTP2(context)
        }
    }

    private func silent() {
        guard let context, !isDecided, verification == nil, buffer.readableBytes == 0 else { return }
        becomeBytes(context)
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        guard let credentials = services.credentials.credentials() else {
            scope.observer.handshakeFailed(.noCredentials, direction: .inbound)
            return close()
        }
        timer?.cancel()
        timer = scope.loop.assumeIsolated().scheduleTask(in: scope.settings.handshakeTimeout) { [weak self] in
            self?.close()
        }
        let verification = PeerVerification(
            of: .client,
            bundles: credentials.bundles,
            expected: nil,
            now: services.environment.now
        )
        self.verification = verification
        let tls = NIOSSLServerHandler(
            context: credentials.server,
            customVerificationCallback: { verification.verify($0, $1) }
        )
        let hello = buffer
        buffer = ByteBuffer()
        do {
            try context.pipeline.syncOperations.addHandler(tls, position: .before(self))
        } catch {
            return close()
        }
        context.pipeline.fireChannelRead(hello)
        context.pipeline.fireChannelReadComplete()
        context.read()
    }

    private func handshakeCompleted(_ context: ChannelHandlerContext, negotiated: String?) {
        guard let verification, verification.peer != nil else {
            scope.observer.handshakeFailed(.resumed, direction: .inbound)
            return close()
        }
        isSecure = true
        drainAtExpiry(context.channel)
        switch negotiated.flatMap(ApplicationProtocol.init) {
        case _ where servesOpaque, .opaque: becomeBytes(context)
        case .http2: becomeHTTP2(context)
        case .http1: becomeHTTP1(context)
        case nil: context.read()
        }
    }

    /// What a certificate proves ends with it: no new requests then on this connection, the present ones finish.
    private func drainAtExpiry(_ channel: any Channel) {
        guard let end = verification?.peer?.notAfter else { return }
        let left = end.timeIntervalSince(services.environment.now())
        // Beyond a year a timer is of no use.
        guard left < 31_536_000 else { return }
        let timer = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(max(0, left) * 1_000))) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }

    private var caller: Caller? {
        guard let address = context?.channel.remoteAddress?.networkAddress else { return nil }
        return Caller(identity: verification?.peer?.spiffeID, address: address)
    }

    // MARK: - Becoming

    private func becomeHTTP1(_ context: ChannelHandlerContext) {
        guard let caller else { return close() }
        let (services, pool, provedUntil) = (services, pool, verification?.peer?.notAfter)
        become(context) { operations in
            try operations.addHandler(
                HTTP1ServerHandler(scope: scope) {
                    InboundGate(services: services, caller: caller, provedUntil: provedUntil, pool: pool)
                }
            )
        }
    }

    private func becomeHTTP2(_ context: ChannelHandlerContext) {
        guard let caller else { return close() }
        let (services, pool, provedUntil) = (services, pool, verification?.peer?.notAfter)
        become(context) { operations in
            try HTTP2Server.configure(context.channel, operations, scope: scope) {
                InboundGate(services: services, caller: caller, provedUntil: provedUntil, pool: pool)
            }
        }
    }

    private func becomeBytes(_ context: ChannelHandlerContext) {
        guard let caller else { return close() }
        become(context) { operations in
            try operations.addHandler(
                InboundBytes(
                    scope: scope,
                    judge: ConnectionJudge(services: services, caller: caller),
                    pool: pool
                )
            )
        }
    }

    /// Adds the handlers that follow, hands them what was read, and goes.
    private func become(
        _ context: ChannelHandlerContext,
        _ add: (ChannelPipeline.SynchronousOperations) throws -> Void
    ) {
        guard !isDecided else { return }
        isDecided = true
        timer?.cancel()
        do {
            try add(context.pipeline.syncOperations)
        } catch {
            return close()
        }
        let bytes = buffer
        buffer = ByteBuffer()
        if bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(bytes)) }
        context.fireChannelReadComplete()
        if inputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func close() {
        isDecided = true
        timer?.cancel()
        context?.close(promise: nil)
    }
}
