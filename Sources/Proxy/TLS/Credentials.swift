public import CertificateAuthority
import Crypto
public import FoundationEssentials
public import Identity
import NIOCore
import NIOSSL

/// A certificate with its key, the roots to trust, and the TLS contexts made of them: one immutable generation.
public struct Credentials: Sendable {
    /// Grows with every change; connections remember theirs.
    public let generation: UInt64
    public let identity: SPIFFEID
    public let notAfter: Date
    public let bundles: TrustBundles
    let server: NIOSSLContext
    private let clients: [ApplicationProtocol: NIOSSLContext]

    /// Makes the contexts, which checks that certificate and key belong together.
    public init(generation: UInt64, svid: X509SVID, key: SVIDKey, bundles: TrustBundles) throws {
        self.generation = generation
        identity = svid.spiffeID
        notAfter = svid.notAfter
        self.bundles = bundles
        let chain = try svid.chain.der.map { try NIOSSLCertificate(bytes: $0, format: .der) }
        let privateKey = try key.reveal {
            try NIOSSLPrivateKey(bytes: Array($0.derRepresentation), format: .der)
        }

        var server = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        // A client without a certificate is no caller without identity, it is none at all.
        server.certificateVerification = .noHostnameVerification
        server.applicationProtocols = ApplicationProtocol.allCases.map(\.rawValue)
        self.server = try NIOSSLContext(configuration: Self.hardened(server))

        var clients: [ApplicationProtocol: NIOSSLContext] = [:]
        for offered in ApplicationProtocol.allCases {
            var client = TLSConfiguration.makeClientConfiguration()
            client.certificateChain = chain.map { .certificate($0) }
            client.privateKey = .privateKey(privateKey)
            // Names of hosts prove nothing here; the callback looks at the SPIFFE ID.
            client.certificateVerification = .noHostnameVerification
            client.applicationProtocols = [offered.rawValue]
            clients[offered] = try NIOSSLContext(configuration: Self.hardened(client))
        }
        self.clients = clients
    }

    func client(for offered: ApplicationProtocol) -> NIOSSLContext? { clients[offered] }

    /// TLS 1.3 only; the hybrid key exchange first, so that what is recorded today cannot be read tomorrow.
    private static func hardened(_ configuration: TLSConfiguration) -> TLSConfiguration {
        var result = configuration
        result.minimumTLSVersion = .tlsv13
        result.maximumTLSVersion = .tlsv13
        result.curves = [.x25519_MLKEM768, .x25519, .secp256r1]
        // Roots of the machine have no say; the custom verification decides alone.
        result.trustRoots = .certificates([])
        result.shutdownTimeout = .seconds(2)
        return result
    }
}

/// What is spoken inside TLS, told by ALPN (RFC 7301).
enum ApplicationProtocol: String, CaseIterable, Sendable {
    case http2 = "h2"
    case http1 = "http/1.1"
    /// Bytes that are not HTTP, between two proxies.
    case opaque = "nullius-opaque"
}
