import Authorization
import KubernetesModel
import Manifests
import Testing

@Suite("Mistakes in an AccessPolicy")
struct AccessPolicyMistakesTests {
    /// A policy of one rule; line 9 is the first line after `name`.
    private static func policy(rule: String = "", spec: String = "", rules: String? = nil) -> String {
        let lines = [
            "apiVersion: nullius.dev/v1alpha1",
            "kind: AccessPolicy",
            "metadata: { name: orders, namespace: shop }",
            "spec:",
            "  target: { ports: [8080] }",
            rules ?? """
                  rules:
                  - name: reads
                    action: Allow
                    from: [{ anyone: true }]
                """,
        ]
        let rest = [rule, spec].filter { !$0.isEmpty }
        return (lines + rest).joined(separator: "\n") + "\n"
    }

    private static func errors(in text: String) -> [String] {
        var reading = ManifestReading()
        reading.add(text, file: "p.yaml")
        return reading.diagnostics.filter { $0.severity == .error }.map { diagnostic in
            "\(diagnostic.location?.line ?? 0):\(diagnostic.location?.column ?? 0) \(diagnostic.code)"
        }
    }

    @Test func `a good policy has none`() {
        let errors = Self.errors(in: Self.policy())
        #expect(errors.isEmpty)
    }

    @Test(
        "in a rule",
        arguments: [
            ("    tos: []", ["10:5 unknown-field"]),
            ("    to: []", ["10:9 empty"]),
            ("    to: { http: {} }", ["10:9 wrong-type"]),
            ("    to: [{}]", ["10:10 one-of"]),
            ("    to: [{ http: {}, grpc: { service: a.B } }]", ["10:10 one-of"]),
            ("    to: [{ https: {} }]", ["10:12 unknown-field"]),
            ("    to: [{ http: { methods: GET } }]", ["10:29 wrong-type"]),
            ("    to: [{ http: { methods: [get] } }]", ["10:30 bad-method"]),
            ("    to: [{ http: { methods: [] } }]", ["10:29 empty"]),
            ("    to: [{ http: { hosts: [] } }]", ["10:27 empty"]),
            ("    to: [{ http: { methods: [7] } }]", ["10:30 wrong-type"]),
            ("    to: [{ http: { path: /a } }]", ["10:26 wrong-type"]),
            ("    to: [{ http: { path: {} } }]", ["10:26 one-of"]),
            ("    to: [{ http: { path: { exact: /a, prefix: /b } } }]", ["10:26 one-of"]),
            ("    to: [{ http: { path: { regex: /a } } }]", ["10:28 unknown-field"]),
            ("    to: [{ http: { path: { exact: a } } }]", ["10:35 bad-path"]),
            ("    to: [{ http: { path: { template: \"/a/x{id}\" } } }]", ["10:38 bad-path"]),
            ("    to: [{ http: { hosts: [\"a b\"] } }]", ["10:28 bad-host"]),
            ("    to: [{ http: { headers: [{ name: x }] } }]", ["10:30 one-of"]),
            ("    to: [{ http: { headers: [{ name: host, exact: a }] } }]", ["10:38 bad-header"]),
            ("    to: [{ http: { headers: [{ name: \"a b\", exact: a }] } }]", ["10:38 bad-header"]),
            ("    to: [{ grpc: {} }]", ["10:18 missing-field"]),
            ("    to: [{ grpc: { service: /a.B } }]", ["10:29 bad-service"]),
            ("    to: [{ grpc: { service: a.B, methods: [C/D] } }]", ["10:44 bad-method"]),
            ("    when: {}", ["10:11 missing-field"]),
            ("    when: { jwt: {} }", ["10:18 missing-field"]),
            ("    when: { jwt: { issuer: i, claims: { role: support } } }", ["10:47 wrong-type"]),
            ("    when: { jwt: { issuer: i, claims: { role: [] } } }", ["10:47 empty"]),
            ("    when: { jwt: { issuer: i, audience: [a] } }", ["10:31 unknown-field"]),
            ("    when: { token: {} }", ["10:11 missing-field", "10:13 unknown-field"]),
        ] as [(String, [String])]
    )
    func rule(_ text: String, _ expected: [String]) {
        let errors = Self.errors(in: Self.policy(rule: text))
        #expect(errors == expected)
    }

