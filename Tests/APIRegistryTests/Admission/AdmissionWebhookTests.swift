import APIRegistry
import JSONText
import KubernetesModel
import RBAC
import Testing

@Suite("Which writes a webhook sees, and what it may answer")
struct AdmissionWebhookTests {
    struct RuleCase: Sendable, CustomTestStringConvertible {
        var rule: String
        var resource: String
        var group = ""
        var subresource = ""
        var operation = AdmissionAttributes.Operation.create
        var sees: Bool
        var testDescription: String { "\(rule) on \(resource)/\(subresource)" }
    }

    static let cases = [
        RuleCase(rule: rule(["CREATE"], [""], ["v1"], ["pods"]), resource: "pods", sees: true),
        RuleCase(rule: rule(["UPDATE"], [""], ["v1"], ["pods"]), resource: "pods", sees: false),
        RuleCase(rule: rule(["*"], ["*"], ["*"], ["*"]), resource: "deployments", group: "apps", sees: true),
        RuleCase(
            rule: rule(["*"], ["*"], ["*"], ["*"]),
            resource: "pods",
            subresource: "status",
            sees: false
        ),
        RuleCase(
            rule: rule(["*"], ["*"], ["*"], ["*/*"]),
            resource: "pods",
            subresource: "status",
            sees: true
        ),
        RuleCase(
            rule: rule(["*"], [""], ["v1"], ["pods/*"]),
            resource: "pods",
            subresource: "status",
            sees: true
        ),
        RuleCase(
            rule: rule(["*"], [""], ["v1"], ["*/status"]),
            resource: "pods",
            subresource: "status",
            sees: true
        ),
        RuleCase(rule: rule(["*"], [""], ["v2"], ["pods"]), resource: "pods", sees: false),
        RuleCase(rule: rule(["*"], [""], ["v1"], ["*"], "Cluster"), resource: "pods", sees: false),
        RuleCase(rule: rule(["*"], [""], ["v1"], ["*"], "Cluster"), resource: "namespaces", sees: true),
        RuleCase(rule: rule(["*"], [""], ["v1"], ["*"], "Namespaced"), resource: "namespaces", sees: false),
        RuleCase(
            rule: rule(["*"], ["*"], ["*"], ["*/*"]),
            resource: "validatingwebhookconfigurations",
            group: "admissionregistration.k8s.io",
            sees: false
        ),
    ]

    @Test(arguments: cases)
    func `a rule names operations, groups, versions, resources and a scope`(_ sample: RuleCase) throws {
        let webhook = try #require(try Self.webhooks("\"rules\": [\(sample.rule)]").first)
        var attributes = try Self.attributes(sample.resource, group: sample.group)
        attributes.subresource = sample.subresource
        attributes.operation = sample.operation
        let seen = webhook.resource(for: attributes, versions: [], namespaceLabels: nil)
        #expect((seen != nil) == sample.sees)
    }

