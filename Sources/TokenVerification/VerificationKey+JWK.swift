import Crypto
import CryptoExtras
import FoundationEssentials
import JSONText

/// Why a key of a set is not used.
public enum KeyProblem: Error, Hashable, Sendable {
    case notAnObject
    /// A member that the key needs is absent or is not what it must be.
    case member(String)
    /// A `kty` or `crv` that we do not know, symmetric keys among them.
    case unsupportedType
    case unsupportedAlgorithm
    /// It is meant for something else than what the set is read for.
    case otherUse
    /// The set of a public issuer holds a private key; whoever signs with it proves nothing.
    case privateKey
    /// An RSA modulus below 2,048 or above 8,192 bits.
    case modulusBits(Int)
    /// The numbers make no valid key.
    case invalid
}

extension VerificationKey {
    /// Reads a JSON Web Key (RFC 7517; RFC 7518, section 6; RFC 8037, section 2).
    init(jwk: JSONValue, use: KeySet.Use) throws(KeyProblem) {
        guard let object = jwk.object else { throw .notAnObject }
        guard object["d"] == nil, object["k"] == nil else { throw .privateKey }
        try use.check(object)
        id = try Self.optionalText("kid", in: object)
        if let name = try Self.optionalText("alg", in: object) {
            guard let known = SignatureAlgorithm(rawValue: name) else { throw .unsupportedAlgorithm }
            algorithm = known
        } else {
            algorithm = nil
        }
        material = try Self.material(object)
        if let algorithm {
            let unbound = VerificationKey(id: nil, algorithm: nil, material: material)
            guard unbound.allows(algorithm) else { throw .unsupportedAlgorithm }
        }
    }

    private static func material(_ object: JSONObject) throws(KeyProblem) -> Material {
        switch (object["kty"]?.string, object["crv"]?.string) {
        case ("EC", "P-256"):
            let point = try point(object, coordinateBytes: 32)
            guard let key = try? P256.Signing.PublicKey(x963Representation: point) else { throw .invalid }
            return .p256(key)
        case ("EC", "P-384"):
            let point = try point(object, coordinateBytes: 48)
            guard let key = try? P384.Signing.PublicKey(x963Representation: point) else { throw .invalid }
            return .p384(key)
        case ("EC", "P-521"):
            let point = try point(object, coordinateBytes: 66)
            guard let key = try? P521.Signing.PublicKey(x963Representation: point) else { throw .invalid }
            return .p521(key)
        case ("OKP", "Ed25519"):
            let bytes = try bytes("x", in: object, count: 32)
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
                throw .invalid
            }
            return .ed25519(key)
        case ("RSA", _):
            return .rsa(try rsa(object))
        default:
            throw .unsupportedType
        }
    }

    private static func rsa(_ object: JSONObject) throws(KeyProblem) -> _RSA.Signing.PublicKey {
        let modulus = try bytes("n", in: object, count: nil)
        let exponent = try bytes("e", in: object, count: nil)
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard (2048...8192).contains(bits) else { throw .modulusBits(bits) }
        guard (1...4).contains(exponent.count) else { throw .member("e") }
        guard let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent) else { throw .invalid }
        return key
    }

    /// The point in the form of X9.63: 4, x, y.
    private static func point(_ object: JSONObject, coordinateBytes: Int) throws(KeyProblem) -> [UInt8] {
        let x = try bytes("x", in: object, count: coordinateBytes)
        let y = try bytes("y", in: object, count: coordinateBytes)
        return [4] + x + y
    }

    /// A member in base64url; a number without fixed width must be in its shortest form (RFC 7518, section 2).
    private static func bytes(_ name: String, in object: JSONObject, count: Int?) throws(KeyProblem)
        -> [UInt8]
    {
        guard let text = object[name]?.string, let bytes = Base64URL.decode(text.utf8) else {
            throw .member(name)
        }
        guard let count else {
            // Some issuers write the sign byte of their big integers; the number is the same.
            return Array(bytes.drop { $0 == 0 })
        }
        guard bytes.count == count else { throw .member(name) }
        return bytes
    }

    private static func optionalText(_ name: String, in object: JSONObject) throws(KeyProblem) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw .member(name) }
        return text
    }
}
