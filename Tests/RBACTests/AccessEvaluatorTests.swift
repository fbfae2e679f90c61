import JSONText
import KubernetesModel
import RBAC
import Testing

@Suite("Who may do what")
struct AccessEvaluatorTests {
    @Test(
        "A rule grants as Kubernetes' does",
        arguments: [
            (PolicyRule(verbs: ["get"], groups: [""], resources: ["pods"]), "get", "pods", "", "a", true),
            (PolicyRule(verbs: ["get"], groups: [""], resources: ["pods"]), "list", "pods", "", "", false),
            (PolicyRule(verbs: ["*"], groups: ["*"], resources: ["*"]), "patch", "pods", "log", "a", true),
            // A resource's word says nothing of its subresources, nor the other way round.
            (PolicyRule(verbs: ["get"], groups: [""], resources: ["pods"]), "get", "pods", "log", "a", false),
            (
                PolicyRule(verbs: ["get"], groups: [""], resources: ["pods/log"]), "get", "pods", "log", "a",
                true
            ),
            (
                PolicyRule(verbs: ["get"], groups: [""], resources: ["pods/log"]), "get", "pods", "", "a",
                false
            ),
            (PolicyRule(verbs: ["get"], groups: [""], resources: ["*/log"]), "get", "pods", "log", "a", true),
            (PolicyRule(verbs: ["get"], groups: [""], resources: ["*/log"]), "get", "pods", "", "a", false),
            (
                PolicyRule(verbs: ["get"], groups: ["apps"], resources: ["pods"]), "get", "pods", "", "a",
                false
            ),
            (
                PolicyRule(verbs: ["get"], groups: [""], resources: ["pods"], resourceNames: ["a"]),
                "get", "pods", "", "a", true
            ),
            (
                PolicyRule(verbs: ["get"], groups: [""], resources: ["pods"], resourceNames: ["a"]),
                "get", "pods", "", "b", false
            ),
            // A list names no object.
            (
                PolicyRule(verbs: ["list"], groups: [""], resources: ["pods"], resourceNames: ["a"]),
                "list", "pods", "", "", false
            ),
            // U+212A, the Kelvin sign, is no K.
            (
                PolicyRule(verbs: ["get"], groups: [""], resources: ["pods"], resourceNames: ["K"]),
                "get", "pods", "", "\u{212A}", false
            ),
        ] as [(PolicyRule, String, String, String, String, Bool)]
    )
    func rule(
        _ rule: PolicyRule,
        _ verb: String,
        _ resource: String,
        _ sub: String,
        _ name: String,
        _ expected: Bool
    ) {
        let request = ResourceAttributes(
            verb: verb,
            group: "",
            resource: resource,
            subresource: sub,
            namespace: "shop",
            name: name
        )
        let granted = rule.grants(.resource(request))
        #expect(granted == expected)
    }

    @Test(
        "Paths match whole or by prefix",
        arguments: [
            ("/version", "/version", true), ("/version", "/version/", false), ("/api/*", "/api/v1", true),
            ("/api/*", "/api", false), ("*", "/anything", true), ("/healthz*", "/healthz/etcd", true),
        ]
    )
    func path(_ pattern: String, _ path: String, _ expected: Bool) {
        let granted = PolicyRule(verbs: ["get"], paths: [pattern]).grants(.path(path, verb: "get"))
        #expect(granted == expected)
    }

    static let reader = PolicyRule(verbs: ["get", "list"], groups: [""], resources: ["pods"])
    static let web = UserInfo.serviceAccount(namespace: "shop", name: "web")

    static func pods(_ verb: String, in namespace: String) -> RequestAttributes {
        .resource(ResourceAttributes(verb: verb, group: "", resource: "pods", namespace: namespace))
    }

