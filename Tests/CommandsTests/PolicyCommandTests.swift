import ArgumentParser
import Authorization
import JSONText
import KubernetesModel
import Manifests
import Testing

@testable import Commands

/// A small shop, in text.
enum ShopManifests {
    static let text = """
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: web, namespace: shop }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders, namespace: shop }
        spec:
          template:
            metadata: { labels: { app: orders } }
            spec:
              serviceAccountName: orders
              containers: [{ name: c, ports: [{ name: http, containerPort: 8080 }, { name: raw, containerPort: 6379 }] }]
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: orders-api, namespace: shop }
        spec: { selector: { app: orders }, ports: [{ name: http, port: 80, targetPort: http }] }
        ---
        apiVersion: nullius.dev/v1alpha1
        kind: AccessPolicy
        metadata: { name: orders, namespace: shop }
        spec:
          target: { ports: [http] }
          rules:
          - name: web-reads
            action: Allow
            from: [{ serviceAccount: { name: web } }]
            to: [{ http: { methods: [GET], path: { template: "/orders/{id}" } } }, { grpc: { service: shop.Orders } }]
          - name: support
            action: Allow
            from: [{ anyone: true }]
            to: [{ http: { path: { prefix: /support } } }]
            when: { jwt: { issuer: https://id.example, claims: { role: [support] } } }
          - name: no-admin
            action: Deny
            from: [{ anyone: true }]
            to: [{ http: { path: { prefix: /admin } } }]
        ---
        apiVersion: nullius.dev/v1alpha1
        kind: AccessPolicy
        metadata: { name: raw, namespace: shop }
        spec: { target: { ports: [raw] }, rules: [{ name: r, action: Allow, from: [{ network: { cidr: 10.0.0.0/8 } }] }] }

        """

    static func reading(_ more: String = "") -> ManifestReading {
        var reading = ManifestReading()
        reading.add(text + more, file: "shop.yaml")
        return reading
    }
}

@Suite("nullius can")
struct CanCommandTests {
    private func can(_ arguments: String...) throws -> CommandOutput {
        try CanCommand.parse(arguments + ["-f", "unread"]).answer(from: ShopManifests.reading())
    }

    @Test(
        "answers with the exit status",
        arguments: [
            (["shop/web", "GET", "shop/orders:8080/orders/7"], .yes),
            (["shop/web", "GET", "shop/orders:http/orders/7"], .yes),
            (["shop/web", "GET", "shop/orders-api:80/orders/7"], .yes),
            (["shop/web", "GET", "shop/orders-api:http/orders/7"], .yes),
            (["spiffe://cluster.local/ns/shop/sa/web", "GET", "shop/orders:8080/orders/7"], .yes),
            (["spiffe://other.example/ns/shop/sa/web", "GET", "shop/orders:8080/orders/7"], .no),
            (["shop/web", "POST", "shop/orders:8080/orders/7"], .no),
            (["shop/web", "GET", "shop/orders:8080/orders/../admin"], .no),
            (["shop/web", "GET", "shop/orders:8080/orders%2f7"], .no),
            (["shop/web", "GET", "shop/orders:8080"], .no),
            (["anyone", "GET", "shop/orders:8080/orders/7"], .no),
            (["shop/web", "GRPC", "shop/orders:8080/shop.Orders/List"], .yes),
            (["shop/web", "POST", "shop/orders:8080/shop.Orders/List"], .no),
            (
                [
                    "shop/web", "POST", "shop/orders:8080/shop.Orders/List", "-H",
                    "content-type: application/grpc",
                ], .yes
            ),
            (["shop/web", "TCP", "shop/orders:8080"], .no),
            (["10.1.2.3", "TCP", "shop/orders:raw"], .yes),
            (["shop/web", "tcp", "shop/orders:6379", "--address", "10.1.2.3"], .yes),
            (["shop/web", "TCP", "shop/orders:6379"], .no),
            (["shop/web", "GET", "shop/orders:9999/"], .no),
            (
                [
                    "anyone", "GET", "shop/orders:8080/support", "--jwt-issuer", "https://id.example",
                    "--jwt-claim", "role=support",
                ], .yes
            ),
            (
                [
                    "anyone", "GET", "shop/orders:8080/support", "--jwt-issuer", "https://id.example",
                    "--jwt-claim", "role=x",
                ], .no
            ),
            (["anyone", "GET", "shop/orders:8080/support", "--jwt-problem", "expired"], .no),
            (["web", "GET", "shop/orders:8080/"], .trouble),
            (["shop/web", "GET", "orders:8080/"], .trouble),
            (["shop/web", "GET", "shop/orders/x"], .trouble),
            (["shop/web", "GET", "shop/nothing:8080/"], .trouble),
            (["shop/web", "TCP", "shop/orders:8080/x"], .trouble),
            (["spiffe://A/b", "GET", "shop/orders:8080/"], .trouble),
            (["10.0.0.1", "GET", "shop/orders:8080/", "--address", "10.0.0.2"], .trouble),
            (["shop/web", "GET", "shop/orders:8080/", "--address", "here"], .trouble),
            (["shop/web", "GET", "shop/orders:8080/", "-H", "nocolon"], .trouble),
            (["shop/web", "GET", "shop/orders:8080/", "-H", "a b: c"], .trouble),
            (["shop/web", "GET", "shop/orders:8080/", "--jwt-claim", "a=b"], .trouble),
            (["shop/web", "GET", "shop/orders:8080/", "--jwt-problem", "sad"], .trouble),
            (["shop/web", "GET", "shop/orders:8080/", "--trust-domain", "A"], .trouble),
        ] as [([String], CommandStatus)]
    )
    func status(_ arguments: [String], _ expected: CommandStatus) throws {
        let output = try CanCommand.parse(arguments + ["-f", "unread"]).answer(from: ShopManifests.reading())
        #expect(output.status == expected, "\(output)")
        #expect(output.text.isEmpty == (expected == .trouble))
        #expect(output.notes.contains("error: ") == (expected == .trouble))
    }

