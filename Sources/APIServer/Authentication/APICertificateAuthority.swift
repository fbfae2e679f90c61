import Crypto
import FoundationEssentials
import KubernetesModel
import Secrets
public import Storage
import SwiftASN1
import X509

/// Why the API server's authority cannot be used.
public enum APIAuthorityError: Error, Equatable, Sendable {
    case storage(StorageError)
    /// One of its files is there without the other, or is not what it should be.
    case damaged(String)
    /// It is over, and what it vouched for with it.
    case expired
    /// Signing failed inside the cryptographic library.
    case signing
}

extension APIAuthorityError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storage(let error): error.description
        case .damaged(let name):
            "\(name) is missing or damaged; restore it from a backup, or remove ca.crt and ca.key to begin anew"
        case .expired:
            "the API's authority has expired; remove ca.crt and ca.key, and hand out new kubeconfig files"
        case .signing: "a certificate could not be signed"
        }
    }
}

/// The authority that vouches for the API server, and for those who come to it with a certificate.
///
/// Its own, and not the mesh's: a certificate of the mesh says which workload somebody is, one of this authority which
/// user, and neither must pass for the other.
struct APICertificateAuthority: Sendable {
    /// A certificate and its key, for one purpose.
    struct Issued: Sendable {
        let certificate: Certificate
        let key: Secret<P256.Signing.PrivateKey>
    }

    static let lifetime: Double = 10 * 365 * 86_400
    private static let certificateName = "ca.crt"
    private static let keyName = "ca.key"

    let certificate: Certificate
    private let key: Secret<P256.Signing.PrivateKey>

    init(certificate: Certificate, key: Secret<P256.Signing.PrivateKey>) {
        self.certificate = certificate
        self.key = key
    }

    /// Makes an authority with a fresh key.
    init(at now: Timestamp) throws(APIAuthorityError) {
        let key = P256.Signing.PrivateKey()
        do {
            let name = try DistinguishedName { CommonName("nullius-api-ca") }
            let identifier = SubjectKeyIdentifier(hash: Certificate.PrivateKey(key).publicKey)
            certificate = try Self.sign(
                for: Certificate.PrivateKey(key).publicKey,
                subject: name,
                issuer: name,
                key: key,
                from: now,
                seconds: Self.lifetime,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(digitalSignature: true, keyCertSign: true, cRLSign: true))
                    identifier
                }
            )
        } catch {
            throw .signing
        }
        self.key = Secret(key)
    }

    /// Reads the authority that is kept in the directory, or makes one when there is no trace of any.
    init(in directory: PrivateDirectory, at now: Timestamp) throws(APIAuthorityError) {
        let certificateText: [UInt8]?
        let keyText: [UInt8]?
        do throws(StorageError) {
            certificateText = try directory.read(Self.certificateName)
            keyText = try directory.read(Self.keyName)
        } catch {
            throw .storage(error)
        }
        guard certificateText != nil || keyText != nil else {
            self = try Self(at: now)
            try store(in: directory)
            return
        }
        guard let certificateText,
            let certificate = try? Certificate(pemEncoded: String(decoding: certificateText, as: UTF8.self))
        else { throw .damaged(Self.certificateName) }
        guard let keyText,
            let key = try? P256.Signing.PrivateKey(
                pemRepresentation: String(decoding: keyText, as: UTF8.self)
            ),
            Certificate.PrivateKey(key).publicKey == certificate.publicKey
        else { throw .damaged(Self.keyName) }
        self.init(certificate: certificate, key: Secret(key))
        guard certificate.notValidAfter > now.date else { throw .expired }
    }

    /// The key first: without its certificate it is seen to be half of something.
    private func store(in directory: PrivateDirectory) throws(APIAuthorityError) {
        let text = key.reveal { $0.pemRepresentation }
        do throws(StorageError) {
            try directory.write(Self.keyName, (text + "\n").utf8)
            try directory.write(Self.certificateName, (certificatePEM + "\n").utf8)
        } catch {
            throw .storage(error)
        }
    }

    var certificatePEM: String { Self.pem(certificate) }

    static func pem(_ certificate: Certificate) -> String {
        // What was parsed or signed can be serialized.
        (try? certificate.serializeAsPEM().pemString) ?? ""
    }

    // MARK: Issuing

    /// Signs a certificate for the server itself, with a fresh key.
    func issueServing(names: [GeneralName], seconds: Double, at now: Timestamp) throws(APIAuthorityError)
        -> Issued
    {
        try issue(
            subject: { try DistinguishedName { CommonName("kube-apiserver") } },
            usage: .serverAuth,
            names: names,
            seconds: seconds,
            at: now
        )
    }

    /// Signs a certificate for a user, with a fresh key.
    func issueClient(user: String, groups: [String], seconds: Double, at now: Timestamp)
        throws(APIAuthorityError)
        -> Issued
    {
        try issue(
            subject: {
                let organizations = groups.map {
                    RelativeDistinguishedName.Attribute(
                        type: .RDNAttributeType.organizationName,
                        value: .init(utf8String: $0)
                    )
                }
                let name = RelativeDistinguishedName.Attribute(
                    type: .RDNAttributeType.commonName,
                    value: .init(utf8String: user)
                )
                return DistinguishedName((organizations + [name]).map { RelativeDistinguishedName($0) })
            },
            usage: .clientAuth,
            names: [],
            seconds: seconds,
            at: now
        )
    }

    private func issue(
        subject: () throws -> DistinguishedName,
        usage: ExtendedKeyUsage.Usage,
        names: [GeneralName],
        seconds: Double,
        at now: Timestamp
    ) throws(APIAuthorityError) -> Issued {
        let own = P256.Signing.PrivateKey()
        let publicKey = Certificate.PrivateKey(own).publicKey
        do {
            let extensions = try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([usage])
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier
                )
                if !names.isEmpty { SubjectAlternativeNames(names) }
            }
            let signed = try key.reveal { key in
                try Self.sign(
                    for: publicKey,
                    subject: try subject(),
                    issuer: certificate.subject,
                    key: key,
                    from: now,
                    seconds: min(seconds, certificate.notValidAfter.timeIntervalSince(now.date)),
                    extensions: extensions
                )
            }
            return Issued(certificate: signed, key: Secret(own))
        } catch {
            throw .signing
        }
    }

    private static func sign(
        for publicKey: Certificate.PublicKey,
        subject: DistinguishedName,
        issuer: DistinguishedName,
        key: P256.Signing.PrivateKey,
        from now: Timestamp,
        seconds: Double,
        extensions: Certificate.Extensions
    ) throws -> Certificate {
        try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: publicKey,
            // For clocks that are behind.
            notValidBefore: now.date.addingTimeInterval(-60),
            notValidAfter: now.date.addingTimeInterval(seconds),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions,
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
    }
}

extension Timestamp {
    var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }
}
