import Identity
import Testing

@Suite("SPIFFE IDs")
struct SPIFFEIDTests {
    @Test(
        "are read as they are written",
        arguments: [
            ("spiffe://cluster.local/ns/shop/sa/web", "cluster.local", "/ns/shop/sa/web"),
            ("spiffe://prod.example", "prod.example", ""), ("spiffe://a/b", "a", "/b"),
            ("spiffe://a_b-c.1/X.y_Z-9", "a_b-c.1", "/X.y_Z-9"), ("spiffe://a/...", "a", "/..."),
            ("spiffe://a/.b/b.", "a", "/.b/b."),
            ("spiffe://\(String(repeating: "a", count: 255))/b", String(repeating: "a", count: 255), "/b"),
        ]
    )
    func parse(_ text: String, _ domain: String, _ path: String) throws {
        let id = try SPIFFEID(parsing: text)
        #expect(id.trustDomain.name == domain)
        #expect(id.path == path)
        #expect(id.description == text)
    }

    @Test(
        "or are refused, never repaired",
        arguments: [
            ("", .schemeNotSPIFFE), ("spiffe:/a", .schemeNotSPIFFE), ("SPIFFE://a/b", .schemeNotSPIFFE),
            ("https://a/b", .schemeNotSPIFFE), (" spiffe://a/b", .schemeNotSPIFFE),
            ("spiffe://", .trustDomainLength(0)),
            ("spiffe:///b", .trustDomainLength(0)),
            ("spiffe://\(String(repeating: "a", count: 256))/b", .trustDomainLength(256)),
            ("spiffe://A/b", .trustDomainByte(0x41)), ("spiffe://a:80/b", .trustDomainByte(0x3a)),
            ("spiffe://u@a/b", .trustDomainByte(0x40)), ("spiffe://a%2f/b", .trustDomainByte(0x25)),
            ("spiffe://é/b", .trustDomainByte(0xc3)), ("spiffe://a?b", .trustDomainByte(0x3f)),
            ("spiffe://a\0/b", .trustDomainByte(0)), ("spiffe://a/b\0", .pathByte(0)),
            ("spiffe://a/b\0.example", .pathByte(0)), ("spiffe://a/b%2fc", .pathByte(0x25)),
            ("spiffe://a/b?c", .pathByte(0x3f)), ("spiffe://a/b#c", .pathByte(0x23)),
            ("spiffe://a/b c", .pathByte(0x20)),
            ("spiffe://a/é", .pathByte(0xc3)), ("spiffe://a/b\n", .pathByte(0x0a)),
            ("spiffe://a/*", .pathByte(0x2a)),
            ("spiffe://a/", .trailingSlash), ("spiffe://a/b/", .trailingSlash),
            ("spiffe://a//", .trailingSlash),
            ("spiffe://a//b", .emptyPathSegment), ("spiffe://a/b//c", .emptyPathSegment),
            ("spiffe://a/.", .dotPathSegment), ("spiffe://a/../b", .dotPathSegment),
            ("spiffe://a/b/..", .dotPathSegment),
            ("spiffe://a/\(String(repeating: "b", count: 2048))", .tooLong(2059)),
        ] as [(String, IdentityError)]
    )
    func refusal(_ text: String, _ expected: IdentityError) {
        #expect(throws: expected) { try SPIFFEID(parsing: text) }
    }

    @Test func `2048 bytes are not too long`() throws {
        let text = "spiffe://a/" + String(repeating: "b", count: 2048 - 11)
        let id = try SPIFFEID(parsing: text)
        #expect(id.description.utf8.count == 2048)
    }
}

@Suite("Workload identities")
struct WorkloadIdentityTests {
    @Test func `go to a SPIFFE ID and back`() throws {
        let domain = try TrustDomain(parsing: "prod.example")
        let workload = try WorkloadIdentity(trustDomain: domain, namespace: "shop", serviceAccount: "web")
        #expect(workload.description == "spiffe://prod.example/ns/shop/sa/web")
        let back = try WorkloadIdentity(SPIFFEID(parsing: workload.description))
        #expect(back == workload)
    }