    @Test func `a RoleBinding to a ClusterRole grants it in its own namespace only`() {
        let evaluator = AccessEvaluator(
            roles: [Role(name: "reader", rules: [Self.reader])],
            bindings: [
                RoleBinding(
                    name: "web-reads",
                    namespace: "shop",
                    role: RoleReference(kind: .clusterRole, name: "reader"),
                    subjects: [.serviceAccount(namespace: "shop", name: "web")]
                )
            ]
        )
        let here = evaluator.decide(Self.pods("list", in: "shop"), by: Self.web)
        let elsewhere = evaluator.decide(Self.pods("list", in: "bank"), by: Self.web)
        let everywhere = evaluator.decide(Self.pods("list", in: ""), by: Self.web)
        guard case .granted(let grant) = here else {
            Issue.record("not granted: \(here)")
            return
        }
        #expect(
            "\(grant)"
                == "RoleBinding shop/web-reads of ClusterRole reader to ServiceAccount shop/web"
        )
        #expect(elsewhere == .ungranted)
        #expect(everywhere == .ungranted)
    }

    @Test func `a Role of another namespace is not the one that is meant`() {
        let binding = RoleBinding(
            name: "b",
            namespace: "shop",
            role: RoleReference(kind: .role, name: "reader"),
            subjects: [.group("system:serviceaccounts")]
        )
        let evaluator = AccessEvaluator(
            roles: [Role(name: "reader", namespace: "bank", rules: [Self.reader])],
            bindings: [binding]
        )
        let decision = evaluator.decide(Self.pods("get", in: "shop"), by: Self.web)
        #expect(decision == .unresolved([binding]))
        #expect(evaluator.dangling == [binding])
    }

    @Test func `what has no namespace is never granted within one`() {
        let evaluator = AccessEvaluator(
            roles: [
                Role(
                    name: "all",
                    rules: [PolicyRule(verbs: ["*"], groups: ["*"], resources: ["*"], paths: ["*"])]
                )
            ],
            bindings: [
                RoleBinding(
                    name: "b",
                    namespace: "shop",
                    role: RoleReference(kind: .clusterRole, name: "all"),
                    subjects: [.user("eve")]
                )
            ]
        )
        let eve = UserInfo(name: "eve", groups: ["system:authenticated"])
        let path = evaluator.decide(.path("/metrics", verb: "get"), by: eve)
        let nodes = evaluator.decide(
            .resource(ResourceAttributes(verb: "get", group: "", resource: "nodes", name: "n")),
            by: eve
        )
        #expect(path == .ungranted)
        #expect(nodes == .ungranted)
    }

    @Test func `aggregation reaches through roles that aggregate, and stops at a circle`() {
        let byView = LabelSelector(matchLabels: ["to-view": "true"])
        let byEdit = LabelSelector(matchLabels: ["to-edit": "true"])
        let evaluator = AccessEvaluator(
            roles: [
                Role(name: "pods", labels: ["to-view": "true"], rules: [Self.reader]),
                // What an aggregating role says itself is overwritten.
                Role(
                    name: "view",
                    labels: ["to-edit": "true"],
                    rules: [PolicyRule(verbs: ["delete"], groups: [""], resources: ["pods"])],
                    aggregates: [byView]
                ),
                Role(name: "edit", labels: ["to-view": "true"], rules: [], aggregates: [byEdit]),
            ],
            bindings: [
                RoleBinding(
                    name: "b",
                    role: RoleReference(kind: .clusterRole, name: "edit"),
                    subjects: [.user("ann")]
                )
            ]
        )
        let ann = UserInfo(name: "ann")
        let list = evaluator.decide(Self.pods("list", in: "any"), by: ann)
        let delete = evaluator.decide(Self.pods("delete", in: "any"), by: ann)
        guard case .granted(let grant) = list else {
            Issue.record("not granted: \(list)")
            return
        }
        #expect(grant.aggregatedFrom == "pods")
        #expect(delete == .ungranted)
    }

    @Test func `who can is everybody whom decide grants it`() {
        let bindings = [
            RoleBinding(
                name: "everywhere",
                role: RoleReference(kind: .clusterRole, name: "reader"),
                subjects: [.group("ops"), .user("ann")]
            ),
            RoleBinding(
                name: "here",
                namespace: "shop",
                role: RoleReference(kind: .role, name: "reader"),
                subjects: [.user("ann"), .serviceAccount(namespace: "shop", name: "web")]
            ),
        ]
        let evaluator = AccessEvaluator(
            roles: [
                Role(name: "reader", rules: [Self.reader]),
                Role(name: "reader", namespace: "shop", rules: [Self.reader]),
            ],
            bindings: bindings
        )
        let subjects = evaluator.whoCan(Self.pods("get", in: "shop")).map(\.subject)
        #expect(
            subjects == [.group("ops"), .user("ann"), .serviceAccount(namespace: "shop", name: "web")]
        )
        let elsewhere = evaluator.whoCanSomewhere(
            ResourceAttributes(verb: "get", group: "", resource: "pods")
        )
        #expect(elsewhere.map(\.binding.name) == ["here"])
    }
}

@Suite("Handing out rights")
struct EscalationTests {
    static let rbac = "rbac.authorization.k8s.io"

    static func evaluator(for ann: [PolicyRule]) -> AccessEvaluator {
        AccessEvaluator(
            roles: [
                Role(name: "ann", rules: ann),
                Role(
                    name: "secrets",
                    rules: [PolicyRule(verbs: ["get"], groups: [""], resources: ["secrets"])]
                ),
            ],
            bindings: [
                RoleBinding(
                    name: "ann",
                    role: RoleReference(kind: .clusterRole, name: "ann"),
                    subjects: [.user("ann")]
                )
            ]
        )
    }

    static let ann = UserInfo(name: "ann")

