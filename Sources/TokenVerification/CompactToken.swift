public import Crypto
import FoundationEssentials
public import JSONText

/// Signs claims as a token in JWS compact form (RFC 7515, section 7.1), with ES256.
public enum CompactToken {
    public static func sign(_ claims: JSONObject, key: P256.Signing.PrivateKey, keyID: String) throws
        -> String
    {
        let header: JSONValue = ["alg": "ES256", "kid": .string(keyID), "typ": "JWT"]
        let payload = JSONValue.object(claims)
        let input = "\(Base64URL.encode(header.bytes())).\(Base64URL.encode(payload.bytes()))"
        let signature = try key.signature(for: SHA256.hash(data: Array(input.utf8)))
        return "\(input).\(Base64URL.encode(signature.rawRepresentation))"
    }
}
