import Authorization
import CanonicalHTTP
import Identity
import NetworkTypes
import Testing

@Suite("Matching")
struct MatchingTests {
    @Test(
        "peers",
        arguments: [
            ("sa shop/web", "spiffe://cluster.local/ns/shop/sa/web", "10.0.0.1", true),
            ("sa shop/web", "spiffe://cluster.local/ns/shop/sa/webs", "10.0.0.1", false),
            ("sa shop/web", "spiffe://cluster.local/ns/shop/sa/we", "10.0.0.1", false),
            ("sa shop/web", "spiffe://cluster.local/ns/shop/sa/web/x", "10.0.0.1", false),
            ("sa shop/web", "spiffe://cluster.local/ns/other/sa/web", "10.0.0.1", false),
            ("sa shop/web", "spiffe://partner.example/ns/shop/sa/web", "10.0.0.1", false),
            ("sa shop/web", nil, "10.0.0.1", false),
            // CVE-2026-39350: a dot is a dot.
            ("sa shop/a.b", "spiffe://cluster.local/ns/shop/sa/axb", "10.0.0.1", false),
            ("sa shop/a.b", "spiffe://cluster.local/ns/shop/sa/a.b", "10.0.0.1", true),
            ("ns shop", "spiffe://cluster.local/ns/shop/sa/anything", "10.0.0.1", true),
            ("ns shop", "spiffe://cluster.local/ns/shops/sa/web", "10.0.0.1", false),
            ("ns shop", "spiffe://cluster.local/ns/shop/sa/web/x", "10.0.0.1", false),
            ("ns shop", "spiffe://cluster.local/ns/shop/x/web", "10.0.0.1", false),
            ("ns shop", "spiffe://partner.example/ns/shop/sa/web", "10.0.0.1", false),
            ("ns shop", nil, "10.0.0.1", false),
            ("id spiffe://p.example/ns/pay/sa/*", "spiffe://p.example/ns/pay/sa/x", "10.0.0.1", true),
            ("id spiffe://p.example/ns/pay/sa/*", "spiffe://p.example/ns/pay/sa/x/y", "10.0.0.1", false),
            ("id spiffe://p.example/ns/pay/sa/*", nil, "10.0.0.1", false),
            ("net 10.0.0.0/8", nil, "10.9.9.9", true),
            ("net 10.0.0.0/8", "spiffe://cluster.local/ns/shop/sa/web", "10.9.9.9", true),
            ("net 10.0.0.0/8", nil, "11.0.0.1", false),
            ("net 10.0.0.0/8 10.9.0.0/16", nil, "10.9.9.9", false),
            ("net 10.0.0.0/8 10.9.0.0/16", nil, "10.8.9.9", true),
            ("net 10.0.0.0/8", nil, "::ffff:10.9.9.9", true),
            ("net 2001:db8::/32", nil, "2001:db8:1::1", true),
            ("net ::/0", nil, "10.0.0.1", false),
            ("net 0.0.0.0/0", nil, "2001:db8::1", false),
            ("authenticated", "spiffe://any.example/x", "10.0.0.1", true),
            ("authenticated", nil, "10.0.0.1", false),
            ("anyone", nil, "10.0.0.1", true),
        ] as [(String, String?, String, Bool)]
    )
    func peers(_ text: String, _ identity: String?, _ address: String, _ expected: Bool) throws {
        let matches = try peer(text).matches(Sample.caller(identity, from: address))
        #expect(matches == expected)
    }

    private func peer(_ text: String) throws -> Peer {
        let words = text.split(separator: " ").map(String.init)
        switch words[0] {
        case "sa":
            let names = words[1].split(separator: "/").map(String.init)
            return .serviceAccount(
                try WorkloadIdentity(trustDomain: .default, namespace: names[0], serviceAccount: names[1])
            )
        case "ns": return .namespace(.default, words[1])
        case "id": return .identity(try IdentityPattern(parsing: words[1]))
        case "net":
            let ranges = try words.dropFirst().map { try CIDR(parsing: $0) }
            return .network(ranges[0], except: Array(ranges.dropFirst()))
        case "authenticated": return .authenticated
        default: return .anyone
        }
    }

