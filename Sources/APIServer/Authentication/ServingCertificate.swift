import Crypto
import FoundationEssentials
import KubernetesModel
import Logging
import NIOSSL
import NetworkTypes
import Secrets
import ServiceLifecycle
import SwiftASN1
import Synchronization
import X509

/// The certificate that the server shows, renewed while it runs.
///
/// Certificate and key are never stored: a new pair costs a millisecond, and what is not there cannot be copied.
/// Connections keep the one that they began with.
final class ServingCertificate: Sendable {
    static let lifetime: Double = 30 * 86_400

    private let authority: APICertificateAuthority
    private let names: [GeneralName]
    private let current: Mutex<(context: NIOSSLContext, end: Timestamp)>

    init(_ authority: APICertificateAuthority, addresses: [String], at now: Timestamp) throws {
        self.authority = authority
        names = try Self.names(addresses)
        current = Mutex(try Self.renew(authority, names, at: now))
    }

    var context: NIOSSLContext { current.withLock { $0.context } }

    /// Renews the certificate once a third of its life is left.
    func renewIfDue(at now: Timestamp) throws {
        let end = current.withLock { $0.end }
        guard end.since(now) < .seconds(Self.lifetime / 3) else { return }
        let fresh = try Self.renew(authority, names, at: now)
        current.withLock { $0 = fresh }
    }

    /// The names that clients inside and outside of a cluster know an API server by.
    private static func names(_ addresses: [String]) throws -> [GeneralName] {
        let hosts = [
            "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
        ]
        var seen: Set<String> = []
        let all = (["127.0.0.1", "::1"] + addresses).filter { seen.insert($0).inserted }
        return hosts.map { .dnsName($0) }
            + all.compactMap { bytes(of: $0).map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) } }
    }

    private static func bytes(of text: String) -> [UInt8]? {
        guard let address = try? IPAddress(parsing: text) else { return nil }
        let all = [address.high, address.low].flatMap { half in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> UInt64($0)) }
        }
        return Array(all.suffix(address.family.bitWidth / 8))
    }

    private static func renew(
        _ authority: APICertificateAuthority,
        _ names: [GeneralName],
        at now: Timestamp
    ) throws -> (NIOSSLContext, Timestamp) {
        let issued = try authority.issueServing(names: names, seconds: lifetime, at: now)
        var serializer = DER.Serializer()
        try issued.certificate.serialize(into: &serializer)
        let certificate = try NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der)
        let key = try issued.key.reveal {
            try NIOSSLPrivateKey(bytes: Array($0.derRepresentation), format: .der)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)],
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        // What Go offers for TLS 1.2, without what it only keeps for old clients.
        configuration.cipherSuiteValues = [
            .TLS_AES_128_GCM_SHA256, .TLS_AES_256_GCM_SHA384, .TLS_CHACHA20_POLY1305_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        configuration.curves = [.x25519_MLKEM768, .x25519, .secp256r1, .secp384r1]
        configuration.applicationProtocols = ["h2", "http/1.1"]
        // A certificate may come and need not; ours is named, so that a client that has several picks the right one.
        configuration.certificateVerification = .optionalVerification
        configuration.sendCANameList = true
        var root = DER.Serializer()
        try authority.certificate.serialize(into: &root)
        configuration.trustRoots = .certificates([
            try NIOSSLCertificate(bytes: root.serializedBytes, format: .der)
        ])
        let end = Timestamp(clampingSeconds: Int64(issued.certificate.notValidAfter.timeIntervalSince1970))
        return (try NIOSSLContext(configuration: configuration), end)
    }
}

extension ServingCertificate: ServiceLifecycle.Service {
    /// Looks once an hour, which also sees a clock that was set.
    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(3600))
                // What fails is tried again in an hour; ten days are left for that.
                try? self.renewIfDue(at: WallClock.system.now())
            }
        }
    }
}
