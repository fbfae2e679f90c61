import NetworkTypes
import Testing

@Suite("Addresses")
struct IPAddressTests {
    @Test(
        "have one text (RFC 5952)",
        arguments: [
            ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("10.1.2.3", "10.1.2.3"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
            ("2001:db8:0:0:0:0:0:1", "2001:db8::1"), ("2001:0db8::0001", "2001:db8::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("0:0:0:0:0:0:0:0", "::"), ("fe80::", "fe80::"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            // An IPv4-mapped address is the IPv4 address it stands for (RFC 4291, section 2.5.5.2).
            ("::ffff:10.0.0.1", "10.0.0.1"), ("::ffff:a00:1", "10.0.0.1"),
            ("0:0:0:0:0:ffff:0a00:0001", "10.0.0.1"),
            ("::FFFF:127.0.0.1", "127.0.0.1"), ("::fffe:10.0.0.1", "::fffe:a00:1"), ("::10.0.0.1", "::a00:1"),
        ]
    )
    func text(_ text: String, _ expected: String) throws {
        let address = try IPAddress(parsing: text)
        #expect(address.description == expected)
        let again = try IPAddress(parsing: expected)
        #expect(again == address)
    }

    @Test(
        "or are none",
        arguments: [
            "", ".", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1", "01.2.3.4", "1.2.3.04",
            "0x7f.0.0.1",
            "2130706433", "1.2.3.4 ", " 1.2.3.4", "1.2.3.+4", "1.2.3.4/8", "1.2.3.4:80", ":", ":::", "1:::2",
            "1::2::3",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:", ":1:2:3:4:5:6:7:8", "12345::", "g::",
            "::1%eth0",
            "[::1]", "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::ffff:1.2.3.256",
            "1::2:3:4:5:6:7:8",
            "１.2.3.4", "localhost", "::-1", "1.2.3.4\0", String(repeating: "0", count: 46),
            String(repeating: ":", count: 9999),
        ]
    )
    func refusal(_ text: String) {
        #expect(throws: NetworkTypesError.self) { try IPAddress(parsing: text) }
    }

    @Test(
        "that are loopback",
        arguments: [
            ("127.0.0.1", true), ("127.255.255.255", true), ("::1", true), ("::ffff:127.0.0.1", true),
            ("128.0.0.1", false),
            ("::2", false), ("10.0.0.1", false), ("::", false),
        ]
    )
    func loopback(_ text: String, _ expected: Bool) throws {
        let address = try IPAddress(parsing: text)
        #expect(address.isLoopback == expected)
    }

    @Test func `order by family, then by number`() throws {
        let sorted = ["::1", "10.0.0.2", "2001:db8::1", "10.0.0.1", "9.0.0.1"].compactMap {
            try? IPAddress(parsing: $0)
        }
        .sorted().map(\.description)
        #expect(sorted == ["9.0.0.1", "10.0.0.1", "10.0.0.2", "::1", "2001:db8::1"])
    }
}

@Suite("Ranges")
struct CIDRTests {
    @Test(
        "hold what shares their prefix",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("10.1.2.3/32", "10.1.2.3", true), ("10.1.2.3/32", "10.1.2.2", false),
            ("10.0.0.128/25", "10.0.0.127", false),
            ("0.0.0.0/0", "::1", false), ("::/0", "10.0.0.1", false), ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
            ("2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", true),
            ("2001:db8::/64", "2001:db8:0:1::", false),
            ("2001:db8::/65", "2001:db8::8000:0:0:0", false), ("2001:db8::/65", "2001:db8::7fff:0:0:0", true),
            ("2001:db8::1/128", "2001:db8::1", true), ("2001:db8::1/128", "2001:db8::", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ]
    )
    func contains(_ range: String, _ address: String, _ expected: Bool) throws {
        let contains = try CIDR(parsing: range).contains(IPAddress(parsing: address))
        #expect(contains == expected)
    }

    @Test(
        "hold ranges that are narrower",
        arguments: [
            ("10.0.0.0/8", "10.9.0.0/16", true), ("10.0.0.0/8", "10.0.0.0/8", true),
            ("10.9.0.0/16", "10.0.0.0/8", false),
            ("10.0.0.0/8", "11.0.0.0/16", false), ("::/0", "10.0.0.0/8", false), ("::/0", "::/0", true),
        ]
    )
    func containsRange(_ range: String, _ other: String, _ expected: Bool) throws {
        let contains = try CIDR(parsing: range).contains(CIDR(parsing: other))
        #expect(contains == expected)
    }

    @Test(
        "or are none",
        arguments: [
            "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/+8",
            "10.0.0.0/8/8",
            "10.0.0.0/ 8", "::/129", "::/1000", "::/00", "10/8", "", "/", "::ffff:10.0.0.0/104",
            "10.0.0.0/255.0.0.0",
        ]
    )
    func refusal(_ text: String) {
        #expect(throws: NetworkTypesError.self) { try CIDR(parsing: text) }
    }

    @Test(
        "with bits behind the prefix are refused, and the range that was meant is named",
        arguments: [
            ("10.1.2.3/8", "10.0.0.0/8"), ("10.0.0.1/31", "10.0.0.0/31"), ("1.2.3.4/0", "0.0.0.0/0"),
            ("2001:db8::1/64", "2001:db8::/64"), ("2001:db8::8000:0:0:0/64", "2001:db8::/64"),
            ("::1/127", "::/127"),
        ]
    )
    func hostBits(_ text: String, _ meant: String) {
        #expect(throws: NetworkTypesError.hostBitsSet(text, meant: meant)) { try CIDR(parsing: text) }
    }
}

@Suite("Ports and endpoints")
struct SocketEndpointTests {
    @Test("ports", arguments: [("1", 1), ("80", 80), ("65535", 65535)] as [(String, UInt16)])
    func ports(_ text: String, _ expected: UInt16) throws {
        let port = try Port(parsing: text)
        #expect(port.number == expected)
        #expect(port.description == text)
    }

    @Test(
        "what is no port",
        arguments: [
            "", "0", "00", "080", "65536", "99999", "100000", "-1", "+1", " 1", "1 ", "1.0", "0x50", "八",
        ]
    )
    func badPorts(_ text: String) {
        #expect(throws: NetworkTypesError.self) { try Port(parsing: text) }
    }

    @Test(
        "endpoints",
        arguments: [
            ("10.0.0.1:80", "10.0.0.1:80"), ("[::1]:8080", "[::1]:8080"),
            ("[2001:DB8::0]:1", "[2001:db8::]:1"),
            ("[::ffff:10.0.0.1]:1", "10.0.0.1:1"),
        ]
    )
    func endpoints(_ text: String, _ expected: String) throws {
        let endpoint = try SocketEndpoint(parsing: text)
        #expect(endpoint.description == expected)
    }

    @Test(
        "what is no endpoint",
        arguments: [
            "", ":", "10.0.0.1", "10.0.0.1:", "10.0.0.1:0", ":80", "::1:80", "[::1]", "[::1]80", "::1]:80",
            "[::1:80",
        ]
    )
    func badEndpoints(_ text: String) {
        #expect(throws: NetworkTypesError.self) { try SocketEndpoint(parsing: text) }
    }
}
