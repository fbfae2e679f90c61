import Crypto
import SwiftASN1
public import X509

/// Why bytes are not a certificate chain that we are ready to look at.
public enum CertificateFormatError: Error, Equatable, Sendable {
    case empty
    case tooMany(Int)
    case tooLarge(bytes: Int)
    /// `index` counts from 0, the leaf.
    case malformed(index: Int)
    case unsupportedPublicKey(index: Int)
    case unsupportedSignatureAlgorithm(index: Int)
    case pem(PEMError)
}

/// At least one certificate and not many: the leaf first, then those that lead to a root.
///
/// Parsed and bounded, not verified: that is what ``SVIDVerifier`` is for.
public struct CertificateChain: Equatable, Sendable {
    /// More than any sane hierarchy has; what is longer costs a handshake's time for nothing.
    public static let maximumLength = 8
    /// Of one certificate in DER.
    ///
    /// An SVID has under 1 KiB; an RSA-4096 one with a long name under 4.
    public static let maximumCertificateBytes = 16 << 10

    public let certificates: [Certificate]
    /// The same certificates, byte for byte as they came.
    public let der: [[UInt8]]

    public var leaf: Certificate { certificates[0] }

    /// Certificates as TLS carries them: DER, the leaf first.
    public init(der: [[UInt8]]) throws(CertificateFormatError) {
        guard !der.isEmpty else { throw .empty }
        guard der.count <= Self.maximumLength else { throw .tooMany(der.count) }
        if let large = der.first(where: { $0.count > Self.maximumCertificateBytes }) {
            throw .tooLarge(bytes: large.count)
        }
        var certificates: [Certificate] = []
        for (index, bytes) in der.enumerated() {
            certificates.append(try Self.parse(bytes, index: index))
        }
        self.certificates = certificates
        self.der = der
    }

    /// `CERTIFICATE` blocks, the leaf first.
    public init(pem text: String) throws(CertificateFormatError) {
        try self.init(der: Self.certificateBlocks(in: text))
    }

    public init(_ certificates: [Certificate]) throws(CertificateFormatError) {
        var der: [[UInt8]] = []
        for (index, certificate) in certificates.enumerated() {
            guard let bytes = try? certificate.derBytes() else { throw .malformed(index: index) }
            der.append(bytes)
        }
        try self.init(der: der)
    }

    /// One `CERTIFICATE` block after the other, with a newline at the end.
    public var pem: String {
        der.map { PEMDocument(type: "CERTIFICATE", derBytes: $0).pemString + "\n" }.joined()
    }

    static func certificateBlocks(in text: String) throws(CertificateFormatError) -> [[UInt8]] {
        let pem: PEMText
        do {
            pem = try PEMText(parsing: text)
        } catch {
            throw .pem(error)
        }
        if let other = pem.blocks.first(where: { $0.label != "CERTIFICATE" }) {
            throw .pem(.unexpectedLabel(line: other.line))
        }
        return pem.blocks.map(\.bytes)
    }

    static func parse(_ bytes: [UInt8], index: Int) throws(CertificateFormatError) -> Certificate {
        do {
            return try Certificate(derEncoded: bytes)
        } catch let error as CertificateError where error.code == .unsupportedPublicKeyAlgorithm {
            throw .unsupportedPublicKey(index: index)
        } catch is CryptoKitError {
            // An RSA key under 2,048 bits, a point off its curve.
            throw .unsupportedPublicKey(index: index)
        } catch let error as CertificateError where error.code == .unsupportedSignatureAlgorithm {
            throw .unsupportedSignatureAlgorithm(index: index)
        } catch {
            throw .malformed(index: index)
        }
    }
}

extension Certificate {
    /// Exactly the bytes it was parsed from or signed as.
    func derBytes() throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(self)
        return serializer.serializedBytes
    }
}
