import CertificateAuthority
import FoundationEssentials
import Identity
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import NetworkTypes

/// Makes connections, one at a time, with or without TLS.
struct Dialer {
    let loop: any EventLoop
    let settings: ProxySettings
    let observer: any ProxyObserver
    let now: @Sendable () -> Date

    /// A connection that is ready for its last handlers; reads are off until those ask for them.
    func dial(
        _ endpoint: SocketEndpoint,
        security: Security?,
        then: @escaping (Result<any Channel, any Error>) -> Void
    ) {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(settings.connectTimeout)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(GentleCloseHandler())
                }
            }
        let address: SocketAddress
        do {
            address = try SocketAddress(
                ipAddress: endpoint.address.description,
                port: Int(endpoint.port.number)
            )
        } catch {
            then(.failure(error))
            return
        }
        bootstrap.connect(to: address).assumeIsolated().whenComplete { result in
            switch result {
            case .failure(let error): then(.failure(error))
            case .success(let channel):
                guard let security else {
                    then(.success(channel))
                    return
                }
                secure(channel, security, then: then)
            }
        }
    }

    /// What a TLS connection shows and asks for.
    struct Security {
        var context: NIOSSLContext
        var bundles: TrustBundles
        var expected: Set<SPIFFEID>
        var offered: ApplicationProtocol
    }

    private func secure(
        _ channel: any Channel,
        _ security: Security,
        then: @escaping (Result<any Channel, any Error>) -> Void
    ) {
        let verification = PeerVerification(
            of: .server,
            bundles: security.bundles,
            expected: security.expected,
            now: now
        )
        let handshake = HandshakeHandler(verification, offered: security.offered) { [observer] result in
            if case .failure(let error) = result {
                let reason = (error as? PeerRefusal).map(HandshakeFailureReason.init) ?? .tls
                observer.handshakeFailed(reason, direction: .outbound)
            }
            then(result.map { channel })
        }
        do {
            let tls = try NIOSSLClientHandler(
                context: security.context,
                serverHostname: nil,
                customVerificationCallback: { verification.verify($0, $1) }
            )
            let operations = channel.pipeline.syncOperations
            // The one that waits comes first into the pipeline: adding TLS begins the handshake.
            try operations.addHandler(handshake)
            try operations.addHandler(tls, position: .before(handshake))
            handshake.start(timeout: settings.handshakeTimeout)
        } catch {
            channel.close(promise: nil)
            then(.failure(error))
        }
    }
}

/// Waits for the end of a client's handshake, then leaves the pipeline.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let verification: PeerVerification
    private let offered: ApplicationProtocol
    private var then: ((Result<Void, any Error>) -> Void)?
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(
        _ verification: PeerVerification,
        offered: ApplicationProtocol,
        then: @escaping (Result<Void, any Error>) -> Void
    ) {
        self.verification = verification
        self.offered = offered
        self.then = then
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func start(timeout: TimeAmount) {
        timer = context?.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in
            self?.fail(HandshakeError.timedOut)
        }
        context?.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted(let negotiated) = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        guard verification.peer != nil else { return fail(HandshakeError.unverified) }
        guard negotiated == offered.rawValue else { return fail(HandshakeError.wrongProtocol) }
        timer?.cancel()
        let then = then
        self.then = nil
        // The next handlers are added in here, behind this one; then it goes.
        then?(.success(()))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard then != nil else {
            context.fireErrorCaught(error)
            return
        }
        fail(verification.refusal ?? error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(verification.refusal ?? HandshakeError.closed)
        context.fireChannelInactive()
    }

    private func fail(_ error: any Error) {
        guard let then else { return }
        self.then = nil
        timer?.cancel()
        context?.close(promise: nil)
        then(.failure(error))
    }
}

enum HandshakeError: Error {
    case timedOut
    case closed
    /// The handshake ended without a look at the peer's certificate.
    case unverified
    /// The peer does not speak what was offered.
    case wrongProtocol
}
