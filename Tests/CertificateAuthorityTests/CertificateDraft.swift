import Crypto
import CryptoExtras
import FoundationEssentials
import SwiftASN1
import X509

@testable import CertificateAuthority

/// A certificate to be made, a good leaf unless told otherwise.
struct CertificateDraft {
    var version = Certificate.Version.v3
    var uris = ["spiffe://cluster.local/ns/shop/sa/web"]
    var otherNames: [GeneralName] = []
    var subject = DistinguishedName()
    var basicConstraints: BasicConstraints? = .notCertificateAuthority
    var keyUsage: KeyUsage? = KeyUsage(digitalSignature: true)
    var keyUsageIsCritical = true
    var extendedUsages: [ExtendedKeyUsage.Usage]? = [.serverAuth, .clientAuth]
    var nameConstraints: NameConstraints?
    var moreExtensions: [Certificate.Extension] = []
    var notBefore = Date(timeIntervalSince1970: 1_800_000_000 - 60)
    var notAfter = Date(timeIntervalSince1970: 1_800_000_000 + 3600)
    var key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    var algorithm: Certificate.SignatureAlgorithm?

    /// An authority with a name.
    static func authority(_ name: String) throws -> CertificateDraft {
        var draft = CertificateDraft()
        draft.uris = []
        draft.subject = try DistinguishedName { CommonName(name) }
        draft.basicConstraints = .isCertificateAuthority(maxPathLength: nil)
        draft.keyUsage = KeyUsage(keyCertSign: true, cRLSign: true)
        draft.extendedUsages = nil
        draft.notAfter = Date(timeIntervalSince1970: 1_800_000_000 + 86_400)
        return draft
    }

    func with(_ change: (inout CertificateDraft) throws -> Void) rethrows -> CertificateDraft {
        var draft = self
        try change(&draft)
        return draft
    }

    func selfSigned() throws -> Signed {
        try signed(by: Signed(draft: self, certificate: nil))
    }

    func signed(by issuer: Signed) throws -> Signed {
        let algorithm = algorithm ?? issuer.draft.defaultAlgorithm
        let certificate = try Certificate(
            version: version,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: notBefore,
            notValidAfter: notAfter,
            issuer: issuer.draft.subject,
            subject: subject,
            signatureAlgorithm: algorithm,
            extensions: extensions(),
            issuerPrivateKey: issuer.draft.key
        )
        return Signed(draft: self, certificate: certificate)
    }

    private var defaultAlgorithm: Certificate.SignatureAlgorithm {
        switch "\(key)" {
        case "P256.PrivateKey": .ecdsaWithSHA256
        case "P384.PrivateKey": .ecdsaWithSHA384
        case "P521.PrivateKey": .ecdsaWithSHA512
        case "Ed25519.PrivateKey": .ed25519
        default: .sha256WithRSAEncryption
        }
    }

    private func extensions() throws -> Certificate.Extensions {
        var all: [Certificate.Extension] = []
        if let basicConstraints { all.append(try .init(basicConstraints, critical: true)) }
        if let keyUsage { all.append(try .init(keyUsage, critical: keyUsageIsCritical)) }
        if let extendedUsages { all.append(try .init(ExtendedKeyUsage(extendedUsages), critical: false)) }
        if let nameConstraints { all.append(try .init(nameConstraints, critical: true)) }
        let names = uris.map(GeneralName.uniformResourceIdentifier) + otherNames
        if !names.isEmpty { all.append(try .init(SubjectAlternativeNames(names), critical: true)) }
        all.append(try .init(SubjectKeyIdentifier(hash: key.publicKey), critical: false))
        return try Certificate.Extensions(all + moreExtensions)
    }
}

/// A certificate and the key behind it, ready to sign others.
struct Signed {
    var draft: CertificateDraft
    var certificate: Certificate?

    func der() throws -> [UInt8] {
        guard let certificate else { throw CertificateFormatError.empty }
        return try certificate.derBytes()
    }
}