    @Test(
        "paths",
        arguments: [
            (.exact, "/orders", "/orders", true), (.exact, "/orders", "/orders/", false),
            (.exact, "/orders", "/orders/7", false), (.exact, "/orders", "/Orders", false),
            (.exact, "/a%3Ab", "/a:b", true), (.exact, "/a:b", "/a%3ab", true),
            (.exact, "/é", "/%c3%a9", true),
            (.exact, "/", "/", true), (.exact, "/a//b", "/a/b", true),
            (.prefix, "/orders", "/orders", true), (.prefix, "/orders", "/orders/", true),
            (.prefix, "/orders", "/orders/7/items", true), (.prefix, "/orders", "/ordersx", false),
            (.prefix, "/orders", "/order", false), (.prefix, "/orders/", "/orders", true),
            (.prefix, "/orders/", "/orders/7", true), (.prefix, "/", "/anything", true),
            (.prefix, "/", "/", true),
            (.prefix, "/admin", "/x/../admin/y", true), (.prefix, "/admin", "/%61dmin/y", true),
            (.prefix, "/admin", "//admin", true), (.prefix, "/admin", "/\\admin\\x", true),
            (.template, "/orders/{id}", "/orders/7", true), (.template, "/orders/{id}", "/orders/", false),
            (.template, "/orders/{id}", "/orders", false),
            (.template, "/orders/{id}", "/orders/7/items", false),
            (.template, "/orders/{id}", "/orders/7/", false),
            (.template, "/orders/{id}", "/orders/{id}", true),
            (.template, "/orders/{id}/items/{item}", "/orders/7/items/8", true),
            (.template, "/orders/{id}/items", "/orders/7/item", false), (.template, "/{a}", "/x", true),
            (.template, "/{a}", "/", false), (.template, "/{a}/", "/x/", true),
            (.template, "/{a}/", "/x", false),
            (.template, "/orders", "/orders", true), (.template, "/orders/{id}", "/orders/..%41", true),
        ] as [(PathPattern.Kind, String, String, Bool)]
    )
    func paths(_ kind: PathPattern.Kind, _ text: String, _ target: String, _ expected: Bool) throws {
        let pattern = try PathPattern(kind, text)
        let request = try Sample.request("GET", target)
        let matches = pattern.matches(request.path)
        #expect(matches == expected)
    }

    @Test(
        "path patterns that are refused",
        arguments: [
            (.exact, "orders", .notAbsolute), (.exact, "", .notAbsolute), (.prefix, "*", .notAbsolute),
            (.exact, "/a?b", .queryOrFragment), (.exact, "/a#b", .queryOrFragment),
            (.exact, "/../a", .refused(.aboveRoot)), (.exact, "/%zz", .refused(.badPercentEncoding)),
            (.exact, "/a b", .refused(.targetByte(0x20))),
            (.template, "/a/x{id}", .placeholder), (.template, "/a/{}", .placeholder),
            (.template, "/a/{i d}", .placeholder), (.template, "/a//{id}", .emptySegment),
            (.template, "/a/../{id}", .refused(.aboveRoot)),
            (.template, "/./{id}", .refused(.hiddenDotSegment)),
            (.prefix, "/" + String(repeating: "a", count: 1024), .tooLong),
        ] as [(PathPattern.Kind, String, PathPatternError)]
    )
    func badPaths(_ kind: PathPattern.Kind, _ text: String, _ expected: PathPatternError) {
        #expect(throws: expected) { try PathPattern(kind, text) }
    }

    @Test(
        "hosts",
        arguments: [
            ("orders.shop", "orders.shop", true), ("orders.shop", "ORDERS.shop.", true),
            ("Orders.Shop", "orders.shop", true), ("orders.shop", "orders.shop:8080", true),
            ("orders.shop:8080", "orders.shop:8080", true), ("orders.shop:8080", "orders.shop", false),
            ("orders.shop:8080", "orders.shop:8081", false), ("orders.shop:80", "orders.shop", true),
            ("orders.shop:80", "orders.shop:8080", false), ("orders.shop", "orders.shop.evil", false),
            ("orders.shop", "xorders.shop", false), ("*.shop", "orders.shop", true),
            ("*.shop", "a.b.shop", true),
            ("*.shop", "shop", false), ("*.shop", "orders.shop:8080", true), ("*.shop", "ordersshop", false),
            ("*.shop", "orders.shops", false), ("[::1]", "[0:0::1]:8080", true),
            ("10.0.0.1", "[::ffff:10.0.0.1]", true),
        ]
    )
    func hosts(_ text: String, _ host: String, _ expected: Bool) throws {
        let pattern = try #require(HostPattern(text))
        let matches = pattern.matches(try Sample.request("GET", "/", host: host))
        #expect(matches == expected)
    }

    @Test(
        "hosts that are refused",
        arguments: ["", "*", "*.", "a b", "*x.shop", "a.*", "http://a", "user@a"]
    )
    func badHosts(_ text: String) {
        #expect(HostPattern(text) == nil)
    }

    @Test(
        "headers, by what the rule does",
        arguments: [
            // CVE-2021-32777, CVE-2024-10006: every value counts.
            (["prod"], true, true), ([], false, false), (["test"], false, false),
            (["prod", "prod"], true, true), (["prod", "test"], false, true), (["test", "prod"], false, true),
            // CVE-2026-26308: a list is not a value, unless it would help to escape.
            (["prod, test"], false, true), (["test,prod"], false, true), (["prod "], true, true),
            (["PROD"], false, false),
            (["prodx"], false, false), ([""], false, false), (["test, prods"], false, false),
        ] as [([String], Bool, Bool)]
    )
    func headers(_ values: [String], _ allows: Bool, _ denies: Bool) throws {
        let match = HTTPMatch(headers: [HeaderMatch(name: "x-env", condition: .oneOf(["prod", "prod "]))])
        let request = try Sample.request("GET", "/", headers: values.map { ("X-Env", $0) })
        for (action, expected) in [(Rule.Action.allow, allows), (.deny, denies)] {
            let rule = Sample.rule("r", action, to: [.http(match)])
            let other = Sample.rule("other", .allow)
            let rules = action == .allow ? [rule] : [rule, other]
            let policy = try Sample.port(.selected([Sample.policy(rules)]))
            let judgement = policy.judge(
                AccessRequest(caller: try Sample.caller(nil), operation: .http(request))
            )
            let matched = action == .allow ? judgement.enforced.isAllowed : !judgement.enforced.isAllowed
            #expect(matched == expected, "\(action)")
        }
    }

