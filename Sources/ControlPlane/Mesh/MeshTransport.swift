import GRPCNIOTransportHTTP2
import NIOCore
import NIOSSL

extension HTTP2ServerTransport.Posix {
    /// gRPC over TCP with our own TLS.
    ///
    /// The transport's own TLS begins at version 1.2 and chooses the key exchange itself, so the connection is
    /// plaintext to the transport, and our handler goes in front of everything else before the first byte is read
    /// (docs/decisions/0004-tls-of-the-mesh-api.md).
    static func mesh(on listener: MeshListener, identity: MeshIdentity) -> HTTP2ServerTransport.Posix {
        var config = Config.defaults
        // Also ends connections whose handshake does not come.
        config.connection.maxIdleTime = .seconds(30)
        config.connection.keepalive.time = .seconds(30)
        config.connection.keepalive.clientBehavior.allowWithoutCalls = true
        config.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .seconds(5)
        config.http2.maxConcurrentStreams = 16
        config.rpc.maxRequestPayloadSize = 256 * 1024
        config.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(identity.handler(), position: .first)
            }
        }
        return HTTP2ServerTransport.Posix(
            listeningSocketDescriptor: Int(listener.descriptor),
            transportSecurity: .plaintext,
            config: config
        )
    }
}