    @Test func `says the nearest rule and what it missed by`() throws {
        let output = try can("shop/web", "POST", "shop/orders:8080/orders/7")
        #expect(
            output.text == """
                deny  shop/web POST shop/orders:8080/orders/7
                  because none of 3 rules matches
                  nearest: shop/orders/web-reads
                    the method is POST; the rule wants GET
                """
        )
    }

    @Test func `lists what was considered when asked`() throws {
        let output = try can("shop/web", "GET", "shop/orders:8080/admin/x", "-v")
        #expect(
            output.text == """
                deny  shop/web GET shop/orders:8080/admin/x
                  because rule shop/orders/no-admin denies it
                  considered:
                    shop/orders/no-admin (Deny) matches
                    shop/orders/support (Allow) does not match
                      the path is /admin/x; the rule wants /support/*
                      there is no token; the rule wants one of https://id.example
                    shop/orders/web-reads (Allow) does not match
                      the path is /admin/x; the rule wants /orders/{id}
                """
        )
    }

    @Test func `says which relaxation would let a refused path pass`() throws {
        let output = try can("shop/web", "GET", "shop/orders:8080/orders%2f7")
        #expect(
            output.text == """
                refuse  shop/web GET shop/orders:8080/orders%2f7
                  The path holds an encoded slash (%2F), which servers read in different ways.
                  the workload may relax it: nullius.dev/relax: encoded-slash
                """
        )
    }

    @Test func `writes JSON for programs`() throws {
        let output = try can("shop/web", "GET", "shop/orders:8080/orders/7", "-o", "json")
        let value = try JSONValue(parsing: output.text)
        #expect(value[0]?["verdict"] == "allow")
        #expect(value[0]?["rule"] == "shop/orders/web-reads")
        #expect(value[0]?["route"] == "/orders/{id}")
        #expect(value[0]?["considered"]?.array?.count == 3)
    }

    @Test func `a policy that cannot be read denies, and is said beside the answer`() throws {
        let command = try CanCommand.parse(["shop/web", "GET", "shop/orders:8080/orders/7", "-f", "unread"])
        let output = command.answer(from: ShopManifests.reading("---\na: ["))
        #expect(output.status == .no)
        #expect(output.text.contains("cannot be read"))
        #expect(output.notes.contains("shop.yaml:"))
    }

    @Test func `needs manifests`() {
        #expect(throws: (any Error).self) { try CanCommand.parse(["shop/web", "GET", "shop/orders:8080/"]) }
    }
}

@Suite("nullius policy lint")
struct PolicyLintCommandTests {
    private func lint(_ more: String = "", _ arguments: [String] = []) throws -> CommandOutput {
        try PolicyLintCommand.parse(["unread"] + arguments).report(on: ShopManifests.reading(more))
    }

    @Test func `finds no mistakes in the shop`() throws {
        let output = try lint()
        #expect(output.status == .yes)
        #expect(output.text == "2 policies in 1 files: no mistakes")
    }

    @Test func `names file, line, column and a hint`() throws {
        let output = try lint(
            "---\napiVersion: nullius.dev/v1alpha1\nkind: AccessPolicy\nmetadata: { name: x }\nspec: { ruls: [] }\n"
        )
        #expect(output.status == .no)
        #expect(
            output.text == """
                shop.yaml:48:7: error: spec.rules is missing [missing-field]
                shop.yaml:48:9: error: spec has no field "ruls" [unknown-field]
                    hint: did you mean rules?
                2 policies in 1 files: 2 errors, 0 warnings
                """
        )
    }

    private let warned = """
        ---
        apiVersion: nullius.dev/v1alpha1
        kind: AccessPolicy
        metadata: { name: x, namespace: shop }
        spec: { rules: [{ name: a, action: Allow, from: [{ serviceAccount: { name: wep } }] }] }
        """

    @Test func `counts warnings as mistakes only when strict`() throws {
        let output = try lint(warned)
        #expect(output.status == .yes)
        #expect(output.text.contains("did you mean web?"))
        let strict = try lint(warned, ["--strict"])
        #expect(strict.status == .no)
    }

    @Test func `writes JSON for programs`() throws {
        let value = try JSONValue(parsing: lint(warned, ["-o", "json"]).text)
        #expect(value["warnings"] == 1)
        #expect(value["diagnostics"]?[0]?["code"] == "unknown-service-account")
        #expect(value["diagnostics"]?[0]?["line"] == 48)
    }

    @Test func `policies alone are complete`() throws {
        var reading = ManifestReading()
        reading.add(warned, file: "p.yaml")
        let output = try PolicyLintCommand.parse(["unread"]).report(on: reading)
        #expect(output.text == "1 policies in 1 files: no mistakes")
    }
}

