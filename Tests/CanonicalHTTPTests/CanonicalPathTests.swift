import CanonicalHTTP
import Testing

@Suite("The canonical path")
struct CanonicalPathTests {
    @Test(
        "has one spelling",
        arguments: [
            ("/", "/"),
            ("/orders", "/orders"),
            ("/orders/", "/orders/"),
            ("/orders/7", "/orders/7"),
            // Unreserved characters are decoded (RFC 3986, section 6.2.2.2).
            ("/%61dmin", "/admin"),
            ("/%41%42%43", "/ABC"),
            ("/a%2Db%5Fc%7Ed%2Ee", "/a-b_c~d.e"),
            ("/%30%39", "/09"),
            // So are characters that may stand raw in a segment and mean nothing else there.
            ("/a%3Ab", "/a:b"),
            ("/a%40b", "/a@b"),
            ("/a%2Bb", "/a+b"),
            ("/a%2Cb%3Dc%26d", "/a,b=c&d"),
            ("/%21%24%27%28%29%2A", "/!$'()*"),
            ("/a:b@c!$&'()*+,=", "/a:b@c!$&'()*+,="),
            // Everything else is encoded, with upper-case digits.
            ("/%e2%82%ac", "/%E2%82%AC"),
            ("/€", "/%E2%82%AC"),
            ("/a%20b", "/a%20b"),
            ("/a\"b", "/a%22b"),
            ("/a<b>", "/a%3Cb%3E"),
            ("/a{b}|c^d`", "/a%7Bb%7D%7Cc%5Ed%60"),
            ("/a%7bb%7d", "/a%7Bb%7D"),
            ("/[x]", "/%5Bx%5D"),
            ("/a%23b", "/a%23b"),
            ("/a%3fb", "/a%3Fb"),
            ("/100%25", "/100%25"),
            // Decoded once only.
            ("/%252f", "/%252f"),
            ("/%252e%252e/admin", "/%252e%252e/admin"),
            ("/%25%32%66", "/%252f"),
            ("/%2525", "/%2525"),
            ("/a%255cb", "/a%255cb"),
            // Dot segments are resolved (CVE-2019-9901).
            ("/a/../admin", "/admin"),
            ("/a/./b", "/a/b"),
            ("/a/b/..", "/a/"),
            ("/a/b/.", "/a/b/"),
            ("/a/b/../", "/a/"),
            ("/a/b/../../c", "/c"),
            ("/a/..", "/"),
            ("/.", "/"),
            ("/./", "/"),
            ("/./admin", "/admin"),
            ("/public/%2e%2e/admin", "/admin"),
            ("/public/%2E%2e/admin", "/admin"),
            ("/public/.%2e/admin", "/admin"),
            ("/public/%2e./admin", "/admin"),
            ("/%2e/admin", "/admin"),
            ("/a/%2e%2e%2e/b", "/a/.../b"),
            ("/...", "/..."),
            ("/..a", "/..a"),
            ("/a../b", "/a../b"),
            ("/.well-known/x", "/.well-known/x"),
            // Slashes are merged (CVE-2021-31920).
            ("//admin", "/admin"),
            ("///admin//x//", "/admin/x/"),
            ("/a//../b", "/b"),
            ("/a/.//b", "/a/b"),
            ("//", "/"),
            ("//host/path", "/host/path"),
            // A backslash is a slash.
            ("/a\\b", "/a/b"),
            ("/\\admin", "/admin"),
            ("/a\\..\\admin", "/admin"),
            ("/a/..\\admin", "/admin"),
            ("/\\/\\admin", "/admin"),
            // Case is kept.
            ("/Admin", "/Admin"),
            ("/ADMIN/x", "/ADMIN/x"),
        ]
    )
    func spelling(_ raw: String, _ expected: String) throws {
        let request = try CanonicalRequest(canonicalizing: .sample(raw))
        #expect(request.path == expected)
        #expect(request.query == nil)
    }

