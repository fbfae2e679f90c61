import NIOSSL
import Secrets
import Synchronization

/// Makes the TLS configurations of connections, one for each certificate that the client shows.
///
/// Connections are pooled by their configuration: an unchanged one must be the very same value, and a new certificate
/// gets new connections, while those that are open end on their own.
final class TLSMaterial: Sendable {
    private struct State {
        var trustSerial: UInt64 = 0
        var credentialSerial: UInt64 = 0
        var made: TLSConfiguration?
    }

    private let trust: FileBacked<NIOSSLTrustRoots>
    private let verification: CertificateVerification
    private let state = Mutex(State())

    init(_ trust: ClientConfiguration.Trust) {
        verification = if case .anyone = trust { .none } else { .fullVerification }
        switch trust {
        case .system, .anyone:
            self.trust = FileBacked([], isSame: ==) { .default }
        case .authorities(let pem):
            let roots = Result { () throws(ClientError) in
                try Self.roots(pem, "the configured certificate authority")
            }
            self.trust = FileBacked([], isSame: ==) { () throws(ClientError) in try roots.get() }
        case .file(let path):
            self.trust = FileBacked([path], isSame: ==) { () throws(ClientError) in
                try Self.roots(BoundedFile.read(path), path)
            }
        }
    }

    func configuration(for credential: Credential) throws(ClientError) -> TLSConfiguration {
        let (roots, trustSerial) = try trust.current()
        let made = state.withLock { state in
            state.trustSerial == trustSerial && state.credentialSerial == credential.serial
                ? state.made : nil
        }
        if let made { return made }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = verification
        configuration.trustRoots = roots
        if let certificate = credential.certificate { try Self.add(certificate, to: &configuration) }
        state.withLock { state in
            state = State(
                trustSerial: trustSerial,
                credentialSerial: credential.serial,
                made: configuration
            )
        }
        return configuration
    }

    private static func roots(_ pem: [UInt8], _ place: String) throws(ClientError) -> NIOSSLTrustRoots {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(pem), !certificates.isEmpty else {
            throw .configuration("\(place) holds no certificate in PEM")
        }
        return .certificates(certificates)
    }

    private static func add(
        _ certificate: ClientCertificate,
        to configuration: inout TLSConfiguration
    ) throws(ClientError) {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificate.chain), !chain.isEmpty else {
            throw .credentials("the client certificate is no certificate in PEM")
        }
        let key = certificate.key.reveal { try? NIOSSLPrivateKey(bytes: $0, format: .pem) }
        guard let key else { throw .credentials("the client certificate's key is no private key in PEM") }
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = .privateKey(key)
    }
}
