public import Crypto
import FoundationEssentials
public import JSONText

/// A key that JWT-SVIDs of a trust domain are signed with, as others get to know it.
public struct JWTAuthority: Sendable {
    public let keyID: String
    public let publicKey: P256.Signing.PublicKey

    public init(keyID: String, publicKey: P256.Signing.PublicKey) {
        self.keyID = keyID
        self.publicKey = publicKey
    }

    /// Names the key by its thumbprint, so that the name depends on the key alone (RFC 7638, with SHA-256).
    public init(publicKey: P256.Signing.PublicKey) {
        // Section 3: the required members only, in this order, without white space.
        let members: JSONValue = .object(JSONObject(Self.members(of: publicKey)))
        self.init(keyID: Base64URL.encode(SHA256.hash(data: members.bytes())), publicKey: publicKey)
    }

    /// The key as a JSON Web Key for JWT-SVIDs (SPIFFE Trust Domain and Bundle, section 4.2).
    public var jwk: JSONValue {
        var object = JSONObject(Self.members(of: publicKey))
        object["kid"] = .string(keyID)
        object["use"] = "jwt-svid"
        return .object(object)
    }

    /// The document `{"keys":[…]}` that the Workload API hands out.
    public static func document(of authorities: some Sequence<JWTAuthority>) -> [UInt8] {
        let value: JSONValue = ["keys": .array(authorities.map(\.jwk))]
        return value.bytes()
    }

    private static func members(of key: P256.Signing.PublicKey) -> [(String, JSONValue)] {
        let point = key.rawRepresentation
        return [
            ("crv", "P-256"),
            ("kty", "EC"),
            ("x", .string(Base64URL.encode(point.prefix(32)))),
            ("y", .string(Base64URL.encode(point.suffix(32)))),
        ]
    }
}
