import Crypto
import CryptoExtras
public import FoundationEssentials
public import Identity
public import Secrets
import SwiftASN1
public import X509

extension SigningAuthority {
    /// Takes along an authority that exists already.
    ///
    /// - Parameters:
    ///   - trustDomain: The domain it will sign for.
    ///   - pemChain: The signer's certificate, then those that lead to the root, which is the last.
    ///   - pemKey: The signer's key: ECDSA P-256 or P-384, or RSA of 2,048 bits or more; PKCS #8, SEC 1 or
    ///     PKCS #1, not encrypted.
    ///   - now: Wall time, to refuse what has expired.
    /// - Throws: What is wrong with it, before anything was signed.
    public init(
        trustDomain: TrustDomain,
        pemChain: String,
        pemKey: String,
        at now: Date
    ) throws(SigningAuthorityError) {
        let chain: CertificateChain
        do {
            chain = try CertificateChain(pem: pemChain)
        } catch {
            throw .format(error)
        }
        try self.init(trustDomain: trustDomain, chain: chain, key: Self.parseKey(pem: pemKey), at: now)
    }

    /// Reads the one key of a PEM text, of any kind and form that an authority may have.
    public static func parseKey(pem text: String) throws(SigningAuthorityError) -> Secret<
        Certificate.PrivateKey
    > {
        let pem: PEMText
        do {
            pem = try PEMText(parsing: text)
        } catch {
            throw .keyPEM(error)
        }
        // `openssl ecparam -genkey` puts a block with the curve before the key.
        let blocks = pem.blocks.filter { $0.label != "EC PARAMETERS" }
        guard let block = blocks.first else { throw .noKey }
        guard blocks.count == 1 else { throw .severalKeys(blocks.count) }
        switch block.label {
        case "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY": break
        case "ENCRYPTED PRIVATE KEY": throw .keyPEM(.encrypted(line: block.line))
        default: throw .keyPEM(.unexpectedLabel(line: block.line))
        }
        do {
            let document = PEMDocument(type: block.label, derBytes: block.bytes)
            return Secret(try Certificate.PrivateKey(pemDocument: document))
        } catch {
            throw .keyMalformed
        }
    }
}
