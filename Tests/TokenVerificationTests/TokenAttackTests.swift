import Authorization
import Crypto
import FoundationEssentials
import JSONText
import TestSupport
import Testing

@testable import TokenVerification

@Suite("Attacks on tokens")
struct TokenAttackTests {
    let issuer = TestIssuer()

    private func problem(of token: String) -> TokenProblem? {
        let evidence = issuer.verifier.evidence(bearer: token)
        return evidence.isVerified ? nil : evidence.problem
    }

    @Test(
        "Algorithms that are no signatures of ours are refused",
        arguments: [
            "none", "None", "NONE", "", "HS256", "HS384", "HS512", "ES256K", "es256", "RSA1_5", "dir",
            "ES256 ",
        ]
    )
    func algorithm(name: String) throws {
        let token = try issuer.token(header: issuer.header.with("alg", .string(name)))
        #expect(problem(of: token) == .unsupportedAlgorithm)
    }

    @Test func `a token without signature is refused`() throws {
        let parts = try issuer.token().split(separator: ".")
        let header = Base64URL.encode(#"{"alg":"none"}"#.utf8)
        let unsigned = ["\(header).\(parts[1]).", "\(header).\(parts[1])", "\(parts[0]).\(parts[1])."]
        let problems = unsigned.map { problem(of: $0) }
        #expect(problems == [.unsupportedAlgorithm, .malformed, .malformed])
    }

    @Test func `a public key is no secret for HMAC`() throws {
        let parts = try issuer.token(header: issuer.header.with("alg", "HS256")).split(separator: ".")
        let input = "\(parts[0]).\(parts[1])"
        let representations = [
            issuer.key.publicKey.rawRepresentation, issuer.key.publicKey.x963Representation,
            issuer.key.publicKey.derRepresentation, Data(issuer.key.publicKey.pemRepresentation.utf8),
        ]
        let problems = representations.map { secret in
            let code = HMAC<SHA256>.authenticationCode(
                for: Data(input.utf8),
                using: SymmetricKey(data: secret)
            )
            return problem(of: "\(input).\(Base64URL.encode(code))")
        }
        #expect(problems == Array(repeating: .unsupportedAlgorithm, count: 4))
    }

    @Test(
        "The algorithm must be the key's",
        arguments: SignatureAlgorithm.allCases.filter { $0 != .es256 }
    )
    func otherAlgorithm(algorithm: SignatureAlgorithm) throws {
        let token = try issuer.token(header: issuer.header.with("alg", .string(algorithm.rawValue)))
        let unbound = TestIssuer.verifier(keys: [issuer.jwk.with("alg", nil)])
        #expect(problem(of: token) == .unknownKey)
        #expect(unbound.evidence(bearer: token).problem == .unknownKey)
    }

    @Test(
        "A header that says what we do not act on exactly is refused",
        arguments: [
            ("kid", "k2", .unknownKey), ("kid", "", .unknownKey), ("kid", 1, .malformed),
            ("kid", .null, .malformed),
            ("crit", ["exp"], .malformed), ("crit", [], .malformed), ("b64", false, .malformed),
            ("typ", "dpop+jwt", .malformed), ("typ", "logout+jwt", .malformed), ("typ", 1, .malformed),
            ("alg", .null, .malformed), ("alg", ["ES256"], .malformed),
        ] as [(String, JSONValue, TokenProblem)]
    )
    func header(name: String, value: JSONValue, expected: TokenProblem) throws {
        let token = try issuer.token(header: issuer.header.with(name, value))
        #expect(problem(of: token) == expected)
    }

    @Test(
        "A header may leave out or spell loosely what decides nothing",
        arguments: [
            ("kid", nil), ("typ", nil), ("typ", "jwt"), ("typ", "at+jwt"), ("typ", "application/at+JWT"),
            ("typ", "JOSE"),
            ("cty", "x"), ("jku", "https://evil.example/keys"), ("x5u", "https://evil.example/"),
        ] as [(String, JSONValue?)]
    )
    func looseHeader(name: String, value: JSONValue?) throws {
        let token = try issuer.token(header: issuer.header.with(name, value))
        #expect(problem(of: token) == nil)
    }

    @Test func `a key that the token brings along is not used`() throws {
        let other = TestIssuer()
        let header = other.header.with("jwk", .object(other.jwk))
        let token = try other.token(header: header)
        #expect(problem(of: token) == .badSignature)
    }

    @Test func `a signature by another key, or over another payload, is refused`() throws {
        let mine = try issuer.token().split(separator: ".")
        let stranger = try TestIssuer().token()
        let payload = Base64URL.encode(JSONValue.object(issuer.claims.with("role", "admin")).bytes())
        let problems = [stranger, "\(mine[0]).\(payload).\(mine[2])"].map { problem(of: $0) }
        #expect(problems == [.badSignature, .badSignature])
    }

    @Test(
        "Signatures of another form are refused",
        arguments: [0, 1, 63, 65, 70, 4096]
    )
    func signatureLength(count: Int) throws {
        let parts = try issuer.token().split(separator: ".")
        let signature = Base64URL.encode([UInt8](repeating: 0, count: count))
        let result = problem(of: "\(parts[0]).\(parts[1]).\(signature)")
        #expect(result == (count == 0 ? .malformed : .badSignature))
    }

    @Test func `a signature in DER, or of zeros, is refused`() throws {
        let token = try issuer.token()
        let parts = token.split(separator: ".")
        let input = "\(parts[0]).\(parts[1])"
        let der = try issuer.key.signature(for: SHA256.hash(data: Data(input.utf8))).derRepresentation
        let zeros = [UInt8](repeating: 0, count: 64)
        let problems = [Array(der), zeros].map { problem(of: "\(input).\(Base64URL.encode($0))") }
        #expect(problems == [.badSignature, .badSignature])
    }

    @Test func `a verified token has one spelling`() throws {
        let token = try issuer.token()
        // 64 bytes leave four unused bits in the last character.
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(token.last)
        let others = alphabet.filter { $0 != last }.map { problem(of: token.dropLast() + String($0)) }
        let decorated = [
            token + "=", token + "==", token + ".", token + ".x", "." + token, token + "\n", token + "AAA",
        ]
        let problems = decorated.map { problem(of: $0) }
        #expect(!others.contains(nil))
        #expect(problems == Array(repeating: .malformed, count: 7))
    }

    @Test func `JSON that readers understand in different ways is refused`() throws {
        let header = JSONValue.object(issuer.header).bytes()
        let payloads = [
            #"{"iss":"https://id.example","exp":9999999999,"exp":9999999999}"#, #"["iss"]"#, #"null"#, "",
            "{",
            #"{"iss":"https://id.example","exp":9999999999}x"#,
            "\u{FEFF}{\"iss\":\"https://id.example\",\"exp\":9999999999}",
            #"{"iss":"https://id.example","exp":9999999999,"a":"# + String(repeating: "[", count: 5000) + "}",
        ]
        let problems = try payloads.map {
            problem(of: try issuer.token(header: header, payload: Array($0.utf8)))
        }
        let twice = try issuer.token(
            header: Array(#"{"alg":"none","alg":"ES256"}"#.utf8),
            payload: Array("{}".utf8)
        )
        #expect(problems == Array(repeating: .malformed, count: payloads.count))
        #expect(problem(of: twice) == .malformed)
    }

    @Test func `a huge token is refused before it is looked at`() throws {
        let token = try issuer.token(
            claims: issuer.claims.with("x", .string(String(repeating: "a", count: 20_000)))
        )
        let dots = String(repeating: ".", count: 10_000_000)
        #expect(problem(of: token) == .malformed)
        #expect(problem(of: dots) == .malformed)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a mutated token never verifies`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let original = Array(try issuer.token().utf8)
        let verifier = issuer.verifier
        var verified: [[UInt8]] = []
        for _ in 0..<400 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                case 2:
                    bytes.insert(original[Int.random(in: 0..<original.count, using: &generator)], at: index)
                default: bytes.swapAt(index, Int.random(in: 0..<bytes.count, using: &generator))
                }
            }
            guard bytes != original else { continue }
            let evidence = verifier.evidence(for: [(Array("Bearer ".utf8) + bytes)[...]], at: TestIssuer.now)
            // Space at the end is not part of the token.
            let text = String(decoding: bytes, as: UTF8.self)
            if evidence.isVerified, text != String(decoding: original, as: UTF8.self) + " " {
                verified.append(bytes)
            }
        }
        #expect(verified == [], "seed \(seed)")
    }
}