    @Test(
        "or there is none",
        arguments: [
            ("/a%2fb", .encodedSlash), ("/a%2Fb", .encodedSlash), ("/%2Fadmin", .encodedSlash),
            ("/..%2fadmin", .encodedSlash), ("/a%5cb", .encodedBackslash), ("/%5Cadmin", .encodedBackslash),
            ("/a%00", .encodedNull), ("/admin%00.png", .encodedNull),
            ("/a%0d%0ab", .encodedControl(0x0d)), ("/a%09b", .encodedControl(9)),
            ("/a%7f", .encodedControl(0x7f)),
            ("/a%1fb", .encodedControl(0x1f)),
            ("/%", .badPercentEncoding), ("/a%2", .badPercentEncoding), ("/a%zz", .badPercentEncoding),
            ("/a%2g", .badPercentEncoding), ("/%%32%66", .badPercentEncoding), ("/a% 0", .badPercentEncoding),
            ("/%u002f", .badPercentEncoding), ("/100%", .badPercentEncoding),
            ("/..", .aboveRoot), ("/../", .aboveRoot), ("/../admin", .aboveRoot), ("/a/../../b", .aboveRoot),
            ("/%2e%2e/admin", .aboveRoot), ("/\\..", .aboveRoot), ("/./../x", .aboveRoot),
            ("//../x", .aboveRoot),
            ("/a;b", .pathParameter), ("/admin;jsessionid=1", .pathParameter), ("/..;/admin", .pathParameter),
            ("/a%3bb", .pathParameter), ("/;", .pathParameter),
            // CVE-2021-39156.
            ("/user/profile#section1", .fragment), ("/admin#", .fragment), ("/a?b#c", .fragment),
            ("/#", .fragment),
            // Overlong slash and dot, half a character, a surrogate.
            ("/a%c0%afb", .notUTF8), ("/%c0%ae%c0%ae/admin", .notUTF8), ("/%e2%82", .notUTF8),
            ("/%ff", .notUTF8), ("/%ed%a0%80", .notUTF8), ("/%e0%80%af", .notUTF8),
            ("/a b", .targetByte(0x20)), ("/a\tb", .targetByte(9)), ("/a\r\nX: y", .targetByte(0x0d)),
            ("/a\u{0}b", .targetByte(0)), ("/a\u{7f}", .targetByte(0x7f)), ("/a?b c", .targetByte(0x20)),
            ("/a?b\nc", .targetByte(0x0a)),
        ] as [(String, RequestRefusal)]
    )
    func refusal(_ raw: String, _ expected: RequestRefusal) {
        #expect(throws: expected) { try CanonicalRequest(canonicalizing: .sample(raw)) }
    }

    @Test(
        "a workload relaxes by name",
        arguments: [
            ("/a%2fb", .encodedSlash, "/a%2Fb"),
            ("/a%5cb", .encodedBackslash, "/a%5Cb"),
            ("/a%00b", .encodedNull, "/a%00b"),
            ("/a%0ab", .encodedControl, "/a%0Ab"),
            ("/%ff", .invalidUTF8, "/%FF"),
            ("/a;v=1/b", .pathParameters, "/a;v=1/b"),
            ("/a%3bv", .pathParameters, "/a%3Bv"),
            ("/a%2f..b", .encodedSlash, "/a%2F..b"),
        ] as [(String, Relaxation, String)]
    )
    func relaxation(_ raw: String, _ relaxation: Relaxation, _ expected: String) throws {
        #expect(throws: RequestRefusal.self) { try CanonicalRequest(canonicalizing: .sample(raw)) }
        let others = Set(Relaxation.allCases).subtracting([relaxation])
        #expect(throws: RequestRefusal.self) {
            try CanonicalRequest(canonicalizing: .sample(raw), relaxing: others)
        }
        let request = try CanonicalRequest(canonicalizing: .sample(raw), relaxing: [relaxation])
        #expect(request.path == expected)
    }

    @Test(
        "no relaxation lets a dot segment hide",
        arguments: [
            "/a/..%2fadmin", "/..%2fadmin", "/a%2f..%2fadmin", "/a%2f..", "/a/..%5cadmin", "/a/..;/admin",
            "/a/..;x=y/admin", "/a/.;/b", "/a/..%3b/admin", "/a/..%00/admin", "/a/%2e%2e%2fadmin",
            "/a;/..;/b",
        ]
    )
    func hiddenDots(_ raw: String) {
        #expect(throws: RequestRefusal.hiddenDotSegment) {
            try CanonicalRequest(canonicalizing: .sample(raw), relaxing: Set(Relaxation.allCases))
        }
    }

    @Test("a refusal's name is its relaxation's name", arguments: Relaxation.allCases)
    func names(_ relaxation: Relaxation) {
        let refusals: [RequestRefusal] = [
            .encodedSlash, .encodedBackslash, .encodedNull, .encodedControl(1), .notUTF8, .pathParameter,
        ]
        let named = refusals.filter { $0.relaxation == relaxation }
        #expect(named.count == 1)
    }
}
