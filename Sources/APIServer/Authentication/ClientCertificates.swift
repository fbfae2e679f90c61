import Crypto
import FoundationEssentials
import KubernetesModel
import RBAC
import SwiftASN1
import X509

/// Why a client's certificate says nothing about who the client is.
enum ClientCertificateProblem: Error, Equatable, Sendable {
    case unreadable
    /// Not signed by our authority, by name or by key.
    case unknownAuthority
    case notYetValid
    case expired
    /// For servers, or for signing others.
    case otherPurpose
    case unknownCriticalExtension
    /// It names no user.
    case noCommonName
}

/// Tells who a client is by its certificate: the user is the subject's common name, the groups its organizations.
struct ClientCertificates: Sendable {
    let authority: Certificate

    /// Judges a certificate whose key the client has proven; `now` decides about its time.
    func user(_ certificate: Certificate, at now: Timestamp) throws(ClientCertificateProblem) -> UserInfo {
        guard certificate.issuer == authority.subject,
            certificate.signatureAlgorithm == .ecdsaWithSHA256,
            authority.publicKey.isValidSignature(certificate.signature, for: certificate)
        else { throw .unknownAuthority }
        guard certificate.notValidBefore <= now.date else { throw .notYetValid }
        guard certificate.notValidAfter > now.date else { throw .expired }
        try checkPurpose(certificate)

        let names = certificate.subject.flatMap { Array($0) }
        let user = names.last { $0.type == .RDNAttributeType.commonName }.flatMap { Self.text($0.value) }
        guard let user, !user.isEmpty else { throw .noCommonName }
        let groups = names.filter { $0.type == .RDNAttributeType.organizationName }
            .compactMap { Self.text($0.value) }.filter { !$0.isEmpty }
        // Who is known is authenticated; nobody can come in as one who is not.
        return UserInfo(
            name: user,
            groups: groups + ["system:authenticated"],
            extra: [Self.credentialIDKey: ["X509SHA256=\(try Self.fingerprint(of: certificate))"]]
        )
    }

    static let credentialIDKey = "authentication.kubernetes.io/credential-id"

    private func checkPurpose(_ certificate: Certificate) throws(ClientCertificateProblem) {
        let usages: ExtendedKeyUsage?
        let constraints: BasicConstraints?
        do {
            usages = try certificate.extensions.extendedKeyUsage
            constraints = try certificate.extensions.basicConstraints
        } catch {
            throw .unreadable
        }
        if case .isCertificateAuthority = constraints { throw .otherPurpose }
        guard usages?.contains(.clientAuth) == true else { throw .otherPurpose }
        let understood: Set<ASN1ObjectIdentifier> = [
            .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage,
            .X509ExtensionID.subjectAlternativeName,
        ]
        guard certificate.extensions.allSatisfy({ !$0.critical || understood.contains($0.oid) }) else {
            throw .unknownCriticalExtension
        }
    }

    private static func text(_ value: RelativeDistinguishedName.Attribute.Value) -> String? {
        String(value)
    }

    private static func fingerprint(of certificate: Certificate) throws(ClientCertificateProblem) -> String {
        var serializer = DER.Serializer()
        do {
            try certificate.serialize(into: &serializer)
        } catch {
            throw .unreadable
        }
        return SHA256.hash(data: serializer.serializedBytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}
