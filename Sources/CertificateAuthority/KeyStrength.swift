import Crypto
import CryptoExtras
import X509

/// Which keys and signatures count as proof: P-256, P-384 and RSA of 2,048 to 8,192 bits, with SHA-2.
///
/// The upper bound for RSA is there because the check's cost grows with a number that the peer chooses.
enum KeyStrength {
    static let rsaBits = 2048...8192

    static func accepts(_ key: Certificate.PublicKey) -> Bool {
        if P256.Signing.PublicKey(key) != nil || P384.Signing.PublicKey(key) != nil { return true }
        guard let rsa = _RSA.Signing.PublicKey(key) else { return false }
        return rsaBits.contains(rsa.keySizeInBits)
    }

    static func accepts(_ algorithm: Certificate.SignatureAlgorithm) -> Bool {
        switch algorithm {
        case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512: true
        case .sha256WithRSAEncryption, .sha384WithRSAEncryption, .sha512WithRSAEncryption: true
        default: false
        }
    }
}
