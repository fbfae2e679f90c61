import Crypto
public import FoundationEssentials
public import Identity
import Secrets
import SwiftASN1
import X509

extension SigningAuthority {
    /// How far certificates are dated back, for verifiers whose clock is behind.
    public static let backdating: Duration = .seconds(60)

    /// Makes a self-signed P-256 root for a trust domain, with a fresh key.
    ///
    /// It may sign leaves only (path length 0), and names its trust domain, so that it cannot be put into the
    /// bundle of another one by mistake.
    public static func makeRoot(
        trustDomain: TrustDomain,
        lifetime: Duration = .seconds(10 * 365 * 86_400),
        at now: Date,
        using random: inout some RandomNumberGenerator
    ) throws(SigningAuthorityError) -> SigningAuthority {
        guard lifetime >= .seconds(1), lifetime <= .seconds(50 * 365 * 86_400) else {
            throw .lifetimeOutOfRange
        }
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let start = now.flooredToSecond
        let certificate: Certificate
        do {
            let keyIdentifier = SubjectKeyIdentifier(hash: key.publicKey)
            let name = try DistinguishedName {
                CommonName(commonName(of: trustDomain, keyIdentifier: keyIdentifier))
            }
            certificate = try Certificate(
                version: .v3,
                serialNumber: .random(using: &random),
                publicKey: key.publicKey,
                notValidBefore: start - backdating,
                notValidAfter: start + lifetime,
                issuer: name,
                subject: name,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    SubjectAlternativeNames([.uniformResourceIdentifier("spiffe://\(trustDomain.name)")])
                    keyIdentifier
                },
                issuerPrivateKey: key
            )
        } catch {
            throw .signing
        }
        let chain: CertificateChain
        do {
            chain = try CertificateChain([certificate])
        } catch {
            throw .format(error)
        }
        return try SigningAuthority(trustDomain: trustDomain, chain: chain, key: Secret(key), at: now)
    }

    /// Tells roots of one domain apart: two with one name make path building guess.
    ///
    /// At most 64 characters (RFC 5280, appendix A.1, `ub-common-name`); the URI name has the domain in full.
    private static func commonName(
        of trustDomain: TrustDomain,
        keyIdentifier: SubjectKeyIdentifier
    ) -> String {
        let suffix = Hexadecimal.text(keyIdentifier.keyIdentifier.prefix(8))
        return "\(trustDomain.name.prefix(64 - 1 - suffix.count)) \(suffix)"
    }
}

/// Lower-case hexadecimal, two digits for each byte.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Certificate.SerialNumber {
    /// 128 random bits, positive and not zero (RFC 5280, section 4.1.2.2).
    static func random(using generator: inout some RandomNumberGenerator) -> Self {
        var bytes: [UInt8]
        repeat {
            bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        } while bytes.allSatisfy { $0 == 0 }
        return Self(bytes: bytes)
    }
}
