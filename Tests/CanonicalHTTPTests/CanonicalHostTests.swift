import CanonicalHTTP
import Testing

@Suite("The canonical host")
struct CanonicalHostTests {
    @Test(
        "has one spelling",
        arguments: [
            ("orders.shop", "orders.shop", "orders.shop"),
            // CVE-2021-39155.
            ("Orders.SHOP", "orders.shop", "orders.shop"),
            ("orders.shop:80", "orders.shop", "orders.shop"),
            ("orders.shop:", "orders.shop", "orders.shop"),
            // Istio-SEC-2021-008: the port is kept, and no part of the name.
            ("orders.shop:8080", "orders.shop:8080", "orders.shop"),
            ("orders.shop:443", "orders.shop:443", "orders.shop"),
            ("orders.shop.", "orders.shop", "orders.shop"),
            ("ORDERS.shop.:8080", "orders.shop:8080", "orders.shop"),
            ("a_b-c.1", "a_b-c.1", "a_b-c.1"),
            ("localhost", "localhost", "localhost"),
            ("10.0.0.1:8080", "10.0.0.1:8080", "10.0.0.1"),
            ("[2001:DB8::1]", "[2001:db8::1]", "[2001:db8::1]"),
            ("[2001:db8:0:0:0:0:0:1]:8080", "[2001:db8::1]:8080", "[2001:db8::1]"),
            ("[::1]:80", "[::1]", "[::1]"),
            ("[::ffff:10.0.0.1]:81", "10.0.0.1:81", "10.0.0.1"),
        ]
    )
    func spelling(_ raw: String, _ expected: String, _ name: String) throws {
        let request = try CanonicalRequest(canonicalizing: .sample("/", hosts: [raw]))
        #expect(request.host == expected)
        #expect(request.hostName == name)
        let again = try CanonicalRequest(canonicalizing: .sample("/", hosts: [request.host]))
        #expect(again == request)
    }

    @Test(
        "or there is none",
        arguments: [
            ([""], .hostMalformed), (["."], .hostMalformed), (["a..b"], .hostMalformed),
            (["a.b.."], .hostMalformed),
            ([".a"], .hostMalformed), (["a b"], .hostMalformed), ([" a"], .hostMalformed),
            (["a/b"], .hostMalformed),
            (["a%2eb"], .hostMalformed), (["münchen.example"], .hostMalformed), (["a:b"], .hostMalformed),
            (["a:0"], .hostMalformed), (["a:65536"], .hostMalformed), (["a:080"], .hostMalformed),
            (["a:-1"], .hostMalformed), (["a:80:80"], .hostMalformed), (["2001:db8::1"], .hostMalformed),
            (["[::1"], .hostMalformed), (["[::1]x"], .hostMalformed), (["[fe80::1%25eth0]"], .hostMalformed),
            (["[10.0.0.1]"], .hostMalformed), (["[]"], .hostMalformed), (["a\0.b"], .hostMalformed),
            (["a,b"], .hostMalformed), ([String(repeating: "a", count: 64)], .hostMalformed),
            ([Array(repeating: "abcdefg", count: 33).joined(separator: ".")], .hostMalformed),
            ([String(repeating: "a", count: 400)], .hostMalformed),
            (["user@orders.shop"], .hostUserInfo), (["orders.shop@evil.example"], .hostUserInfo),
            (["orders.shop", "orders.shop"], .hostRepeated),
            (["orders.shop", "evil.example"], .hostRepeated),
            ([], .hostMissing),
        ] as [([String], RequestRefusal)]
    )
    func refusal(_ hosts: [String], _ expected: RequestRefusal) {
        #expect(throws: expected) { try CanonicalRequest(canonicalizing: .sample("/", hosts: hosts)) }
    }

    @Test func `HTTP 1.0 may leave the host out`() throws {
        let request = try CanonicalRequest(canonicalizing: .sample("/", hosts: [], version: .http1_0))
        #expect(request.host == "")
    }

    @Test func `HTTP 2 may say it twice, if it says the same`() throws {
        let same = RequestHead.sample("/", hosts: ["orders.shop", "ORDERS.shop:80"], version: .http2)
        let request = try CanonicalRequest(canonicalizing: same)
        #expect(request.host == "orders.shop")

        let different = RequestHead.sample("/", hosts: ["orders.shop", "evil.example"], version: .http2)
        #expect(throws: RequestRefusal.hostDisagrees) { try CanonicalRequest(canonicalizing: different) }

        let thrice = RequestHead.sample("/", hosts: ["a", "a", "a"], version: .http2)
        #expect(throws: RequestRefusal.hostRepeated) { try CanonicalRequest(canonicalizing: thrice) }
    }
}
