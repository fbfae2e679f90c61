import FoundationEssentials
import Identity
import SwiftASN1
import X509

/// What one certificate says of itself, read once.
///
/// An extension that is present but cannot be read is an error here, never an absent extension.
struct CertificateFacts: Sendable {
    let certificate: Certificate
    let position: CertificatePosition
    let isAuthority: Bool
    let maximumPathLength: Int?
    let keyUsage: KeyUsage?
    let keyUsageIsCritical: Bool
    let extendedUsages: ExtendedKeyUsage?
    let alternativeNames: [GeneralName]
    let nameConstraints: NameConstraints?
    let subjectKeyIdentifier: ArraySlice<UInt8>?
    let issuerKeyIdentifier: ArraySlice<UInt8>?
    let understandsCriticalExtensions: Bool

    /// Those are not counted against a path length (RFC 5280, section 6.1.4, l).
    var isSelfIssued: Bool { certificate.issuer == certificate.subject }

    private static let understood: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.basicConstraints,
        .X509ExtensionID.keyUsage,
        .X509ExtensionID.extendedKeyUsage,
        .X509ExtensionID.subjectAlternativeName,
        .X509ExtensionID.nameConstraints,
        .X509ExtensionID.subjectKeyIdentifier,
        .X509ExtensionID.authorityKeyIdentifier,
    ]

    init(_ certificate: Certificate, at position: CertificatePosition) throws(SVIDViolation) {
        self.certificate = certificate
        self.position = position
        let extensions = certificate.extensions
        do {
            switch try extensions.basicConstraints {
            case .isCertificateAuthority(let maximum):
                isAuthority = true
                maximumPathLength = maximum
            case .notCertificateAuthority, nil:
                isAuthority = false
                maximumPathLength = nil
            }
            keyUsage = try extensions.keyUsage
            extendedUsages = try extensions.extendedKeyUsage
            alternativeNames = try extensions.subjectAlternativeNames.map(Array.init) ?? []
            nameConstraints = try extensions.nameConstraints
            subjectKeyIdentifier = try extensions.subjectKeyIdentifier?.keyIdentifier
            issuerKeyIdentifier = try extensions.authorityKeyIdentifier?.keyIdentifier
        } catch {
            throw .malformedExtension(position)
        }
        keyUsageIsCritical = extensions[oid: .X509ExtensionID.keyUsage]?.critical ?? false
        understandsCriticalExtensions = extensions.allSatisfy {
            !$0.critical || Self.understood.contains($0.oid)
        }
    }

    /// The rules that hold for every certificate of a path.
    func checkBasics(at now: Date) throws(SVIDViolation) {
        guard certificate.version == .v3 else { throw .notVersion3(position) }
        guard understandsCriticalExtensions else { throw .unknownCriticalExtension(position) }
        guard KeyStrength.accepts(certificate.publicKey) else { throw .unsupportedKey(position) }
        guard KeyStrength.accepts(certificate.signatureAlgorithm) else {
            throw .unsupportedSignatureAlgorithm(position)
        }
        guard certificate.notValidBefore <= now else {
            throw .notYetValid(position, from: certificate.notValidBefore)
        }
        guard now <= certificate.notValidAfter else {
            throw .expired(position, at: certificate.notValidAfter)
        }
    }

    /// The one SPIFFE ID of the certificate.
    func spiffeID() throws(SVIDViolation) -> SPIFFEID {
        let uris = alternativeNames.compactMap { name in
            if case .uniformResourceIdentifier(let uri) = name { uri } else { nil }
        }
        guard let uri = uris.first else { throw .noURIName }
        guard uris.count == 1 else { throw .severalURINames(uris.count) }
        do {
            return try SPIFFEID(parsing: uri)
        } catch {
            throw .notASPIFFEID(error)
        }
    }

    func allows(_ role: PeerRole) -> Bool {
        guard let extendedUsages else { return false }
        return switch role {
        case .client: extendedUsages.contains(.clientAuth)
        case .server: extendedUsages.contains(.serverAuth)
        }
    }
}
