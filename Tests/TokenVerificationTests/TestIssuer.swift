import Authorization
import Crypto
import FoundationEssentials
import JSONText

@testable import TokenVerification

/// An issuer of tokens with one P-256 key, that signs whatever a test wants signed.
struct TestIssuer {
    static let name = "https://id.example"
    /// 2026-11-21 00:00 UTC.
    static let now: Int64 = 1_795_219_200

    let key = P256.Signing.PrivateKey()
    var keyID = "k1"

    var jwk: JSONObject {
        let point = key.publicKey.rawRepresentation
        return [
            "kty": "EC", "crv": "P-256", "kid": .string(keyID), "use": "sig", "alg": "ES256",
            "x": .string(Base64URL.encode(point.prefix(32))),
            "y": .string(Base64URL.encode(point.suffix(32))),
        ]
    }

    var header: JSONObject { ["alg": "ES256", "kid": .string(keyID), "typ": "JWT"] }

    var claims: JSONObject {
        [
            "iss": .string(Self.name), "sub": "ann", "aud": "shop", "exp": .int(Self.now + 300),
            "role": "support",
        ]
    }

    var verifier: TokenVerifier { Self.verifier(keys: [jwk]) }

    /// Trusts the issuer's name with these keys.
    static func verifier(keys: [JSONObject]) -> TokenVerifier {
        guard let set = try? keySet(keys) else { return TokenVerifier(issuers: [:]) }
        return TokenVerifier(issuers: [name: .keys(set)])
    }

    static func keySet(_ keys: [JSONObject], for use: KeySet.Use = .signature) throws -> KeySet {
        let document: JSONValue = ["keys": .array(keys.map { .object($0) })]
        return try KeySet(parsing: document.bytes(), for: use)
    }

    /// A token with the signature of this issuer, whatever header and payload say.
    func token(header: JSONObject? = nil, claims: JSONObject? = nil) throws -> String {
        try token(
            header: JSONValue.object(header ?? self.header).bytes(),
            payload: JSONValue.object(claims ?? self.claims).bytes()
        )
    }

    func token(header: [UInt8], payload: [UInt8]) throws -> String {
        try signed("\(Base64URL.encode(header)).\(Base64URL.encode(payload))")
    }

    func signed(_ input: String) throws -> String {
        let signature = try key.signature(for: SHA256.hash(data: Array(input.utf8)))
        return "\(input).\(Base64URL.encode(signature.rawRepresentation))"
    }
}

extension TokenVerifier {
    /// What a request with this token proves.
    func evidence(bearer token: String, at now: Int64 = TestIssuer.now) -> TokenEvidence {
        evidence(for: [Array("Bearer \(token)".utf8)[...]], at: now)
    }
}

extension JSONObject {
    /// The object with one member changed, or removed.
    func with(_ name: String, _ value: JSONValue?) -> JSONObject {
        var copy = self
        copy[name] = value
        return copy
    }
}
