import Authorization
import JSONText
import Testing

@testable import TokenVerification

@Suite("Verifying bearer tokens")
struct TokenVerifierTests {
    let issuer = TestIssuer()

    @Test func `a good token proves its claims`() throws {
        let token = try issuer.token()
        let evidence = issuer.verifier.evidence(bearer: token)
        let expected = TokenClaims(
            issuer: TestIssuer.name,
            subject: "ann",
            audiences: ["shop"],
            values: ["iss": [TestIssuer.name], "sub": ["ann"], "aud": ["shop"], "role": ["support"]]
        )
        #expect(evidence == .verified(expected))
    }

    @Test(
        "The Authorization field decides whether there is a token",
        arguments: [
            ([], .absent), ([""], .absent), (["Basic YTpi"], .absent), (["Bearer2 x"], .absent),
            (["Beare"], .absent),
            (["Bearer"], .unverifiable(.malformed)), (["Bearer  "], .unverifiable(.malformed)),
            (["Bearer x"], .unverifiable(.malformed)), (["bEARER\tx.y.z"], .unverifiable(.malformed)),
            (["\"earer x"], .absent),
            (["Basic YTpi", "Basic YTpi"], .unverifiable(.repeated)), (["", ""], .unverifiable(.repeated)),
        ] as [([String], TokenEvidence)]
    )
    func fields(values: [String], expected: TokenEvidence) {
        let evidence = issuer.verifier.evidence(for: values.map { Array($0.utf8)[...] }, at: TestIssuer.now)
        #expect(evidence == expected)
    }

    @Test func `the scheme has no case, and space around the token does not matter`() throws {
        let token = try issuer.token()
        let verifier = issuer.verifier
        let values = ["bearer \(token)", " BEARER   \(token) \t"].map { Array($0.utf8) }
        let verified = values.map { verifier.evidence(for: [$0[...]], at: TestIssuer.now).isVerified }
        #expect(verified == [true, true])
    }

    @Test func `two tokens are refused, even when both are good`() throws {
        let value = Array("Bearer \(try issuer.token())".utf8)[...]
        let evidence = issuer.verifier.evidence(for: [value, value], at: TestIssuer.now)
        #expect(evidence == .unverifiable(.repeated))
    }

    @Test func `an issuer whose keys cannot be had proves nothing`() throws {
        let token = try issuer.token()
        let verifier = TokenVerifier(issuers: [TestIssuer.name: .unavailable])
        #expect(verifier.evidence(bearer: token) == .unverifiable(.keysUnavailable))
    }

    @Test(
        "An issuer is known by its exact text only",
        arguments: [
            "https://id.example/", "https://ID.example", "https://id.example\u{0}", "",
            "https://\u{212A}.example",
        ]
    )
    func unknownIssuer(name: String) throws {
        let token = try issuer.token(claims: issuer.claims.with("iss", .string(name)))
        let keys = try TestIssuer.keySet([issuer.jwk])
        let verifier = TokenVerifier(issuers: [
            TestIssuer.name: .keys(keys), "https://K.example": .keys(keys),
        ])
        #expect(verifier.evidence(bearer: token) == .unverifiable(.unknownIssuer))
    }

    static let now = TestIssuer.now

    @Test(
        "Times bound a token, a minute of skew allowed",
        arguments: [
            (["exp": .int(now - 59)], nil), (["exp": .int(now - 60)], .expired), (["exp": 0], .expired),
            (["exp": .double(Double(now) + 0.5)], nil), (["exp": .double(1e300)], nil),
            (["exp": .null], .malformed),
            (["exp": .string("\(now + 300)")], .malformed), (["exp": -1], .malformed),
            (["exp": [1]], .malformed),
            (["exp": .bool(true)], .malformed),
            (["nbf": .int(now + 60)], nil), (["nbf": .int(now + 61)], .notYetValid),
            (["nbf": "0"], .malformed),
            (["iat": .int(now + 60)], nil), (["iat": .int(now + 61)], .notYetValid),
            (["iat": .null], .malformed),
            (["nbf": .double(1e300)], .notYetValid), (["nbf": 0, "iat": 0], nil),
        ] as [(JSONObject, TokenProblem?)]
    )
    func times(changes: JSONObject, problem: TokenProblem?) throws {
        let claims = changes.reduce(issuer.claims) { $0.with($1.name, $1.value) }
        let token = try issuer.token(claims: claims)
        let evidence = issuer.verifier.evidence(bearer: token)
        #expect(evidence.problem == problem)
        #expect(evidence.isVerified == (problem == nil))
    }

    @Test func `a token without expiry, or with one beyond all numbers, is refused`() throws {
        let without = try issuer.token(claims: issuer.claims.with("exp", nil))
        let payload = #"{"iss":"https://id.example","exp":1e999}"#
        let endless = try issuer.token(
            header: JSONValue.object(issuer.header).bytes(),
            payload: Array(payload.utf8)
        )
        let problems = [without, endless].map { issuer.verifier.evidence(bearer: $0).problem }
        #expect(problems == [.malformed, .malformed])
    }

    @Test(
        "The times of the clock itself do not trap",
        arguments: [Int64.min, -1, 0, Int64.max]
    )
    func extremeClock(now: Int64) throws {
        let token = try issuer.token()
        let evidence = issuer.verifier.evidence(bearer: token, at: now)
        #expect(evidence.problem == (now == .max ? .expired : nil))
    }
}

extension TokenEvidence {
    var isVerified: Bool {
        if case .verified = self { true } else { false }
    }

    var problem: TokenProblem? {
        if case .unverifiable(let problem) = self { problem } else { nil }
    }
}