    @Test(
        "in from",
        arguments: [
            ("[]", ["9:11 missing-field"]),
            ("[{}]", ["9:12 one-of"]),
            ("[{ anyone: true, authenticated: true }]", ["9:12 one-of"]),
            ("[{ anyone: false }]", ["9:22 unknown-value"]),
            ("[{ anyone: \"true\" }]", ["9:22 wrong-type"]),
            ("[{ everyone: true }]", ["9:14 unknown-field"]),
            ("[{ serviceaccount: { name: web } }]", ["9:14 unknown-field"]),
            ("[{ serviceAccount: web }]", ["9:30 wrong-type"]),
            ("[{ serviceAccount: {} }]", ["9:30 missing-field"]),
            ("[{ serviceAccount: { name: Web } }]", ["9:38 bad-name"]),
            ("[{ serviceAccount: { name: web, namespace: a/b } }]", ["9:54 bad-name"]),
            ("[{ serviceAccount: { name: 7 } }]", ["9:38 wrong-type"]),
            ("[{ namespace: { name: a.b } }]", ["9:33 bad-name"]),
            ("[{ identity: web }]", ["9:24 bad-identity"]),
            ("[{ identity: \"spiffe://a/b*\" }]", ["9:24 bad-identity"]),
            ("[{ identity: \"spiffe://a/*/b\" }]", ["9:24 bad-identity"]),
            ("[{ network: { cidr: 10.0.0.1/8 } }]", ["9:31 bad-network"]),
            ("[{ network: { cidr: 10.0.0.0 } }]", ["9:31 bad-network"]),
            ("[{ network: { cidr: 10.0.0.0/8, except: [11.0.0.0/16] } }]", ["9:51 outside-range"]),
            ("[{ network: { cidr: 10.0.0.0/8, excepts: [] } }]", ["9:43 unknown-field"]),
        ] as [(String, [String])]
    )
    func source(_ from: String, _ expected: [String]) {
        let rules = "  rules:\n  - name: reads\n    action: Allow\n    from: \(from)"
        let errors = Self.errors(in: Self.policy(rules: rules))
        #expect(errors == expected)
    }

    @Test(
        "in the spec",
        arguments: [
            ("  mode: audit", ["10:9 unknown-value"]),
            ("  mode: true", ["10:9 wrong-type"]),
            ("  rule: []", ["10:3 unknown-field"]),
        ] as [(String, [String])]
    )
    func spec(_ text: String, _ expected: [String]) {
        let errors = Self.errors(in: Self.policy(spec: text))
        #expect(errors == expected)
    }

    @Test(
        "in rules",
        arguments: [
            ("", ["5:3 missing-field"]),
            ("  rules: {}", ["6:10 wrong-type"]),
            ("  rules: [7]", ["6:11 wrong-type"]),
            ("  rules:\n  - { action: Allow, from: [{ anyone: true }] }", ["7:5 missing-field"]),
            ("  rules:\n  - { name: a, from: [{ anyone: true }] }", ["7:5 missing-field"]),
            ("  rules:\n  - { name: a, action: allow, from: [{ anyone: true }] }", ["7:24 unknown-value"]),
            ("  rules:\n  - { name: a, action: Allow }", ["7:5 missing-field"]),
            ("  rules:\n  - { name: A B, action: Allow, from: [{ anyone: true }] }", ["7:13 bad-name"]),
            (
                "  rules:\n  - { name: a, action: Deny, from: [{ anyone: true }] }\n"
                    + "  - { name: a, action: Allow, from: [{ anyone: true }] }",
                ["8:5 duplicate-name"]
            ),
        ] as [(String, [String])]
    )
    func rules(_ text: String, _ expected: [String]) {
        let errors = Self.errors(in: Self.policy(rules: text))
        #expect(errors == expected)
    }

