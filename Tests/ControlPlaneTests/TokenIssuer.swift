import Crypto
import FoundationEssentials
import JSONText

@testable import TokenVerification

/// Somebody who signs tokens and publishes the key.
struct TokenIssuer: Sendable {
    static let name = "https://id.example"

    let key = P256.Signing.PrivateKey()
    let keyID: String

    init(_ keyID: String) {
        self.keyID = keyID
    }

    /// The key set, as issuers publish it (RFC 7517).
    var document: String {
        let point = key.publicKey.rawRepresentation
        let jwk: JSONValue = [
            "kty": "EC", "crv": "P-256", "kid": .string(keyID), "use": "sig", "alg": "ES256",
            "x": .string(Base64URL.encode(point.prefix(32))),
            "y": .string(Base64URL.encode(point.suffix(32))),
        ]
        let document: JSONValue = ["keys": .array([jwk])]
        return document.text()
    }

    func token(role: String) throws -> String {
        let header: JSONValue = ["alg": "ES256", "kid": .string(keyID), "typ": "JWT"]
        let claims: JSONValue = [
            "iss": .string(Self.name), "sub": "ann", "aud": "shop", "role": .string(role),
            "exp": .int(Int64(Date().timeIntervalSince1970) + 300),
        ]
        let input = "\(Base64URL.encode(header.bytes())).\(Base64URL.encode(claims.bytes()))"
        let signature = try key.signature(for: SHA256.hash(data: Array(input.utf8)))
        return "\(input).\(Base64URL.encode(signature.rawRepresentation))"
    }
}
