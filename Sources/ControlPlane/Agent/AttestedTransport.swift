import GRPCNIOTransportHTTP2
import LocalPeers
import Logging
import NIOCore
import SystemPackage
import Telemetry

extension HTTP2ServerTransport.Posix {
    /// gRPC on a Unix socket that only those may use whom the attestation lets in.
    ///
    /// The kernel is asked about each connection before a byte of it is read; one that is not let in is closed.
    static func unix(
        path: FilePath,
        attestation: LocalAttestation,
        metrics: ControlPlaneMetrics,
        logger: Logger
    ) -> HTTP2ServerTransport.Posix {
        var config = Config.defaults
        config.connection.maxIdleTime = .seconds(300)
        config.http2.maxConcurrentStreams = 64
        config.rpc.maxRequestPayloadSize = 256 * 1024
        config.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
            channel.eventLoop.makeCompletedFuture {
                do throws(LocalRefusal) {
                    try attestation.check(connection: channel)
                    metrics.peerAttested(.accepted)
                } catch {
                    metrics.peerAttested(.refused)
                    logger.warning(
                        "a caller on a Unix socket was refused",
                        metadata: ["socket": "\(path)", "reason": "\(error)"]
                    )
                    channel.close(promise: nil)
                    throw error
                }
            }
        }
        return HTTP2ServerTransport.Posix(
            address: .unixDomainSocket(path: path.string),
            transportSecurity: .plaintext,
            config: config
        )
    }
}

extension LocalAttestation {
    /// As ``check(_:)``, for an accepted NIO channel; on its event loop.
    fileprivate func check(connection channel: any Channel) throws(LocalRefusal) {
        var outcome: Result<PeerCredentials, LocalRefusal>?
        try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            descriptor in
            do throws(LocalRefusal) {
                outcome = .success(try check(FileDescriptor(rawValue: descriptor)))
            } catch {
                outcome = .failure(error)
            }
        }
        // Without a descriptor nothing can be asked, and nobody is let in.
        guard let outcome else { throw .credentials(.badFileDescriptor) }
        _ = try outcome.get()
    }
}
