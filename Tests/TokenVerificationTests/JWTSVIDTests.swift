import Authorization
import Crypto
import FoundationEssentials
import Identity
import JSONText
import TestSupport
import Testing

@testable import TokenVerification

@Suite("JWT-SVIDs")
struct JWTSVIDTests {
    let key = P256.Signing.PrivateKey()
    let now = TestIssuer.now
    let domain = TrustDomain.default

    private func web() throws -> SPIFFEID { try SPIFFEID(parsing: "spiffe://cluster.local/ns/shop/sa/web") }

    private func bundles(_ key: P256.Signing.PrivateKey? = nil) throws -> [TrustDomain: KeySet] {
        let authority = JWTAuthority(publicKey: (key ?? self.key).publicKey)
        return [domain: try KeySet(parsing: JWTAuthority.document(of: [authority]), for: .jwtSVID)]
    }

    private func token(audiences: [String] = ["orders"]) throws -> String {
        let keyID = JWTAuthority(publicKey: key.publicKey).keyID
        return try JWTSVID.sign(
            try web(),
            audiences: audiences,
            ttl: .seconds(300),
            key: key,
            keyID: keyID,
            now: now
        ).token
    }

    /// The error that a token with these claims meets, signed by the right key.
    private func error(claims changes: JSONObject, header: JSONObject = [:]) throws -> JWTSVID
        .VerificationError?
    {
        let issuer = TestIssuer(keyID: JWTAuthority(publicKey: TestIssuer().key.publicKey).keyID)
        let set = try TestIssuer.keySet([issuer.jwk.with("use", "jwt-svid")], for: .jwtSVID)
        let claims: JSONObject = [
            "sub": .string(try web().description), "aud": ["orders"], "exp": .int(now + 300),
            "iat": .int(now),
        ]
        let token = try issuer.token(
            header: header.reduce(issuer.header) { $0.with($1.name, $1.value) },
            claims: changes.reduce(claims) { $0.with($1.name, $1.value) }
        )
        do throws(JWTSVID.VerificationError) {
            _ = try JWTSVID.verify(token, audience: "orders", bundles: [domain: set], now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func `what is signed verifies for each of its audiences`() throws {
        let token = try token(audiences: ["orders", "ledger"])
        let bundles = try bundles()
        for audience in ["orders", "ledger"] {
            let svid = try JWTSVID.verify(token, audience: audience, bundles: bundles, now: now)
            #expect(svid == JWTSVID(id: try web(), audiences: ["orders", "ledger"], expiry: now + 300))
        }
    }

    @Test func `a token for somebody else, or too old, or of another key is refused`() throws {
        let token = try token()
        let bundles = try bundles()
        let foreign = try self.bundles(P256.Signing.PrivateKey())
        #expect(throws: JWTSVID.VerificationError.audience) {
            try JWTSVID.verify(token, audience: "ledger", bundles: bundles, now: now)
        }
        #expect(throws: JWTSVID.VerificationError.token(.expired)) {
            try JWTSVID.verify(token, audience: "orders", bundles: bundles, now: now + 360)
        }
        #expect(throws: JWTSVID.VerificationError.token(.unknownKey)) {
            try JWTSVID.verify(token, audience: "orders", bundles: foreign, now: now)
        }
        #expect(throws: JWTSVID.VerificationError.unknownTrustDomain(domain)) {
            try JWTSVID.verify(token, audience: "orders", bundles: [:], now: now)
        }
    }

    @Test func `the keys of one trust domain do not vouch for another`() throws {
        let other = try TrustDomain(parsing: "partner.example")
        let keys = try #require(try bundles()[domain])
        #expect(throws: JWTSVID.VerificationError.unknownTrustDomain(domain)) {
            try JWTSVID.verify(try token(), audience: "orders", bundles: [other: keys], now: now)
        }
    }

    @Test(
        "Claims that a JWT-SVID must have are required, and of the right kind",
        arguments: [
            (["sub": "web"], .subject), (["sub": .null], .subject),
            (["sub": "spiffe://Cluster.local/x"], .subject),
            (["aud": []], .audience), (["aud": ["Orders"]], .audience), (["aud": 1], .token(.malformed)),
            (["exp": "9999999999"], .token(.malformed)), (["exp": 1], .token(.expired)),
            (["iat": 9_999_999_999], .token(.notYetValid)), (["aud": "orders"], nil),
            (["exp": .double(1e300)], nil),
        ] as [(JSONObject, JWTSVID.VerificationError?)]
    )
    func claims(changes: JSONObject, expected: JWTSVID.VerificationError?) throws {
        let error = try error(claims: changes)
        #expect(error == expected)
    }

    @Test(
        "Headers are checked as for any token",
        arguments: [
            ("alg", "none", .token(.unsupportedAlgorithm)), ("alg", "EdDSA", .token(.unsupportedAlgorithm)),
            ("kid", "x", .token(.unknownKey)), ("crit", ["x"], .token(.malformed)),
        ] as [(String, JSONValue, JWTSVID.VerificationError)]
    )
    func header(name: String, value: JSONValue, expected: JWTSVID.VerificationError) throws {
        let error = try error(claims: [:], header: [name: value])
        #expect(error == expected)
    }

    @Test func `a bundle's X.509 keys do not sign tokens`() throws {
        let x509 = TestIssuer().jwk.with("use", "x509-svid")
        let nameless = TestIssuer().jwk.with("use", "jwt-svid").with("kid", nil)
        let set = try TestIssuer.keySet([x509, nameless], for: .jwtSVID)
        #expect(set.keys.isEmpty)
        #expect(set.skipped.map(\.problem) == [.otherUse, .member("kid")])
    }

    @Test func `times at the end of all integers do not trap`() throws {
        let (_, svid) = try JWTSVID.sign(
            try web(),
            audiences: [],
            ttl: .seconds(Int64.max),
            key: key,
            keyID: "k",
            now: .max
        )
        #expect(svid.expiry == .max)
    }

    /// Reads `{"keys", "token"}`, verifies the token and prints its claims.
    private static let verifier = """
        import json, sys
        from joserfc import jwk, jwt
        sample = json.load(sys.stdin)
        for key in sample['keys']: key.pop('use')
        keys = jwk.KeySet.import_key_set({'keys': sample['keys']})
        token = jwt.decode(sample['token'], keys, algorithms=['ES256'])
        thumbprints = [key.thumbprint() for key in keys.keys]
        print(json.dumps({'header': token.header, 'claims': token.claims, 'thumbprints': thumbprints}))
        """

    @Test func `Python's joserfc verifies what we sign with the keys that we publish`() throws {
        let authority = JWTAuthority(publicKey: key.publicKey)
        let document = try JSONValue(parsing: JWTAuthority.document(of: [authority]))
        let input: JSONValue = ["keys": document["keys"] ?? [], "token": .string(try token())]
        let result = try runPython(Self.verifier, input: input.bytes())
        try #require(result.status == 0, "\(result.errorText)")
        let answer = try JSONValue(parsing: result.output)
        #expect(answer["claims"]?["sub"]?.string == "spiffe://cluster.local/ns/shop/sa/web")
        #expect(answer["claims"]?["aud"] == ["orders"])
        #expect(answer["claims"]?["exp"]?.int == Int(now) + 300)
        #expect(answer["header"]?["kid"]?.string == authority.keyID)
        #expect(answer["thumbprints"] == [.string(authority.keyID)])
    }
}
