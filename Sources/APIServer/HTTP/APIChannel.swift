import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP2
import NIOSSL
import NIOTLS

/// Sets connections up: TLS with a certificate that may be renewed, then HTTP/2 or HTTP/1.1 as ALPN says.
///
/// Hummingbird's own channel for this keeps one TLS context for its whole life, and does not tell who is at the other
/// end; its parts for the two versions of HTTP are used as they are.
struct APIChannel: ServerChildChannel {
    typealias Respond =
        @concurrent @Sendable (Request, consuming ResponseWriter, any Channel, ClientConnection) async throws
        ->
        Void

    enum Connection: Sendable {
        case http1(HTTP1Channel, HTTP1Channel.Value)
        case http2(HTTP2Channel, HTTP2Channel.Value)
    }

    struct Value: ServerChildChannelValue {
        let connection: EventLoopFuture<Connection>
        let channel: any Channel
    }

    let limits: FrontLimits
    let certificate: ServingCertificate
    let respond: Respond

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // A client's certificate is judged with its request, as Kubernetes does, so that it is told in a Status.
            let tls = NIOSSLServerHandler(
                context: certificate.context,
                customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) }
            )
            try channel.pipeline.syncOperations.addHandler(tls)
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Connection> { result, channel in
                self.connection(on: channel, result, logger)
            }
            try channel.pipeline.syncOperations.addHandler(negotiation)
            let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(limits.handshake)) {
                channel.close(promise: nil)
            }
            let negotiated = negotiation.protocolNegotiationResult
            negotiated.whenComplete { _ in deadline.cancel() }
            return Value(connection: negotiated, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.connection.get() {
            case .http1(let handler, let connection): await handler.handle(value: connection, logger: logger)
            case .http2(let handler, let connection): await handler.handle(value: connection, logger: logger)
            }
        } catch {
            logger.debug("A connection ended before it could be used.", metadata: ["error": "\(error)"])
            value.channel.close(promise: nil)
        }
    }

    private func connection(on channel: any Channel, _ result: ALPNResult, _ logger: Logger)
        -> EventLoopFuture<Connection>
    {
        let client = ClientConnection(channel)
        let respond = respond
        let responder: HTTPChannelHandler.Responder = { request, writer, channel in
            try await respond(request, writer, channel, client)
        }
        let streams = HTTP1Channel.Configuration(
            idleTimeout: TimeAmount(limits.idle),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes,
                maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: limits.headerCount
            )
        )
        switch result {
        case .negotiated("h2"):
            let http2 = HTTP2Channel(
                responder: responder,
                configuration: .init(
                    idleTimeout: limits.idle,
                    gracefulCloseTimeout: limits.shutdown,
                    streamConfiguration: streams
                )
            )
            return http2.setup(channel: channel, logger: logger).flatMapThrowing { value in
                let pipeline = channel.pipeline.syncOperations
                let frames = try pipeline.handler(type: NIOHTTP2Handler.self)
                try pipeline.addHandler(PingLimitHandler(), position: .after(frames))
                return .http2(http2, value)
            }
        case .negotiated("http/1.1"), .fallback:
            let http1 = HTTP1Channel(responder: responder, configuration: streams)
            return http1.setup(channel: channel, logger: logger).map { .http1(http1, $0) }
        case .negotiated:
            return channel.eventLoop.makeFailedFuture(ChannelError.inappropriateOperationForState)
        }
    }
}
