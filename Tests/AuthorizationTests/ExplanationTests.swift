import Authorization
import CanonicalHTTP
import Identity
import JSONText
import NetworkTypes
import Testing

@Suite("Explaining")
struct ExplanationTests {
    private func rules() throws -> [Rule] {
        let web: [Peer] = [.identity(.init(try Sample.workload("shop", "web")))]
        let monitoring: [Peer] = [.namespace(.default, "monitoring")]
        return [
            Sample.rule(
                "web-reads",
                .allow,
                web,
                to: [Sample.reads(try PathPattern(.template, "/orders/{id}"))]
            ),
            Sample.rule(
                "monitoring",
                .allow,
                monitoring,
                to: [Sample.reads(try PathPattern(.exact, "/metrics"))]
            ),
            Sample.rule("no-admin", .deny, to: [.http(HTTPMatch(path: try PathPattern(.prefix, "/admin")))]),
        ]
    }

    private func explain(
        _ method: String,
        _ path: String,
        by identity: String? = "spiffe://cluster.local/ns/shop/sa/web"
    )
        throws -> Explanation
    {
        let policy = try Sample.port(.selected([Sample.policy(try rules())]))
        let request = try Sample.request(method, path)
        return policy.explain(AccessRequest(caller: try Sample.caller(identity), operation: .http(request)))
    }

    @Test(
        "the nearest miss is the rule that another question of the same caller would meet",
        arguments: [
            ("POST", "/orders/7", "web-reads", ["method"]),
            ("GET", "/orders", "web-reads", ["path"]),
            ("GET", "/metrics", "web-reads", ["path"]),
            ("PUT", "/metrics", "web-reads", ["method", "path"]),
        ] as [(String, String, String, [String])]
    )
    func nearest(_ method: String, _ path: String, _ rule: String, _ missed: [String]) throws {
        let explanation = try explain(method, path)
        let nearest = try #require(explanation.nearestMiss)
        #expect(nearest.rule.id.rule == rule)
        #expect(nearest.misses.names == missed)
        #expect(explanation.considered.count == 3)
    }

    @Test func `a miss is told as asked and wanted`() throws {
        let explanation = try explain("POST", "/orders/7", by: nil)
        let nearest = try #require(explanation.nearestMiss)
        let sentences = explanation.sentences(for: nearest)
        #expect(
            sentences == [
                "the caller is without identity, from 10.1.2.3; the rule is for spiffe://cluster.local/ns/shop/sa/web",
                "the method is POST; the rule wants GET",
            ]
        )
    }

    @Test func `what a rule forbids has no nearest miss`() throws {
        let explanation = try explain("GET", "/admin/x")
        #expect(explanation.nearestMiss == nil)
        #expect(explanation.summary == "rule shop/orders/no-admin denies it")
    }

    @Test func `what is allowed has none either`() throws {
        let explanation = try explain("GET", "/orders/7")
        #expect(explanation.nearestMiss == nil)
        #expect(explanation.summary == "rule shop/orders/web-reads allows it")
    }

    @Test func `a record holds the question, the answer and the trace`() throws {
        let explanation = try explain("POST", "/orders/7?secret=1")
        var record = DecisionRecord(
            id: String(repeating: "0a", count: 16),
            time: 1_763_691_645_005_006_007,
            explanation: explanation,
            destination: .init(
                namespace: "shop",
                workload: "orders",
                identity: "spiffe://cluster.local/ns/shop/sa/orders",
                port: try Port(parsing: "8080")
            ),
            wire: .http1,
            revision: PolicyRevision(7)
        )
        record.status = 403
        record.latency = 1500
        record.traceID = String(repeating: "b", count: 32)
        let text = record.json.text()
        let expected = #"""
            {"id":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","time":"2025-11-21T02:20:45.005006007Z","verdict":"deny",\#
            "wouldBe":"deny","reason":"no-rule-matched","summary":"none of 3 rules matches",\#
            "source":{"identity":"spiffe://cluster.local/ns/shop/sa/web","address":"10.1.2.3"},\#
            "destination":{"namespace":"shop","workload":"orders",\#
            "identity":"spiffe://cluster.local/ns/shop/sa/orders","port":8080},\#
            "protocol":"http/1.1","method":"POST","host":"orders.shop:8080","path":"/orders/7","status":403,\#
            "revision":7,"latencyNanoseconds":1500,"traceId":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",\#
            "considered":[{"rule":"shop/orders/web-reads","action":"Allow","mode":"Enforce","missed":["method"],\#
            "because":["the method is POST; the rule wants GET"]},\#
            {"rule":"shop/orders/no-admin","action":"Deny","mode":"Enforce","missed":["path"],\#
            "because":["the path is /orders/7; the rule wants /admin/*"]},\#
            {"rule":"shop/orders/monitoring","action":"Allow","mode":"Enforce","missed":["peer","method","path"],\#
            "because":["the caller is spiffe://cluster.local/ns/shop/sa/web; the rule is for namespace monitoring of \#
            cluster.local","the method is POST; the rule wants GET","the path is /orders/7; the rule wants /metrics"]}]}
            """#
        #expect(text == expected)
    }

    @Test func `a record of a refusal holds nothing of what the client wrote`() throws {
        let record = DecisionRecord(
            id: "0123456789abcdef0123456789abcdef",
            time: 0,
            refusal: .encodedSlash,
            caller: try Sample.caller(nil),
            destination: .init(
                namespace: "shop",
                workload: "orders",
                identity: "x",
                port: try Port(parsing: "80")
            ),
            wire: .http2,
            revision: PolicyRevision(1)
        )
        #expect(record.verdict == .refuse)
        #expect(record.reason == "encoded-slash")
        #expect(record.status == 400)
        let json = record.json
        #expect(json["path"] == nil)
        #expect(json["time"]?.string == "1970-01-01T00:00:00.000000000Z")
    }

    @Test func `a record of many rules keeps the nearest`() throws {
        let rules = (0..<100).map { index in
            Sample.rule("r\(index)", .allow, [.authenticated], to: index == 50 ? [] : [Sample.reads()])
        }
        let policy = try Sample.port(.selected([Sample.policy(rules)]))
        let question = AccessRequest(
            caller: try Sample.caller(nil),
            operation: .http(try Sample.request("POST", "/"))
        )
        let record = DecisionRecord(
            id: "",
            time: 0,
            explanation: policy.explain(question),
            destination: .init(namespace: "a", workload: "b", identity: "c", port: try Port(parsing: "80")),
            wire: .http1,
            revision: PolicyRevision(1)
        )
        #expect(record.considered.count == DecisionRecord.consideredLimit)
        #expect(record.omitted == 68)
        #expect(record.considered.first?.rule == "shop/orders/r50")
    }

    @Test(
        "moments",
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
            (951_868_800_000_000_000, "2000-03-01T00:00:00.000000000Z"),
            (1_709_210_096_789_000_000, "2024-02-29T12:34:56.789000000Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000000Z"),
            (Int64.max, "2262-04-11T23:47:16.854775807Z"), (Int64.min, "1677-09-21T00:12:43.145224192Z"),
        ] as [(Int64, String)]
    )
    func moments(_ nanoseconds: Int64, _ expected: String) {
        #expect(UTCTime(nanoseconds: nanoseconds).description == expected)
    }
}
