import Authorization
import CanonicalHTTP
import KubernetesModel
import Manifests
import NetworkTypes
import Testing

@Suite("Compiling policies")
struct PolicyCompilerTests {
    private static let workload = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders, namespace: shop }
        spec:
          template:
            metadata: { labels: { app: orders } }
            spec:
              serviceAccountName: orders
              containers:
              - name: orders
                ports:
                - { name: http, containerPort: 8080 }
                - { name: metrics, containerPort: 9090 }
                - { name: dns, containerPort: 53, protocol: UDP }
                readinessProbe: { httpGet: { path: "/x/../ready?full", port: http } }
                livenessProbe: { httpGet: { path: live, port: 9090 } }
        ---

        """

    private func compile(_ text: String) throws -> (policies: [PortPolicy], report: [String]) {
        var reading = ManifestReading()
        reading.add(Self.workload + text, file: "f.yaml")
        let compiler = PolicyCompiler(reading.state())
        let workload = try #require(
            reading.state().workload(named: ObjectName(namespace: "shop", name: "orders"))
        )
        let report = (reading.diagnostics + compiler.diagnostics()).map(\.code)
        return (compiler.policies(for: workload, revision: PolicyRevision(3)), report)
    }

    private func policy(_ target: String, action: String = "Allow", namespace: String = "shop") -> String {
        """
        apiVersion: nullius.dev/v1alpha1
        kind: AccessPolicy
        metadata: { name: p, namespace: \(namespace) }
        spec: { target: \(target), rules: [{ name: r, action: \(action), from: [{ authenticated: true }] }] }
        ---

        """
    }

    @Test func `each declared port gets a policy, with its probes`() throws {
        let (policies, report) = try compile("")
        #expect(policies.map(\.port.number) == [8080, 9090])
        #expect(policies.map(\.coverage) == [.unselected, .unselected])
        #expect(policies.map { $0.probes.map(\.path) } == [["/ready"], ["/live"]])
        #expect(policies.allSatisfy { $0.fallback == .deny && $0.revision == PolicyRevision(3) })
        #expect(report.isEmpty)
    }

    @Test(
        "a target selects by labels and by ports",
        arguments: [
            ("{}", [true, true]), ("{ ports: [8080] }", [true, false]), ("{ ports: [http] }", [true, false]),
            ("{ ports: [\"9090\"] }", [false, true]), ("{ ports: [http, metrics] }", [true, true]),
            ("{ ports: [7070] }", [false, false]), ("{ podSelector: {} }", [true, true]),
            ("{ podSelector: { matchLabels: { app: orders } } }", [true, true]),
            ("{ podSelector: { matchLabels: { app: web } } }", [false, false]),
            (
                "{ podSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [web] }] } }",
                [true, true]
            ),
            ("{ podSelector: { matchExpressions: [{ key: tier, operator: Exists }] } }", [false, false]),
        ] as [(String, [Bool])]
    )
    func target(_ target: String, _ expected: [Bool]) throws {
        let selected = try compile(policy(target)).policies.map { $0.coverage != .unselected }
        #expect(selected == expected)
    }

    @Test func `a policy of another namespace selects nothing here`() throws {
        let (policies, report) = try compile(policy("{}", namespace: "other"))
        #expect(policies.allSatisfy { $0.coverage == .unselected })
        #expect(report == ["selects-nothing"])
    }

    @Test func `a port name that no workload declares denies everywhere if it denies, and allows nowhere`()
        throws
    {
        let allow = try compile(policy("{ ports: [htttp] }"))
        #expect(allow.policies.allSatisfy { $0.coverage == .unselected })
        #expect(allow.report == ["unknown-port"])

        let deny = try compile(policy("{ ports: [htttp] }", action: "Deny"))
        for policy in deny.policies {
            guard case .selected(let compiled) = policy.coverage else {
                Issue.record("not selected")
                continue
            }
            #expect(compiled.flatMap(\.rules).allSatisfy { $0.unresolved != nil })
            let question = AccessRequest(
                caller: Caller(identity: nil, address: .loopback),
                operation: .connection
            )
            #expect(!policy.judge(question).enforced.isAllowed)
        }
    }

    @Test func `a policy that cannot be read makes what it may select unknown`() throws {
        let broken = policy("{ podSelector: { matchLabels: { app: orders } } }").replacing(
            "rules",
            with: "ruls"
        )
        let (policies, _) = try compile(broken)
        #expect(policies.allSatisfy { $0.coverage == .unknown(.unreadablePolicy("shop/p")) })

        let elsewhere = broken.replacing("app: orders", with: "app: web")
        #expect(try compile(elsewhere).policies.allSatisfy { $0.coverage == .unselected })

        let (anywhere, _) = try compile("a: [")
        for policy in anywhere {
            guard case .unknown(.unreadablePolicy(let place)) = policy.coverage else {
                Issue.record("known")
                continue
            }
            #expect(place.hasPrefix("f.yaml:"))
        }
    }

    @Test func `a port that is not declared is not known`() throws {
        var reading = ManifestReading()
        reading.add(Self.workload, file: "f.yaml")
        let state = reading.state()
        let workload = try #require(state.workloads.first)
        let policy = PolicyCompiler(state).policy(
            for: try Port(parsing: "1"),
            of: workload,
            revision: PolicyRevision(1)
        )
        #expect(policy.coverage == .unknown(.unknownPort))
    }

    @Test(
        "defaults come from the workload, then from its namespace",
        arguments: [
            ("allow", nil, .allow, []), ("allow", "authenticated", .authenticated, []),
            (nil, "audit", .audit, []),
            ("allow", "permit", .deny, ["unknown-value"]), ("permit", nil, .deny, ["unknown-value"]),
            (nil, nil, .deny, []),
        ] as [(String?, String?, DefaultInbound, [String])]
    )
    func defaults(_ namespace: String?, _ own: String?, _ expected: DefaultInbound, _ codes: [String]) throws
    {
        let annotations = own.map { ", annotations: { nullius.dev/default-inbound: \($0) }" } ?? ""
        var text = Self.workload.replacing(
            "labels: { app: orders }",
            with: "labels: { app: orders }\(annotations)"
        )
        if let namespace {
            text +=
                "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, annotations: "
                + "{ nullius.dev/default-inbound: \(namespace) } }\n"
        }
        var reading = ManifestReading()
        reading.add(text, file: "f.yaml")
        let compiler = PolicyCompiler(reading.state())
        let workload = try #require(reading.state().workloads.first)
        let policies = compiler.policies(for: workload, revision: PolicyRevision(1))
        #expect(policies.allSatisfy { $0.fallback == expected })
        #expect(compiler.diagnostics().map(\.code) == codes)
    }

    @Test(
        "annotations relax by name and declare opaque ports",
        arguments: [
            (
                "nullius.dev/relax: \"encoded-slash, path-parameters\"", [.encodedSlash, .pathParameters],
                .detected,
                ["relaxed", "relaxed"]
            ),
            ("nullius.dev/relax: encoded-slashes", [], .detected, ["unknown-value"]),
            ("nullius.dev/opaque-ports: \"http\"", [], .opaque, []),
            ("nullius.dev/opaque-ports: \"8080,9090\"", [], .opaque, []),
            ("nullius.dev/opaque-ports: \"0\"", [], .detected, ["bad-port"]),
        ] as [(String, Set<Relaxation>, ServedProtocol, [String])]
    )
    func annotations(
        _ annotation: String,
        _ relaxations: Set<Relaxation>,
        _ serves: ServedProtocol,
        _ codes: [String]
    ) throws {
        var reading = ManifestReading()
        reading.add(
            Self.workload.replacing(
                "labels: { app: orders }",
                with: "labels: { app: orders }, annotations: { \(annotation) }"
            ),
            file: "f.yaml"
        )
        let compiler = PolicyCompiler(reading.state())
        let workload = try #require(reading.state().workloads.first)
        let policy = try #require(compiler.policies(for: workload, revision: PolicyRevision(1)).first)
        #expect(policy.relaxations == relaxations)
        #expect(policy.serves == serves)
        #expect(compiler.diagnostics().map(\.code) == codes)
    }

    @Test(
        "a Service declares what is spoken",
        arguments: [
            ("{ port: 80, targetPort: http, appProtocol: http }", .http),
            ("{ port: 8080, name: grpc-api }", .http),
            ("{ port: 80, targetPort: 8080, appProtocol: kubernetes.io/h2c }", .http),
            ("{ port: 8080, name: redis }", .opaque),
            ("{ port: 8080, name: http, appProtocol: tcp }", .opaque),
            ("{ port: 8080, name: web }", .detected), ("{ port: 8080 }", .detected),
            ("{ port: 80, targetPort: metrics, appProtocol: http }", .detected),
            ("{ port: 80, appProtocol: http }", .detected),
            (
                "{ port: 8080, appProtocol: http }, { port: 81, targetPort: 8080, appProtocol: tcp }",
                .detected
            ),
        ] as [(String, ServedProtocol)]
    )
    func declared(_ ports: String, _ expected: ServedProtocol) throws {
        let service = """
            apiVersion: v1
            kind: Service
            metadata: { name: orders, namespace: shop }
            spec: { selector: { app: orders }, ports: [\(ports)] }
            """
        let policy = try #require(try compile(service).policies.first)
        #expect(policy.serves == expected)
    }

    @Test func `rules about HTTP on an opaque port are reported`() throws {
        let service = """
            apiVersion: v1
            kind: Service
            metadata: { name: orders, namespace: shop }
            spec: { selector: { app: orders }, ports: [{ port: 8080, appProtocol: tcp }] }
            ---

            """
        let http = policy("{}").replacing(
            "authenticated: true }]",
            with: "authenticated: true }], to: [{ http: {} }]"
        )
        let (_, report) = try compile(service + http)
        #expect(report == ["opaque-with-http-rules"])
    }

    @Test func `a service account that does not exist is a warning with a guess`() throws {
        var reading = ManifestReading()
        reading.add(
            Self.workload
                + "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web, namespace: shop }\n---\n"
                + policy("{}").replacing("authenticated: true", with: "serviceAccount: { name: wep }"),
            file: "f.yaml"
        )
        let report = PolicyCompiler(reading.state()).diagnostics()
        #expect(report.map(\.code) == ["unknown-service-account"])
        #expect(report.first?.hint == "did you mean web?")
        #expect(report.first?.severity == .warning)
    }

    @Test func `the order of files does not matter`() throws {
        let one = policy("{}").replacing("name: p", with: "name: a")
        let two = policy("{}", action: "Deny").replacing("name: p", with: "name: b")
        let first = try compile(one + two).policies
        let second = try compile(two + one).policies
        #expect(first == second)
    }
}
