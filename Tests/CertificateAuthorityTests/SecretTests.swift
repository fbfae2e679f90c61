import Crypto
import FoundationEssentials
import Identity
import Secrets
import Testing
import X509

@testable import CertificateAuthority

@Suite("Secrets and keys")
struct SecretTests {
    @Test func `nothing that prints, dumps or interpolates shows a key`() throws {
        let raw = P256.Signing.PrivateKey()
        let mesh = try Mesh()
        let values: [Any] = [Secret("swordfish"), SVIDKey(raw), TokenSigningKey(raw), mesh.authority]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            let texts = [dumped, "\(value)", String(reflecting: value)]
            #expect(!texts.contains { $0.contains("swordfish") || $0.contains("PRIVATE KEY") })
            #expect(!dumped.contains("P256.Signing.PrivateKey"))
        }
        let revealed = SVIDKey(raw).reveal { $0.rawRepresentation == raw.rawRepresentation }
        #expect(revealed)
    }

    @Test func `a token key is named by its thumbprint, as RFC 7638 has it`() throws {
        // The raw private key 1: its public point is the curve's generator.
        let one = [UInt8](repeating: 0, count: 31) + [1]
        let key = TokenSigningKey(try P256.Signing.PrivateKey(rawRepresentation: one))
        #expect(key.x == "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY")
        #expect(key.y == "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU")
        #expect(key.keyID.utf8.count == 43)
        let again = TokenSigningKey(try P256.Signing.PrivateKey(rawRepresentation: one))
        #expect(again.keyID == key.keyID)
    }
}

@Suite("Certificate requests")
struct CertificateRequestTests {
    private static let id = "spiffe://cluster.local/ns/shop/sa/web"

    @Test func `what was asked is read, and the key with it`() throws {
        let key = SVIDKey()
        let id = try SPIFFEID(parsing: Self.id)
        let request = try CertificateRequest(der: CertificateRequest.make(for: id, key: key))
        #expect(request.requestedID == id)
        #expect(request.publicKey == key.publicKey)
    }

    @Test func `one whose sender does not hold the key is refused`() throws {
        var der = try CertificateRequest.make(for: SPIFFEID(parsing: Self.id), key: SVIDKey())
        der[der.count - 1] ^= 1
        #expect(throws: CertificateRequestViolation.signatureInvalid) { try CertificateRequest(der: der) }
    }

    @Test func `size and shape are bounded`() throws {
        let der = try CertificateRequest.make(for: SPIFFEID(parsing: Self.id), key: SVIDKey())
        let cases: [([UInt8], CertificateRequestViolation)] = [
            ([], .malformed), ([0x30, 0], .malformed), (der.dropLast(), .malformed), (der + [0], .malformed),
            ([UInt8](repeating: 0x30, count: 16_385), .tooLarge(bytes: 16_385)),
        ]
        for (bytes, expected) in cases {
            #expect(throws: expected) { try CertificateRequest(der: bytes) }
        }
    }

    @Test(arguments: 0..<UInt64(8))
    func `bytes turned over are refused, and crash nothing`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let good = try CertificateRequest.make(for: SPIFFEID(parsing: Self.id), key: SVIDKey())
        var refused = 0
        for _ in 0..<300 {
            var bytes = good
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            if (try? CertificateRequest(der: bytes)) == nil { refused += 1 }
        }
        #expect(refused == 300, "seed \(seed)")
    }
}
