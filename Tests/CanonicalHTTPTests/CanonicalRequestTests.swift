import CanonicalHTTP
import Testing

@Suite("The canonical request")
struct CanonicalRequestTests {
    @Test func `a target keeps its query, and nothing of it is matched`() throws {
        let request = try CanonicalRequest(canonicalizing: .sample("/a/../b%41?x=%2f&y"))
        #expect(request.path == "/bA")
        #expect(request.query == "x=%2f&y")
        #expect(request.target == "/bA?x=%2f&y")
    }

    @Test(
        "queries",
        arguments: [
            // CVE-2020-8595: an exact path must not be escaped by a question mark.
            ("/admin?", "/admin", ""),
            ("/admin??", "/admin", "?"),
            ("/admin?a/../b", "/admin", "a/../b"),
            ("/a?q=100%", "/a", "q=100%"),
            ("/a?q=;x", "/a", "q=;x"),
            ("/a?q=é", "/a", "q=%C3%A9"),
            ("/a?next=http://b/c", "/a", "next=http://b/c"),
            ("/a%3Fb", "/a%3Fb", nil),
        ] as [(String, String, String?)]
    )
    func queries(_ raw: String, _ path: String, _ query: String?) throws {
        let request = try CanonicalRequest(canonicalizing: .sample(raw))
        #expect(request.path == path)
        #expect(request.query == query)
    }

    @Test(
        "methods that are refused",
        arguments: [
            ("", .methodNotToken), ("GE T", .methodNotToken), ("GET\r\n", .methodNotToken),
            ("GÉT", .methodNotToken),
            ("G(ET", .methodNotToken), (String(repeating: "A", count: 33), .methodNotToken),
            ("get", .methodLowercase), ("Get", .methodLowercase), ("CONNECT", .connect),
            ("connect", .methodLowercase),
        ] as [(String, RequestRefusal)]
    )
    func methods(_ method: String, _ expected: RequestRefusal) {
        #expect(throws: expected) { try CanonicalRequest(canonicalizing: .sample("/", method: method)) }
    }

    @Test(
        "methods that pass",
        arguments: ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PROPFIND", "M-SEARCH", "PURGE"]
    )
    func goodMethods(_ method: String) throws {
        let request = try CanonicalRequest(canonicalizing: .sample("/", method: method))
        #expect(request.method == method)
    }

    @Test(
        "forms of the target",
        arguments: [
            ("*", "OPTIONS", "*", nil),
            ("http://orders.shop", "GET", "/", nil),
            ("http://orders.shop/", "GET", "/", nil),
            ("http://orders.shop?x", "GET", "/", "x"),
            ("http://orders.shop/a/../b?c", "GET", "/b", "c"),
            ("HTTp://ORDERS.shop:80/a", "GET", "/a", nil),
            ("https://orders.shop:443/a", "GET", "/a", nil),
            ("http://orders.shop", "OPTIONS", "*", nil),
            ("http://orders.shop\\a", "GET", "/a", nil),
        ] as [(String, String, String, String?)]
    )
    func forms(_ raw: String, _ method: String, _ path: String, _ query: String?) throws {
        let request = try CanonicalRequest(canonicalizing: .sample(raw, method: method))
        #expect(request.path == path)
        #expect(request.query == query)
        #expect(request.host == "orders.shop")
    }

    @Test(
        "targets that are refused",
        arguments: [
            ("", "GET", .http1_1, .targetEmpty),
            ("*", "GET", .http1_1, .asteriskWithoutOptions),
            ("admin", "GET", .http1_1, .targetForm),
            ("\\admin", "GET", .http1_1, .targetForm),
            ("?x", "GET", .http1_1, .targetForm),
            (" /", "GET", .http1_1, .targetForm),
            ("orders.shop:80", "GET", .http1_1, .targetForm),
            ("ftp://orders.shop/", "GET", .http1_1, .targetScheme),
            ("file:///etc/passwd", "GET", .http1_1, .targetScheme),
            ("http:/a", "GET", .http1_1, .targetForm),
            ("http://orders.shop/a", "GET", .http2, .targetForm),
            ("http:///a", "GET", .http1_1, .hostMalformed),
            ("http://user:secret@orders.shop/a", "GET", .http1_1, .hostUserInfo),
            ("http://evil.example/a", "GET", .http1_1, .hostDisagrees),
            ("http://orders.shop:8080/a", "GET", .http1_1, .hostDisagrees),
            ("http://orders.shop#/a", "GET", .http1_1, .fragment),
            ("/" + String(repeating: "a", count: 8192), "GET", .http1_1, .targetTooLong),
        ] as [(String, String, HTTPVersion, RequestRefusal)]
    )
    func badTargets(_ raw: String, _ method: String, _ version: HTTPVersion, _ expected: RequestRefusal) {
        #expect(throws: expected) {
            try CanonicalRequest(canonicalizing: .sample(raw, method: method, version: version))
        }
    }

    @Test func `a byte beyond ASCII that is no UTF-8 is refused in the path`() {
        var head = RequestHead.sample("/")
        head.target = [UInt8(ascii: "/"), 0xff]
        #expect(throws: RequestRefusal.notUTF8) { try CanonicalRequest(canonicalizing: head) }
    }

    @Test(
        "what only the mesh may say is taken out",
        arguments: [
            "nullius-decision", "Nullius-Client-Identity", "NULLIUS-ANYTHING", "X-Forwarded-Client-Cert",
            "x-envoy-original-path", "X-Original-URL", "X-Rewrite-Url", "X-HTTP-Method-Override",
            "client-cert",
            "x_forwarded_client_cert", "nullius_decision", "l5d-client-id",
        ]
    )
    func reserved(_ name: String) throws {
        var head = RequestHead.sample("/")
        try head.fields.append(name: name.utf8, value: "forged".utf8)
        try head.fields.append("accept", "text/html")
        let request = try CanonicalRequest(canonicalizing: head)
        #expect(request.fields.count == 1)
        #expect(request.fields.contains("accept"))
    }

    @Test func `fields that are not ours stay as they came`() throws {
        var head = RequestHead.sample("/")
        try head.fields.append("x-env", "a")
        try head.fields.append("authorization", "Bearer x")
        try head.fields.append("x-env", "b")
        let request = try CanonicalRequest(canonicalizing: head)
        #expect(request.fields == head.fields)
    }
}

extension RequestHead {
    /// A request to `orders.shop` by HTTP/1.1.
    static func sample(
        _ target: String,
        method: String = "GET",
        hosts: [String] = ["orders.shop"],
        version: HTTPVersion = .http1_1
    ) -> RequestHead {
        RequestHead(
            method: method,
            target: Array(target.utf8),
            authorities: hosts.map { Array($0.utf8) },
            fields: HeaderFields(),
            version: version
        )
    }
}