    @Test func `a rule for another version of the same objects counts unless it must be exact`() throws {
        let rules = "\"rules\": [\(Self.rule(["*"], ["events.k8s.io"], ["v1"], ["events"]))]"
        let attributes = try Self.attributes("events")
        let other = try #require(
            ResourceCatalogue.builtIn.definition(group: "events.k8s.io", version: "v1", plural: "events")
        )
        let equivalent = try #require(try Self.webhooks(rules).first)
        let exact = try #require(try Self.webhooks("\(rules), \"matchPolicy\": \"Exact\"").first)
        let first = equivalent.resource(for: attributes, versions: [other], namespaceLabels: nil)
        let second = exact.resource(for: attributes, versions: [other], namespaceLabels: nil)
        #expect(first?.groupVersion.group == "events.k8s.io")
        #expect(second == nil)
    }

    @Test func `selectors look at the namespace and at either object`() throws {
        let webhook = try #require(
            try Self.webhooks(
                """
                "rules": [\(Self.rule(["*"], [""], ["v1"], ["pods"]))],
                "namespaceSelector": {"matchLabels": {"team": "a"}},
                "objectSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}
                """
            ).first
        )
        var attributes = try Self.attributes("pods")
        attributes.operation = .update
        var labelled = UnstructuredObject()
        labelled.labels = ["app": "x"]
        attributes.object = UnstructuredObject()
        attributes.oldObject = labelled
        let old = webhook.resource(for: attributes, versions: [], namespaceLabels: ["team": "a"])
        let elsewhere = webhook.resource(for: attributes, versions: [], namespaceLabels: ["team": "b"])
        attributes.oldObject = UnstructuredObject()
        let neither = webhook.resource(for: attributes, versions: [], namespaceLabels: ["team": "a"])
        #expect(old != nil)
        #expect(elsewhere == nil)
        #expect(neither == nil)
    }

    @Test func `a question carries what was asked and what the rule named`() throws {
        var attributes = try Self.attributes("pods")
        attributes.object = try Objects.object("{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}")
        let review = AdmissionReview.request(attributes, as: attributes.resource, uid: "u-1")
        let request = review["request"]
        #expect(request?["uid"] == "u-1")
        #expect(request?["kind"] == ["group": "", "version": "v1", "kind": "Pod"])
        #expect(request?["operation"] == "CREATE")
        #expect(request?["userInfo"] == ["username": "alice", "groups": ["dev"]])
        #expect(request?["oldObject"] == .null)
        #expect(request?["object"]?["kind"] == "Pod")
    }

    @Test(arguments: [
        ("{}", "expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got , Kind="),
        (review("{\"uid\": \"other\"}"), "expected response.uid=\"u-1\", got \"other\""),
        (
            review("{\"uid\": \"u-1\", \"allowed\": true, \"patch\": \"W10=\"}"),
            "webhook returned response.patch but not response.patchType"
        ),
        (
            review("{\"uid\": \"u-1\", \"allowed\": true, \"patch\": \"W10=\", \"patchType\": \"Merge\"}"),
            "webhook returned invalid response.patchType of \"Merge\""
        ),
        (
            review("{\"uid\": \"u-1\", \"allowed\": true, \"patch\": \"!\", \"patchType\": \"JSONPatch\"}"),
            "response.patch is no JSON in base64"
        ),
    ])
    func `an answer that is none is refused`(_ text: String, _ message: String) throws {
        let value = try JSONValue(parsing: text)
        let error = #expect(throws: AdmissionAnswer.Malformed.self) {
            try AdmissionAnswer(value, uid: "u-1", isMutating: true, limits: .standard)
        }
        #expect(error?.message == message)
    }

    @Test(arguments: [
        ("{\"uid\": \"u-1\", \"allowed\": false}", 400, "denied the request without explanation"),
        (
            "{\"uid\": \"u-1\", \"allowed\": false, \"status\": {\"code\": 403, \"message\": \"no\"}}", 403,
            "denied the request: no"
        ),
        (
            "{\"uid\": \"u-1\", \"allowed\": false, \"status\": {\"code\": 200, \"reason\": \"Odd\"}}", 400,
            "denied the request: Odd"
        ),
    ])
    func `a refusal says who refused`(_ response: String, _ code: Int, _ message: String) throws {
        let value = try JSONValue(parsing: Self.review(response))
        let answer = try AdmissionAnswer(value, uid: "u-1", isMutating: false, limits: .standard)
        let denial = answer.denial(by: "a.example.com")
        #expect(denial.code == code)
        #expect(denial.message == "admission webhook \"a.example.com\" \(message)")
    }

    // MARK: What the tests are made of

    static func rule(
        _ operations: [String],
        _ groups: [String],
        _ versions: [String],
        _ resources: [String],
        _ scope: String = "*"
    ) -> String {
        let value: JSONValue = [
            "operations": .strings(operations), "apiGroups": .strings(groups),
            "apiVersions": .strings(versions), "resources": .strings(resources), "scope": .string(scope),
        ]
        return value.text()
    }

    static func review(_ response: String) -> String {
        "{\"apiVersion\": \"admission.k8s.io/v1\", \"kind\": \"AdmissionReview\", \"response\": \(response)}"
    }

    static func webhooks(_ members: String) throws -> [AdmissionWebhook] {
        let text = """
            {"kind": "ValidatingWebhookConfiguration", "metadata": {"name": "c"}, "webhooks": [
              {"name": "a.example.com", "clientConfig": {"url": "https://localhost/x"}, "sideEffects": "None", \(members)}
            ]}
            """
        return try AdmissionWebhook.all(in: try Objects.object(text))
    }

    static func attributes(_ plural: String, group: String = "") throws -> AdmissionAttributes {
        let definition = try #require(
            ResourceCatalogue.builtIn.definition(group: group, version: "v1", plural: plural)
        )
        return AdmissionAttributes(
            operation: .create,
            kind: definition.groupVersionKind,
            resource: definition,
            namespace: definition.isNamespaced ? "default" : "",
            name: "x",
            object: UnstructuredObject(),
            oldObject: nil,
            options: .null,
            isDryRun: false,
            user: UserInfo(name: "alice", groups: ["dev"])
        )
    }
}
