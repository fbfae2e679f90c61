import Crypto
public import Identity
import SwiftASN1
public import X509

/// Why a certificate request is refused.
public enum CertificateRequestViolation: Error, Equatable, Sendable {
    case tooLarge(bytes: Int)
    case malformed
    case unsupportedKey
    case unsupportedSignatureAlgorithm
    /// The sender does not hold the key it wants certified.
    case signatureInvalid
    case severalURINames(Int)
    case notASPIFFEID(IdentityError)
    /// A DNS name, an address, …: only SPIFFE IDs are certified here.
    case otherNames(Int)
    case wantsAuthority
    /// The name asked for is not the one the caller was attested to have.
    case notTheAttestedIdentity
}

/// A PKCS #10 request whose sender proved to hold the key (RFC 2986, section 4.2).
///
/// What it asks for is never believed: ``check(against:)`` compares it with what was attested, and an ``Issuer``
/// takes nothing from it but the key. The subject is ignored, since most tools insist on sending one.
public struct CertificateRequest: Sendable {
    /// One with an RSA-8192 key has under 3 KiB.
    public static let maximumBytes = 16 << 10

    public let publicKey: Certificate.PublicKey
    /// The URI name asked for, if any.
    public let requestedID: SPIFFEID?

    /// Parses and checks a DER request.
    public init(der bytes: [UInt8]) throws(CertificateRequestViolation) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLarge(bytes: bytes.count) }
        let request = try Self.parse(bytes)
        guard KeyStrength.accepts(request.publicKey) else { throw .unsupportedKey }
        guard KeyStrength.accepts(request.signatureAlgorithm) else { throw .unsupportedSignatureAlgorithm }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw .signatureInvalid
        }
        publicKey = request.publicKey
        requestedID = try Self.requestedID(in: request)
    }

    /// Refuses a request for another name than the attested one; one that names nobody is fine.
    public func check(against attested: SPIFFEID) throws(CertificateRequestViolation) {
        guard let requestedID else { return }
        guard requestedID == attested else { throw .notTheAttestedIdentity }
    }

    /// Makes a request for a key, in DER.
    ///
    /// - Parameters:
    ///   - id: The name the sender expects to get.
    ///   - key: Stays with the sender; only the proof of holding it goes into the request.
    /// - Returns: DER, signed with the key.
    /// - Throws: Only if the cryptographic library fails.
    public static func make(for id: SPIFFEID, key: SVIDKey) throws -> [UInt8] {
        let extensions = try Certificate.Extensions {
            Critical(SubjectAlternativeNames([.uniformResourceIdentifier(id.description)]))
        }
        let attribute = try CertificateSigningRequest.Attribute(ExtensionRequest(extensions: extensions))
        let request = try key.reveal { key in
            try CertificateSigningRequest(
                version: .v1,
                subject: DistinguishedName(),
                privateKey: Certificate.PrivateKey(key),
                attributes: .init([attribute])
            )
        }
        var serializer = DER.Serializer()
        try serializer.serialize(request)
        return serializer.serializedBytes
    }

    private static func parse(
        _ bytes: [UInt8]
    ) throws(CertificateRequestViolation) -> CertificateSigningRequest {
        do {
            return try CertificateSigningRequest(derEncoded: bytes)
        } catch let error as CertificateError where error.code == .unsupportedPublicKeyAlgorithm {
            throw .unsupportedKey
        } catch is CryptoKitError {
            // An RSA key under 2,048 bits, a point off its curve.
            throw .unsupportedKey
        } catch let error as CertificateError where error.code == .unsupportedSignatureAlgorithm {
            throw .unsupportedSignatureAlgorithm
        } catch {
            throw .malformed
        }
    }

    private static func requestedID(
        in request: CertificateSigningRequest
    ) throws(CertificateRequestViolation) -> SPIFFEID? {
        let names: SubjectAlternativeNames
        do {
            guard let wanted = try request.attributes.extensionRequest?.extensions else { return nil }
            if case .isCertificateAuthority = try wanted.basicConstraints {
                throw CertificateRequestViolation.wantsAuthority
            }
            names = try wanted.subjectAlternativeNames ?? SubjectAlternativeNames()
        } catch let violation as CertificateRequestViolation {
            throw violation
        } catch {
            throw .malformed
        }
        let uris = names.compactMap { name in
            if case .uniformResourceIdentifier(let uri) = name { uri } else { nil }
        }
        guard uris.count == names.count else { throw .otherNames(names.count - uris.count) }
        guard let uri = uris.first else { return nil }
        guard uris.count == 1 else { throw .severalURINames(uris.count) }
        do {
            return try SPIFFEID(parsing: uri)
        } catch {
            throw .notASPIFFEID(error)
        }
    }
}
