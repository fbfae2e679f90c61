import NIOCore
import NIOSSL
import SwiftASN1
import X509

/// What is known of the other end of a connection, once TLS is set up.
struct ClientConnection: Sendable {
    /// Without the port; empty when the connection ended meanwhile.
    let address: String
    /// Shown by the client, its key proven, and judged by nobody yet.
    let certificate: PresentedCertificate

    enum PresentedCertificate: Sendable {
        case none
        case certificate(Certificate)
        /// It is not one that can be read.
        case unreadable
    }

    /// Reads the connection's state; on its event loop.
    init(_ channel: any Channel) {
        address = channel.remoteAddress?.ipAddress ?? ""
        do {
            let shown = try channel.pipeline.syncOperations.nioSSL_peerCertificate()
            guard let shown else {
                certificate = .none
                return
            }
            certificate = .certificate(try Certificate(derEncoded: shown.toDERBytes()))
        } catch {
            certificate = .unreadable
        }
    }

    init(address: String, certificate: PresentedCertificate) {
        self.address = address
        self.certificate = certificate
    }
}
