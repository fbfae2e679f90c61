import Secrets
import Testing

@Suite("Secrets")
struct SecretTests {
    @Test func `nothing that prints, dumps or interpolates shows the value`() {
        let secret = Secret("swordfish")
        var dumped = ""
        dump(secret, to: &dumped)
        let texts = [dumped, "\(secret)", String(reflecting: secret), "\([secret])"]
        #expect(!texts.contains { $0.contains("swordfish") })
    }

    @Test func `who asks by name gets the value`() {
        let length = Secret("swordfish").reveal { $0.utf8.count }
        #expect(length == 9)
    }
}
