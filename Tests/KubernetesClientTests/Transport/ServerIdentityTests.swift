import Testing

@testable import KubernetesClient

@Suite("Names in certificates")
struct ServerIdentityTests {
    @Test(arguments: [
        ("api.example", "api.example", true),
        ("API.example.", "api.EXAMPLE", true),
        ("api.example", "*.example", true),
        ("api.example", "*.EXAMPLE", true),
        ("a.api.example", "*.example", false),
        ("api.example", "a*.example", false),
        ("api.example", "*.*", false),
        ("example", "*.example", false),
        ("example", "*.", false),
        (".example", "*.example", false),
        ("api.example", "", false),
        ("", "", false),
        ("api.example", "api.example.evil", false),
        ("api.example", "api.example\u{0}.evil", false),
    ])
    func `a star is one whole label, the leftmost`(name: String, pattern: String, expected: Bool) {
        let matches = ServerIdentity(name: name).matches(Array(pattern.utf8))
        #expect(matches == expected)
    }
}