    @Test(
        "are not every SPIFFE ID",
        arguments: [
            "spiffe://a", "spiffe://a/ns/shop", "spiffe://a/ns/shop/sa", "spiffe://a/ns/shop/sa/web/x",
            "spiffe://a/ns/x/SA/web",
            "spiffe://a/sa/web/ns/shop", "spiffe://a/x/ns/shop/sa/web", "spiffe://a/NS/shop/sa/web",
        ]
    )
    func notWorkloads(_ text: String) throws {
        let id = try SPIFFEID(parsing: text)
        #expect(throws: IdentityError.notAWorkload) { try WorkloadIdentity(id) }
    }

    @Test(
        "cannot be forged by names",
        arguments: [
            ("shop/sa/admin", "web", .pathByte(0x2f)), ("shop", "web/x", .pathByte(0x2f)),
            ("", "web", .emptyPathSegment),
            ("shop", "", .trailingSlash), ("..", "web", .dotPathSegment), ("shop", "..", .dotPathSegment),
            ("shop", "we b", .pathByte(0x20)), ("shop", String(repeating: "a", count: 2048), .tooLong(2082)),
        ] as [(String, String, IdentityError)]
    )
    func forgery(_ namespace: String, _ account: String, _ expected: IdentityError) {
        #expect(throws: expected) {
            try WorkloadIdentity(trustDomain: .default, namespace: namespace, serviceAccount: account)
        }
    }
}

@Suite("Identity patterns")
struct IdentityPatternTests {
    @Test(
        "match one identity, or one segment at the end",
        arguments: [
            ("spiffe://a/ns/pay/sa/x", "spiffe://a/ns/pay/sa/x", true),
            ("spiffe://a/ns/pay/sa/x", "spiffe://a/ns/pay/sa/X", false),
            ("spiffe://a/ns/pay/sa/x", "spiffe://b/ns/pay/sa/x", false),
            ("spiffe://a/b", "spiffe://a/b/c", false),
            ("spiffe://a", "spiffe://a", true), ("spiffe://a", "spiffe://a/b", false),
            ("spiffe://a/ns/pay/sa/*", "spiffe://a/ns/pay/sa/x", true),
            ("spiffe://a/ns/pay/sa/*", "spiffe://a/ns/pay/sa", false),
            ("spiffe://a/ns/pay/sa/*", "spiffe://a/ns/pay/sa/x/y", false),
            ("spiffe://a/ns/pay/sa/*", "spiffe://a/ns/pays/sa/x", false),
            ("spiffe://a/ns/pay/sa/*", "spiffe://ab/ns/pay/sa/x", false),
            ("spiffe://a/*", "spiffe://a/x", true),
            ("spiffe://a/*", "spiffe://a", false), ("spiffe://a/*", "spiffe://a/x/y", false),
        ]
    )
    func matching(_ pattern: String, _ id: String, _ expected: Bool) throws {
        let matches = try IdentityPattern(parsing: pattern).matches(SPIFFEID(parsing: id))
        #expect(matches == expected)
    }

    @Test(
        "are refused when a star is anything else",
        arguments: [
            "*", "spiffe://*", "spiffe://*/b", "spiffe://a*", "spiffe://a/b*", "spiffe://a/*/c",
            "spiffe://a/**", "spiffe://a/*/*",
            "spiffe://a/b/*c", "spiffe://a//*", "spiffe://a/../*", "spiffe://A/*", "https://a/*",
        ]
    )
    func refusal(_ text: String) {
        #expect(throws: IdentityError.self) { try IdentityPattern(parsing: text) }
    }

    @Test(
        "are written as they were read",
        arguments: ["spiffe://a/ns/pay/sa/*", "spiffe://a/*", "spiffe://a/b", "spiffe://a"]
    )
    func text(_ text: String) throws {
        let pattern = try IdentityPattern(parsing: text)
        #expect(pattern.description == text)
    }
}
