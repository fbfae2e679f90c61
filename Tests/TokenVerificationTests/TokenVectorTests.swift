import Authorization
import JSONText
import TestSupport
import Testing

@testable import TokenVerification

@Suite("Tokens that others made")
struct TokenVectorTests {
    // {"iss":"joe", "exp":1300819380, "http://example.com/is_root":true}, with the RFC's line ends.
    static let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

    /// RFC 7515, appendix A.2 (RS256) and A.3 (ES256): the key, and the token.
    static let vectors: [(key: JSONObject, token: String)] = [
        (
            [
                "kty": "RSA", "e": "AQAB",
                "n": .string(
                    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4Ql"
                        + "L-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdb"
                        + "BYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK"
                        + "-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
                ),
            ],
            "eyJhbGciOiJSUzI1NiJ9.\(payload)."
                + "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujG"
                + "bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
                + "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6"
                + "LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        ),
        (
            [
                "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            ],
            "eyJhbGciOiJFUzI1NiJ9.\(payload)."
                + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        ),
    ]

    @Test("The examples of RFC 7515 verify, until they expire", arguments: [0, 1])
    func rfc7515(index: Int) throws {
        let (key, token) = Self.vectors[index]
        let verifier = TokenVerifier(issuers: ["joe": .keys(try TestIssuer.keySet([key]))])
        let before = verifier.evidence(bearer: token, at: 1_300_819_379)
        let after = verifier.evidence(bearer: token, at: 1_300_819_440)
        let expected = TokenClaims(issuer: "joe", subject: nil, audiences: [], values: ["iss": ["joe"]])
        #expect(before == .verified(expected))
        #expect(after == .unverifiable(.expired))
    }

    @Test func `the example of RFC 8037 verifies`() throws {
        // Appendix A.4; its payload is text, so it is no token of ours, and only the signature is checked.
        let set = try TestIssuer.keySet([
            ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]
        ])
        let key = try #require(set.keys.first)
        let message = Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".utf8)
        let text = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        let signature = try #require(Base64URL.decode(text.utf8))
        let isValid = key.verifies(signature, of: message, by: .edDSA)
        let isValidForLess = key.verifies(signature, of: message.dropLast(), by: .edDSA)
        #expect(isValid)
        #expect(!isValidForLess)
    }

    /// Makes a key and a token for each algorithm, and prints them as JSON lines.
    private static let signer = """
        import json
        from joserfc import jwk, jwt
        def key(algorithm):
            if algorithm[0] in 'RP': return jwk.RSAKey.generate_key(2048)
            if algorithm == 'EdDSA': return jwk.OKPKey.generate_key('Ed25519')
            return jwk.ECKey.generate_key({'ES256': 'P-256', 'ES384': 'P-384', 'ES512': 'P-521'}[algorithm])
        for algorithm in ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA']:
            signing = key(algorithm)
            public = signing.as_dict(private=False) | {'kid': 'k', 'alg': algorithm, 'use': 'sig'}
            claims = {'iss': 'https://id.example', 'sub': algorithm, 'exp': 1795219500}
            token = jwt.encode({'alg': algorithm, 'kid': 'k'}, claims, signing, algorithms=[algorithm])
            print(json.dumps({'keys': [public], 'token': token}))
        """

    @Test func `tokens made with Python's joserfc verify, by every algorithm`() throws {
        let result = try runPython(Self.signer)
        try #require(result.status == 0, "\(result.errorText)")
        var subjects: [String] = []
        for line in result.output.split(separator: UInt8(ascii: "\n")) {
            let sample = try JSONValue(parsing: line)
            let set = try KeySet(parsing: line)
            let token = try #require(sample["token"]?.string)
            let verifier = TokenVerifier(issuers: [TestIssuer.name: .keys(set)])
            let claims = try verifier.verify(Array(token.utf8)[...], at: TestIssuer.now)
            subjects.append(claims.subject ?? "")
        }
        #expect(subjects.sorted() == SignatureAlgorithm.allCases.map(\.rawValue).sorted())
    }
}