    @Test func `nobody grants what they lack, and what is lacking is named`() {
        let evaluator = Self.evaluator(for: [PolicyRule(verbs: ["get"], groups: [""], resources: ["pods"])])
        let role = Role(
            name: "r",
            namespace: "shop",
            rules: [PolicyRule(verbs: ["get", "delete"], groups: [""], resources: ["pods"])]
        )
        let error = #expect(throws: AccessEvaluator.EscalationError.self) {
            try evaluator.mayWrite(role, by: Self.ann)
        }
        #expect(error == .lacks([PolicyRule(verbs: ["delete"], groups: [""], resources: ["pods"])]))
        #expect(
            PolicyRule(verbs: ["delete"], groups: [""], resources: ["pods"]).description
                == #"{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}"#
        )
    }

    @Test func `rights held in parts cover a rule as a whole`() throws {
        let evaluator = Self.evaluator(for: [
            PolicyRule(verbs: ["get"], groups: ["*"], resources: ["*"]),
            PolicyRule(verbs: ["delete"], groups: [""], resources: ["pods", "*/status"]),
        ])
        try evaluator.mayWrite(
            Role(
                name: "r",
                rules: [
                    PolicyRule(verbs: ["get", "delete"], groups: [""], resources: ["pods", "nodes/status"])
                ]
            ),
            by: Self.ann
        )
    }

    @Test func `a right on named objects does not cover all objects`() {
        let held = PolicyRule(verbs: ["get"], groups: [""], resources: ["secrets"], resourceNames: ["a"])
        let evaluator = Self.evaluator(for: [held])
        #expect(throws: AccessEvaluator.EscalationError.self) {
            try evaluator.mayWrite(
                Role(name: "r", rules: [PolicyRule(verbs: ["get"], groups: [""], resources: ["secrets"])]),
                by: Self.ann
            )
        }
        #expect(throws: Never.self) { try evaluator.mayWrite(Role(name: "r", rules: [held]), by: Self.ann) }
    }

    @Test(
        "escalate and bind lift the limit, each for its own kind",
        arguments: [("escalate", true, false), ("bind", false, true)]
    )
    func lifted(_ verb: String, _ writesRole: Bool, _ writesBinding: Bool) {
        let evaluator = Self.evaluator(for: [
            PolicyRule(verbs: [verb], groups: [Self.rbac], resources: ["clusterroles"])
        ])
        let role = Role(name: "r", rules: [PolicyRule(verbs: ["*"], groups: ["*"], resources: ["*"])])
        let binding = RoleBinding(
            name: "b",
            role: RoleReference(kind: .clusterRole, name: "secrets"),
            subjects: [.user("eve")]
        )
        let mayWriteRole = (try? evaluator.mayWrite(role, by: Self.ann)) != nil
        let mayWriteBinding = (try? evaluator.mayWrite(binding, by: Self.ann)) != nil
        #expect(mayWriteRole == writesRole)
        #expect(mayWriteBinding == writesBinding)
    }

    @Test func `a binding to a role that does not exist needs bind`() {
        let evaluator = Self.evaluator(for: [PolicyRule(verbs: ["*"], groups: [""], resources: ["*"])])
        let binding = RoleBinding(
            name: "b",
            role: RoleReference(kind: .clusterRole, name: "later"),
            subjects: [.user("eve")]
        )
        let error = #expect(throws: AccessEvaluator.EscalationError.self) {
            try evaluator.mayWrite(binding, by: Self.ann)
        }
        #expect(error == .unknownRole(binding.role))
    }

    @Test func `rules that multiply beyond reason are refused, not compared`() {
        let many = (0..<1000).map(String.init)
        let evaluator = Self.evaluator(for: [])
        let error = #expect(throws: AccessEvaluator.EscalationError.self) {
            try evaluator.mayWrite(
                Role(
                    name: "r",
                    rules: [PolicyRule(verbs: many, groups: many, resources: many, resourceNames: many)]
                ),
                by: Self.ann
            )
        }
        #expect(error == .tooManyRights(limit: 100_000))
    }

    @Test func `comparing many rights with many rules has an end`() {
        let held = (0..<20_000).map {
            PolicyRule(verbs: ["get"], groups: [""], resources: ["secrets"], resourceNames: ["held-\($0)"])
        }
        let names = (0..<100_000).map { "wanted-\($0)" }
        let wanted = PolicyRule(
            verbs: ["get"],
            groups: [""],
            resources: ["secrets"],
            resourceNames: names
        )
        let paths = [PolicyRule(verbs: ["get"], paths: (0..<20_000).map { "/held-\($0)/*" })]
        let wantedPaths = PolicyRule(verbs: ["get"], paths: (0..<20_000).map { "/wanted-\($0)" })
        for (held, wanted) in [(held, wanted), (paths, wantedPaths)] {
            let error = #expect(throws: AccessEvaluator.EscalationError.self) {
                try Self.evaluator(for: held).mayWrite(Role(name: "r", rules: [wanted]), by: Self.ann)
            }
            #expect(error == .tooManyRights(limit: 100_000))
        }
    }

    @Test func `an administrator of hundreds of rules hands out thousands of rights`() throws {
        let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]
        let held = (0..<400).flatMap { index in
            verbs.map { PolicyRule(verbs: [$0], groups: ["g\(index % 20)"], resources: ["r\(index)"]) }
        }
        let wanted = (0..<400).map { index in
            PolicyRule(verbs: verbs, groups: ["g\(index % 20)"], resources: ["r\(index)"])
        }
        let core = (0..<300).map { PolicyRule(verbs: ["get"], groups: [""], resources: ["c\($0)"]) }
        let all = PolicyRule(verbs: ["get"], groups: [""], resources: (0..<300).map { "c\($0)" })
        try Self.evaluator(for: held + core).mayWrite(
            Role(name: "r", rules: wanted + [all]),
            by: Self.ann
        )
        let error = #expect(throws: AccessEvaluator.EscalationError.self) {
            try Self.evaluator(for: held).mayWrite(Role(name: "r", rules: wanted + [all]), by: Self.ann)
        }
        let lacking = all.resources.map { PolicyRule(verbs: ["get"], groups: [""], resources: [$0]) }
        #expect(error == .lacks(lacking))
    }

    @Test func `paths are covered whole, by a prefix and never by half`() {
        let evaluator = Self.evaluator(for: [PolicyRule(verbs: ["get"], paths: ["/version", "/api/*"])])
        func may(_ paths: [String]) -> Bool {
            let role = Role(name: "r", rules: [PolicyRule(verbs: ["get"], paths: paths)])
            return (try? evaluator.mayWrite(role, by: Self.ann)) != nil
        }
        #expect(may(["/version", "/api/v1", "/api/*", "/api/v1/*"]))
        #expect(!may(["/version/"]))
        #expect(!may(["/version*"]))
        #expect(!may(["/api/v1", "/api"]))
        #expect(!may(["*"]))
    }

    @Test func `impersonation asks for the user, each group, the uid and each extra`() {
        let wish = Impersonation(
            name: "system:serviceaccount:shop:web",
            uid: "u",
            groups: ["ops"],
            extra: ["scopes": ["a"]]
        )
        let required = wish.required.map {
            "\($0.group)/\($0.resource)/\($0.subresource) \($0.namespace) \($0.name)"
        }
        #expect(
            required == [
                "/serviceaccounts/ shop web", "/groups/  ops", "authentication.k8s.io/userextras/scopes  a",
                "authentication.k8s.io/uids/  u",
            ]
        )
        #expect(Impersonation(name: "ann").result.groups == ["system:authenticated"])
        #expect(Impersonation(name: "system:anonymous").result.groups == ["system:unauthenticated"])
    }
}