@Suite("nullius policy test")
struct PolicyTestCommandTests {
    private func run(_ cases: String, _ arguments: [String] = [], header: Bool = true) throws -> CommandOutput
    {
        let head = header ? "apiVersion: nullius.dev/v1alpha1\nkind: PolicyTest\ncases:\n" : ""
        let documents = YAMLReader().read(head + cases, file: "cases.yaml")
        let command = try PolicyTestCommand.parse(["unread", "-f", "unread"] + arguments)
        return command.report(on: documents, ShopManifests.reading())
    }

    private let good = """
        - { name: reads, from: shop/web, to: "shop/orders:8080", request: GET /orders/7, expect: allow, rule: shop/orders/web-reads }
        - { name: writes, from: shop/web, to: "shop/orders:8080", request: POST /orders/7, expect: deny, reason: no-rule-matched }
        - { name: encoded, from: shop/web, to: "shop/orders:8080", request: GET /a%2fb, expect: refuse, reason: encoded-slash }
        - { name: lists, from: shop/web, to: "shop/orders-api:80", request: GRPC /shop.Orders/List, expect: allow }
        - { name: bytes, from: anyone, address: 10.0.0.1, to: "shop/orders:raw", request: TCP, expect: allow, wouldBe: allow }
        - name: person
          from: anyone
          to: shop/orders:8080
          request: GET /support
          jwt: { issuer: https://id.example, claims: { role: [support] } }
          expect: allow
          rule: shop/orders/support
        - name: expired
          from: anyone
          to: shop/orders:8080
          request: GET /support
          jwt: { problem: expired }
          expect: deny
          reason: bad-token

        """

    @Test func `passes when every case is answered as expected`() throws {
        let output = try run(good)
        #expect(output.text == "7 of 7 cases passed")
        #expect(output.status == .yes)
    }

    @Test func `prints what was expected, what came and why`() throws {
        let output = try run(
            "- { name: writes, from: shop/web, to: \"shop/orders:8080\", request: POST /orders/7, expect: allow, rule: shop/orders/web-reads }"
        )
        #expect(output.status == .no)
        #expect(
            output.text == """
                FAILED  writes  (cases.yaml:4:3)
                  shop/web POST /orders/7 to shop/orders:8080
                  verdict: expected allow, got deny
                  rule: expected shop/orders/web-reads, got none
                  because none of 3 rules matches
                  nearest: shop/orders/web-reads
                    the method is POST; the rule wants GET
                0 of 1 cases passed
                """
        )
    }

    @Test func `a question that cannot be asked is trouble`() throws {
        let output = try run(
            good + "- { name: x, from: web, to: \"shop/orders:8080\", request: GET /, expect: deny }\n"
        )
        #expect(output.status == .trouble)
        #expect(output.text.hasSuffix("7 of 8 cases passed"))
        #expect(output.text.contains("BROKEN  x"))
    }

    @Test(
        "cases that cannot be read are trouble",
        arguments: [
            "- { name: x, from: shop/web, to: \"a/b:1\", request: GET /, expect: maybe }",
            "- { name: x, from: shop/web, to: \"a/b:1\", request: GET / }",
            "- { name: x, from: shop/web, to: \"a/b:1\", request: GET /, expect: allow, rul: a }",
            "- { name: x, from: shop/web, to: \"a/b:1\", request: GET /, expect: allow, jwt: {} }",
            "- { name: x, from: shop/web, to: \"a/b:1\", request: GET /, expect: allow, jwt: { problem: sad } }",
            "[", "{}", "",
        ]
    )
    func unreadable(_ cases: String) throws {
        let output = try run(cases)
        #expect(output.status == .trouble)
        #expect(output.notes.contains("error: "))
    }

    @Test func `another kind is no test`() throws {
        let output = try run("apiVersion: nullius.dev/v1alpha1\nkind: Policy\ncases: []\n", header: false)
        #expect(output.status == .trouble)
    }

    @Test func `writes JSON for programs`() throws {
        let value = try JSONValue(parsing: run(good, ["-o", "json"]).text)
        #expect(value["passed"] == 7)
        #expect(value["cases"]?[0]?["outcome"] == "passed")
    }
}
