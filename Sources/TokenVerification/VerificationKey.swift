import Crypto
import CryptoExtras
import FoundationEssentials

/// A public key that signatures of tokens are verified with.
public struct VerificationKey: Sendable {
    enum Material: Sendable {
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// What a token names it by.
    public let id: String?
    /// The only algorithm it may be used with, where its owner said so.
    let algorithm: SignatureAlgorithm?
    let material: Material

    /// Whether signatures by this algorithm are for this kind of key, and its owner allows it.
    ///
    /// The algorithm in a token's header is a claim of whoever made the token; the key decides.
    func allows(_ algorithm: SignatureAlgorithm) -> Bool {
        if let only = self.algorithm, only != algorithm { return false }
        return switch (material, algorithm) {
        case (.p256, .es256), (.p384, .es384), (.p521, .es512), (.ed25519, .edDSA): true
        case (.rsa, .rs256), (.rsa, .rs384), (.rsa, .rs512): true
        case (.rsa, .ps256), (.rsa, .ps384), (.rsa, .ps512): true
        case (.p256, _), (.p384, _), (.p521, _), (.rsa, _), (.ed25519, _): false
        }
    }

    /// Whether the signature, in the form of RFC 7518, section 3, is this key's over the message.
    func verifies(_ signature: [UInt8], of message: [UInt8], by algorithm: SignatureAlgorithm) -> Bool {
        guard allows(algorithm) else { return false }
        switch material {
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(signature, for: SHA256.hash(data: message))
        case .p384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(signature, for: SHA384.hash(data: message))
        case .p521(let key):
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(signature, for: SHA512.hash(data: message))
        case .ed25519(let key):
            return signature.count == 64 && key.isValidSignature(signature, for: message)
        case .rsa(let key):
            // BoringSSL would refuse another length too; this one is ours to rely on.
            guard signature.count == (key.keySizeInBits + 7) / 8 else { return false }
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return switch algorithm {
            case .rs256:
                key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
            case .rs384:
                key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
            case .rs512:
                key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
            case .ps256: key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .PSS)
            case .ps384: key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .PSS)
            case .ps512: key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .PSS)
            case .es256, .es384, .es512, .edDSA: false
            }
        }
    }
}