@Suite("Reading roles and bindings")
struct RBACObjectTests {
    static func object(_ text: String) throws -> UnstructuredObject {
        try #require(UnstructuredObject(JSONValue(parsing: Array(text.utf8))))
    }

    @Test func `a binding's service account is of its own namespace unless it says otherwise`() throws {
        let object = try Self.object(
            """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding",
             "metadata":{"name":"b","namespace":"shop"},"roleRef":{"kind":"Role","name":"r"},
             "subjects":[{"kind":"ServiceAccount","name":"web"}]}
            """
        )
        let read = try RBACObject(object)
        guard case .binding(let binding)? = read else {
            Issue.record("no binding")
            return
        }
        #expect(binding.subjects == [.serviceAccount(namespace: "shop", name: "web")])
    }

    @Test(
        "What cannot be read in full is refused",
        arguments: [
            (#""rules":[{"verbs":["get",1]}]"#, "rules[0].verbs[1] is no string"),
            (#""rules":{}"#, "rules is no list"),
            (#""rules":["x"]"#, "rules[0] is no object"),
            (
                #""aggregationRule":{"clusterRoleSelectors":[{"matchExpressions":[{"key":"a","operator":"Gt"}]}]}"#,
                "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator is unknown"
            ),
        ]
    )
    func refused(_ member: String, _ message: String) throws {
        let text =
            #"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"#
            + member + "}"
        let object = try Self.object(text)
        let error = #expect(throws: RBACObject.Malformed.self) { try RBACObject(object) }
        #expect(error?.description == message)
    }

    @Test func `other kinds are not ours`() throws {
        let object = try Self.object(#"{"apiVersion":"v1","kind":"Role","metadata":{"name":"r"}}"#)
        let read = try RBACObject(object)
        #expect(read == nil)
    }
}
