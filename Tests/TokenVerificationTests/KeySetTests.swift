import Crypto
import JSONText
import TestSupport
import Testing

@testable import TokenVerification

@Suite("Key sets")
struct KeySetTests {
    let issuer = TestIssuer()

    private func problem(_ name: String, _ value: JSONValue?) throws -> KeyProblem? {
        let set = try TestIssuer.keySet([issuer.jwk.with(name, value)])
        return set.skipped.first?.problem
    }

    @Test(
        "A key that is not what it must be is left out, with the reason",
        arguments: [
            ("kty", "RSA", .member("n")), ("kty", "oct", .unsupportedType), ("kty", nil, .unsupportedType),
            ("crv", "P-192", .unsupportedType), ("crv", "secp256k1", .unsupportedType),
            ("crv", "P-384", .member("x")),
            ("x", nil, .member("x")), ("x", "AAAA", .member("x")), ("x", "===", .member("x")),
            ("x", 1, .member("x")),
            ("y", .string(Base64URL.encode([UInt8](repeating: 0xFF, count: 32))), .invalid),
            ("alg", "none", .unsupportedAlgorithm), ("alg", "HS256", .unsupportedAlgorithm),
            ("alg", "RS256", .unsupportedAlgorithm), ("alg", "ES384", .unsupportedAlgorithm),
            ("alg", 1, .member("alg")),
            ("use", "enc", .otherUse), ("use", 1, .otherUse), ("use", "jwt-svid", .otherUse),
            ("key_ops", ["sign"], .otherUse), ("key_ops", "verify", .otherUse),
            ("d", "AAAA", .privateKey), ("k", "AAAA", .privateKey), ("kid", 7, .member("kid")),
        ] as [(String, JSONValue?, KeyProblem)]
    )
    func skipped(name: String, value: JSONValue?, expected: KeyProblem) throws {
        let problem = try problem(name, value)
        #expect(problem == expected)
    }

    @Test(
        "Members that decide nothing may be absent or unknown",
        arguments: [("alg", nil), ("use", nil), ("kid", nil), ("key_ops", ["verify"]), ("x5c", ["x"])]
            as [(String, JSONValue?)]
    )
    func accepted(name: String, value: JSONValue?) throws {
        let problem = try problem(name, value)
        #expect(problem == nil)
    }

    @Test func `a bad key does not take the good ones with it`() throws {
        let document: JSONValue = ["keys": [1, .object(issuer.jwk), ["kty": "oct", "k": "AAAA"]]]
        let set = try KeySet(parsing: document.bytes())
        #expect(set.keys.map(\.id) == ["k1"])
        #expect(
            set.skipped == [.init(index: 0, problem: .notAnObject), .init(index: 2, problem: .privateKey)]
        )
    }

    @Test(
        "RSA keys are of 2,048 to 8,192 bits",
        arguments: [
            (1024, false), (2040, false), (2048, true), (8192, true), (8200, false), (100_000, false),
        ]
    )
    func rsaSize(bits: Int, isGood: Bool) throws {
        let modulus = [0x80] + [UInt8](repeating: 1, count: bits / 8 - 1)
        let key: JSONObject = [
            "kty": "RSA", "n": .string(Base64URL.encode(modulus)), "e": "AQAB",
        ]
        let set = try TestIssuer.keySet([key])
        #expect(set.skipped.map(\.problem) == (isGood ? [] : [.modulusBits(bits)]))
    }

    @Test(
        "RSA exponents that BoringSSL refuses make no key",
        arguments: ["", "AA", "AQ", "Ag", "AAAAAQAAAAE"]
    )
    func rsaExponent(exponent: String) throws {
        let modulus = [0x80] + [UInt8](repeating: 1, count: 255)
        let key: JSONObject = ["kty": "RSA", "n": .string(Base64URL.encode(modulus)), "e": .string(exponent)]
        let set = try TestIssuer.keySet([key])
        #expect(set.keys.isEmpty)
    }

    @Test(
        "What is no set is refused",
        arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[]} x"#, #"{"keys":[],"keys":[]}"#]
    )
    func noSet(text: String) {
        #expect(throws: KeySet.ParseError.self) { try KeySet(parsing: text.utf8) }
    }

    @Test func `a set has a bounded number of keys`() {
        let document: JSONValue = ["keys": .array(Array(repeating: .object(issuer.jwk), count: 65))]
        #expect(throws: KeySet.ParseError.tooManyKeys(limit: 64)) { try KeySet(parsing: document.bytes()) }
    }

    @Test func `keys of the same name are all tried`() throws {
        let other = TestIssuer()
        let verifier = TestIssuer.verifier(keys: [other.jwk, issuer.jwk])
        let token = try issuer.token()
        #expect(verifier.evidence(bearer: token).isVerified)
    }

    @Test(
        "Base 64 has one spelling for each sequence of bytes",
        arguments: [
            ("", []), ("AA", [0]), ("_-8", [0xFF, 0xEF]), ("AAAA", [0, 0, 0]), ("A", nil), ("AAAAA", nil),
            ("AB", nil),
            ("AAB", nil), ("AA==", nil), ("A A", nil), ("+/8", nil), ("AA\n", nil), ("ÄA", nil),
        ] as [(String, [UInt8]?)]
    )
    func base64(text: String, expected: [UInt8]?) {
        let bytes = Base64URL.decode(text.utf8)
        #expect(bytes == expected)
    }

    @Test(arguments: [31, 32, 33] as [UInt64])
    func `mutated sets are read or refused, and their keys verify nothing`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let keys = TokenVectorTests.vectors.map(\.key) + [issuer.jwk]
        let original = JSONValue.object(["keys": .array(keys.map { .object($0) })]).bytes()
        let noise = Array("AQ_-\"{}[]:,0k".utf8)
        var read = 0
        for _ in 0..<500 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = noise[Int.random(in: 0..<noise.count, using: &generator)]
            }
            guard let set = try? KeySet(parsing: bytes) else { continue }
            read += set.keys.count
            let message = Array("message".utf8)
            let verified = set.keys.contains { key in
                SignatureAlgorithm.allCases.contains {
                    key.verifies([UInt8](repeating: 1, count: 64), of: message, by: $0)
                        || key.verifies([UInt8](repeating: 1, count: 256), of: message, by: $0)
                }
            }
            #expect(!verified, "seed \(seed)")
        }
        #expect(read > 100)
    }

    @Test func `base 64 comes back the same`() {
        var generator = SeededGenerator(seed: 5)
        for count in 0..<70 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let again = Base64URL.decode(Base64URL.encode(bytes).utf8)
            #expect(again == bytes)
        }
    }
}