    @Test(
        "gRPC",
        arguments: [
            ("POST", "/shop.Orders/List", "application/grpc", true, true),
            ("POST", "/shop.Orders/Get", "application/grpc+proto", true, true),
            ("POST", "/shop.Orders/Get", "application/grpc;x=y", true, true),
            ("POST", "/shop.Orders/Get", "Application/GRPC", true, true),
            ("POST", "/shop.Orders/Delete", "application/grpc", false, false),
            ("POST", "/shop.Orders/list", "application/grpc", false, false),
            ("POST", "/shop.Ordersx/List", "application/grpc", false, false),
            ("POST", "/shop.Orders", "application/grpc", false, false),
            ("POST", "/shop.Orders/", "application/grpc", false, false),
            ("POST", "/shop.Orders/List/x", "application/grpc", false, false),
            ("POST", "/x/shop.Orders/List", "application/grpc", false, false),
            ("POST", "/shop.Orders/L%69st", "application/grpc", true, true),
            // A denial does not depend on how one asks for the procedure.
            ("GET", "/shop.Orders/List", "application/grpc", false, true),
            ("POST", "/shop.Orders/List", "application/json", false, true),
            ("POST", "/shop.Orders/List", "application/grpc-web", false, true),
            ("POST", "/shop.Orders/List", nil, false, true),
        ] as [(String, String, String?, Bool, Bool)]
    )
    func grpc(_ method: String, _ path: String, _ type: String?, _ allows: Bool, _ denies: Bool) throws {
        let match = OperationMatch.grpc(GRPCMatch(service: "shop.Orders", methods: ["List", "Get"]))
        let request = try Sample.request(method, path, headers: type.map { [("content-type", $0)] } ?? [])
        let question = AccessRequest(caller: try Sample.caller(nil), operation: .http(request))
        let allow = try Sample.port(.selected([Sample.policy([Sample.rule("r", .allow, to: [match])])]))
        let deny = try Sample.port(
            .selected([Sample.policy([Sample.rule("r", .deny, to: [match]), Sample.rule("o", .allow)])])
        )
        #expect(allow.judge(question).enforced.isAllowed == allows)
        #expect(deny.judge(question).enforced.isAllowed == !denies)
    }

    @Test(
        "tokens",
        arguments: [
            ("https://id.example", ["shop"], ["role": ["support"]], true),
            ("https://id.example", ["other", "shop"], ["role": ["x", "support"]], true),
            ("https://id.example/", ["shop"], ["role": ["support"]], false),
            ("https://id.example", [], ["role": ["support"]], false),
            ("https://id.example", ["Shop"], ["role": ["support"]], false),
            ("https://id.example", ["shop"], [:], false),
            ("https://id.example", ["shop"], ["role": ["Support"]], false),
            ("https://id.example", ["shop"], ["roles": ["support"]], false),
        ] as [(String, [String], [String: [String]], Bool)]
    )
    func tokens(_ issuer: String, _ audiences: [String], _ values: [String: [String]], _ expected: Bool)
        throws
    {
        let condition = TokenCondition(
            issuer: "https://id.example",
            audiences: ["shop", "till"],
            claims: [.init(name: "role", values: ["support", "admin"]), .init(name: "sub", values: ["ada"])]
        )
        let policy = try Sample.port(.selected([Sample.policy([Sample.rule("r", .allow, when: condition)])]))
        let claims = TokenClaims(issuer: issuer, subject: "ada", audiences: audiences, values: values)
        let question = AccessRequest(
            caller: try Sample.caller(nil),
            operation: .http(try Sample.request("GET", "/")),
            token: .verified(claims)
        )
        let judgement = policy.judge(question)
        #expect(judgement.enforced.isAllowed == expected)
    }

    @Test func `claims are compared byte for byte`() throws {
        // The same letter, once composed and once decomposed: equal as String, not as a name.
        let condition = TokenCondition(issuer: "i", claims: [.init(name: "sub", values: ["caf\u{e9}"])])
        let policy = try Sample.port(.selected([Sample.policy([Sample.rule("r", .allow, when: condition)])]))
        let claims = TokenClaims(issuer: "i", subject: "cafe\u{301}", audiences: [], values: [:])
        let question = AccessRequest(
            caller: try Sample.caller(nil),
            operation: .http(try Sample.request("GET", "/")),
            token: .verified(claims)
        )
        #expect(!policy.judge(question).enforced.isAllowed)
    }
}