    @Test(
        "around it",
        arguments: [
            (
                "apiVersion: nullius.dev/v1\nkind: AccessPolicy\nmetadata: { name: a }\nspec: { rules: [] }",
                ["1:13 unknown-version"]
            ),
            (
                "apiVersion: nullius.dev/v1alpha1\nkind: AccessPolicy\nspec: { rules: [] }",
                ["1:1 missing-field"]
            ),
            (
                "apiVersion: nullius.dev/v1alpha1\nkind: AccessPolicy\nmetadata: { name: a }",
                ["1:1 missing-field"]
            ),
            (
                "apiVersion: nullius.dev/v1alpha1\nkind: AccessPolicy\nmetadata: { name: a_b }\nspec: { rules: [] }",
                ["3:19 bad-name"]
            ),
            (
                "apiVersion: nullius.dev/v1alpha1\nkind: AccesPolicy\nmetadata: { name: a }\nspec: { rules: [] }",
                ["1:1 unknown-kind"]
            ),
            (
                "apiVersion: nullius.dev/v1alpha1\nkind: AccessPolicy\nmetadata: { name: a }\nspce: 1\nspec: { rules: [] }",
                ["4:1 unknown-field"]
            ),
            (
                "apiVersion: nullius.dev/v1alpha1\nkind: AccessPolicy\nmetadata: { name: a }\n"
                    + "spec: { target: { ports: [] , podSelector: { matchLabels: { a: 1 } } }, rules: [] }",
                ["4:64 wrong-type", "4:26 empty"]
            ),
            (
                "apiVersion: nullius.dev/v1alpha1\nkind: AccessPolicy\nmetadata: { name: a }\n"
                    + "spec: { target: { ports: [0, 70000, HTTP] }, rules: [] }",
                ["4:27 bad-port", "4:30 bad-port", "4:37 bad-port"]
            ),
        ] as [(String, [String])]
    )
    func around(_ text: String, _ expected: [String]) {
        let errors = Self.errors(in: text)
        #expect(errors == expected)
    }

    @Test func `all mistakes are reported in one go, each with a hint`() {
        var reading = ManifestReading()
        reading.add(
            Self.policy(
                rules: """
                      rules:
                      - name: reads
                        acton: Allow
                        action: Alow
                        from: [{ serviceAccount: { nam: web } }]
                        to: [{ http: { method: [GET] } }]
                    """
            ),
            file: "dir/p.yaml"
        )
        let texts = reading.diagnostics.map(\.description)
        #expect(
            texts == [
                """
                dir/p.yaml:9:13: error: spec.rules[0].action is "Alow" [unknown-value]
                    hint: did you mean Allow?
                """,
                """
                dir/p.yaml:10:30: error: spec.rules[0].from[0].serviceAccount.name is missing [missing-field]
                """,
                """
                dir/p.yaml:10:32: error: spec.rules[0].from[0].serviceAccount has no field "nam" [unknown-field]
                    hint: did you mean name?
                """,
                """
                dir/p.yaml:11:20: error: spec.rules[0].to[0].http has no field "method" [unknown-field]
                    hint: did you mean methods?
                """,
                """
                dir/p.yaml:8:5: error: spec.rules[0] has no field "acton" [unknown-field]
                    hint: did you mean action?
                """,
            ]
        )
        #expect(reading.policies.isEmpty)
        #expect(reading.unreadable.map(\.label) == ["shop/orders"])
    }

    @Test(
        "what is probably not meant is a warning",
        arguments: [
            ("action: Deny\n    from: [{ anyone: true }]", ["only-denies"]),
            (
                "action: Deny\n    from: [{ anyone: true }]\n    to: [{ http: { path: { exact: /admin } } }]",
                ["only-denies", "deny-exact-path"]
            ),
            (
                "action: Deny\n    from: [{ anyone: true }]\n    to: [{ http: { headers: [{ name: a, exact: b }] } }]",
                ["only-denies", "deny-by-header"]
            ),
            (
                "action: Deny\n    from: [{ anyone: true }]\n    when: { jwt: { issuer: i } }",
                ["only-denies", "deny-by-token"]
            ),
            ("action: Allow\n    from: [{ network: { cidr: 0.0.0.0/0 } }]", ["allow-every-address"]),
        ] as [(String, [String])]
    )
    func warnings(_ rule: String, _ expected: [String]) {
        var reading = ManifestReading()
        reading.add(Self.policy(rules: "  rules:\n  - name: r\n    \(rule)"), file: "p.yaml")
        let codes = reading.diagnostics.map(\.code)
        #expect(codes == expected)
        #expect(reading.policies.count == 1)
    }
}
