import Authorization
import JSONText
import Testing

@testable import TokenVerification

@Suite("Claims of a token")
struct TokenClaimsTests {
    private func claims(_ text: String) throws -> TokenClaims {
        let payload = try #require(try JSONValue(parsing: text).object)
        return try TokenClaims(payload: payload)
    }

    @Test func `strings and arrays of strings are kept, nested ones under a dotted name`() throws {
        let claims = try claims(
            #"""
            {"iss":"i","role":["a","b"],"realm_access":{"roles":["admin"],"x":{"y":"z"}},"https://x.example/team":"t"}
            """#
        )
        let expected = [
            "iss": ["i"], "role": ["a", "b"], "realm_access.roles": ["admin"], "realm_access.x.y": ["z"],
            "https://x.example/team": ["t"],
        ]
        #expect(claims.values == expected)
        #expect(claims.subject == nil)
    }

    @Test func `what is no string is left out, and an array with anything else as a whole`() throws {
        let claims = try claims(
            #"{"iss":"i","n":1,"b":true,"z":null,"mixed":["a",1],"deep":[["a"]],"empty":[]}"#
        )
        #expect(claims.values == ["iss": ["i"], "empty": []])
    }

    @Test func `scope is a list of words`() throws {
        let claims = try claims(#"{"iss":"i","scope":"read  write","name":"Ann Lee"}"#)
        #expect(claims.values["scope"] == ["read", "write"])
        #expect(claims.values["name"] == ["Ann Lee"])
    }

    @Test(
        "Audiences are one string or an array of strings",
        arguments: [
            (#"{"iss":"i"}"#, []), (#"{"iss":"i","aud":"a"}"#, ["a"]),
            (#"{"iss":"i","aud":["a","b"]}"#, ["a", "b"]),
            (#"{"iss":"i","aud":[]}"#, []), (#"{"iss":"i","aud":1}"#, nil),
            (#"{"iss":"i","aud":["a",1]}"#, nil),
            (#"{"iss":"i","aud":null}"#, nil),
        ] as [(String, [String]?)]
    )
    func audiences(text: String, expected: [String]?) throws {
        let payload = try #require(try JSONValue(parsing: text).object)
        let claims = try? TokenClaims(payload: payload)
        #expect(claims?.audiences == expected)
    }

    @Test(
        "Claims that could be taken for another are refused",
        arguments: [
            #"{"iss":"i","a.b":"x","a":{"b":"y"}}"#, #"{"iss":"i","sub":1}"#, #"{"iss":1}"#, #"{"sub":"x"}"#,
            #"{"iss":"i","a":{"b.c":"x","b":{"c":["x"]}}}"#,
        ]
    )
    func malformed(text: String) throws {
        let payload = try #require(try JSONValue(parsing: text).object)
        #expect(throws: TokenProblem.malformed) { try TokenClaims(payload: payload) }
    }
}
