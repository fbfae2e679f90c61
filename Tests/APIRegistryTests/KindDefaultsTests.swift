import APIRegistry
import JSONText
import KubernetesModel
import NetworkTypes
import Testing

@Suite("Defaults of built-in kinds")
struct KindDefaultsTests {
    /// Resource, object, and what a field is afterwards.
    static let facts: [(String, String, [(String, JSONValue)])] = [
        (
            "pods",
            #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx","ports":[{"containerPort":80}],"livenessProbe":{"httpGet":{"port":80}},"resources":{"limits":{"cpu":"1","memory":"1Gi"}}}],"volumes":[{"name":"v"},{"name":"w","configMap":{"name":"m"}}]}}"#,
            [
                ("spec.restartPolicy", "Always"), ("spec.dnsPolicy", "ClusterFirst"),
                ("spec.terminationGracePeriodSeconds", 30), ("spec.schedulerName", "default-scheduler"),
                ("spec.securityContext", [:]), ("spec.enableServiceLinks", true),
                ("spec.serviceAccountName", "default"), ("spec.serviceAccount", "default"),
                ("spec.priority", 0),
                ("spec.containers.0.imagePullPolicy", "Always"),
                ("spec.containers.0.terminationMessagePath", "/dev/termination-log"),
                ("spec.containers.0.terminationMessagePolicy", "File"),
                ("spec.containers.0.ports.0.protocol", "TCP"),
                ("spec.containers.0.livenessProbe.periodSeconds", 10),
                ("spec.containers.0.livenessProbe.failureThreshold", 3),
                ("spec.containers.0.livenessProbe.httpGet.scheme", "HTTP"),
                ("spec.containers.0.livenessProbe.httpGet.path", "/"),
                ("spec.containers.0.resources.requests.cpu", "1"), ("spec.volumes.0.emptyDir", [:]),
                ("spec.volumes.1.configMap.defaultMode", 420), ("status.phase", "Pending"),
                ("status.qosClass", "Guaranteed"), ("spec.tolerations.1.tolerationSeconds", 300),
            ]
        ),
        (
            "apps/deployments",
            #"{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"nginx:1.27"}]}}}}"#,
            [
                ("spec.replicas", 1), ("spec.strategy.type", "RollingUpdate"),
                ("spec.strategy.rollingUpdate.maxSurge", "25%"),
                ("spec.strategy.rollingUpdate.maxUnavailable", "25%"), ("spec.revisionHistoryLimit", 10),
                ("spec.progressDeadlineSeconds", 600), ("metadata.generation", 1), ("status", [:]),
                ("spec.template.spec.containers.0.imagePullPolicy", "IfNotPresent"),
                ("spec.template.spec.schedulerName", "default-scheduler"),
            ]
        ),
        (
            "apps/statefulsets",
            #"{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}"#,
            [
                ("spec.podManagementPolicy", "OrderedReady"),
                ("spec.updateStrategy.rollingUpdate.partition", 0),
                ("spec.persistentVolumeClaimRetentionPolicy.whenDeleted", "Retain"), ("status.replicas", 0),
            ]
        ),
        (
            "batch/jobs",
            #"{"metadata":{"name":"j"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}"#,
            [
                ("spec.completions", 1), ("spec.parallelism", 1), ("spec.backoffLimit", 6),
                ("spec.completionMode", "NonIndexed"), ("spec.suspend", false),
                ("spec.selector.matchLabels", ["batch.kubernetes.io/controller-uid": "uid-1"]),
                ("spec.template.metadata.labels.job-name", "j"),
            ]
        ),
        (
            "services", #"{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}}"#,
            [
                ("spec.type", "ClusterIP"), ("spec.sessionAffinity", "None"),
                ("spec.ports.0.protocol", "TCP"),
                ("spec.ports.0.targetPort", 80), ("spec.internalTrafficPolicy", "Cluster"),
                ("spec.ipFamilies", ["IPv4"]), ("spec.ipFamilyPolicy", "SingleStack"),
                ("status", ["loadBalancer": [:]]),
            ]
        ),
        (
            "namespaces", #"{"metadata":{"generateName":"n"}}"#,
            [("spec.finalizers", ["kubernetes"]), ("status", ["phase": "Active"])]
        ),
        (
            "secrets", #"{"metadata":{"name":"s"},"data":{"a":"eA=="},"stringData":{"a":"hello","b":""}}"#,
            [("type", "Opaque"), ("data", ["a": "aGVsbG8=", "b": ""])]
        ),
        (
            "networking.k8s.io/networkpolicies",
            #"{"metadata":{"name":"n"},"spec":{"podSelector":{},"egress":[{"ports":[{"port":53}]}]}}"#,
            [("spec.policyTypes", ["Ingress", "Egress"]), ("spec.egress.0.ports.0.protocol", "TCP")]
        ),
        (
            "rbac.authorization.k8s.io/clusterrolebindings",
            #"{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"r"},"subjects":[{"kind":"User","name":"u"},{"kind":"ServiceAccount","name":"a","namespace":"n"}]}"#,
            [
                ("roleRef.apiGroup", "rbac.authorization.k8s.io"),
                ("subjects.0.apiGroup", "rbac.authorization.k8s.io"),
                ("subjects.1", ["kind": "ServiceAccount", "name": "a", "namespace": "n"]),
            ]
        ),
        (
            "admissionregistration.k8s.io/mutatingwebhookconfigurations",
            #"{"metadata":{"name":"w"},"webhooks":[{"name":"a.b.c","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"service":{"name":"s","namespace":"n"}},"rules":[{"apiGroups":["*"],"apiVersions":["*"],"resources":["*"],"operations":["*"]}]}]}"#,
            [
                ("webhooks.0.failurePolicy", "Fail"), ("webhooks.0.timeoutSeconds", 10),
                ("webhooks.0.matchPolicy", "Equivalent"), ("webhooks.0.reinvocationPolicy", "Never"),
                ("webhooks.0.rules.0.scope", "*"), ("webhooks.0.clientConfig.service.port", 443),
                ("webhooks.0.objectSelector", [:]),
            ]
        ),
        (
            "apiextensions.k8s.io/customresourcedefinitions",
            #"{"metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Cluster","names":{"plural":"widgets","kind":"Widget"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}"#,
            [
                ("spec.names.singular", "widget"), ("spec.names.listKind", "WidgetList"),
                ("spec.conversion", ["strategy": "None"]),
            ]
        ),
    ]

    @Test(arguments: facts) func `what was not said`(
        resource: String,
        text: String,
        expected: [(String, JSONValue)]
    ) throws {
        let parts = resource.split(separator: "/").map(String.init)
        let lifecycle = try Objects.lifecycle(parts[parts.count - 1], group: parts.count > 1 ? parts[0] : "")
        let made = try Objects.created(text, lifecycle)
        for (path, value) in expected {
            let found = path.split(separator: ".").reduce(Optional(made.json)) { value, step in
                if let index = Int(step) { value?[index] } else { value?[String(step)] }
            }
            #expect(found == value, "\(path)")
        }
        var again = made
        lifecycle.applyDefaults(&again)
        #expect(again == made, "defaults change nothing the second time")
    }

    @Test(arguments: facts) func `defaults have the schema's fields and types`(
        resource: String,
        text: String,
        expected: [(String, JSONValue)]
    ) throws {
        let parts = resource.split(separator: "/").map(String.init)
        let lifecycle = try Objects.lifecycle(parts[parts.count - 1], group: parts.count > 1 ? parts[0] : "")
        let made = try Objects.created(text, lifecycle)
        let schema = lifecycle.definition.schema
        let unknown = schema.unknownFields(in: made.json)
        let problems = schema.validate(made.json).map { "\($0.field): \($0.message)" }
        #expect(unknown.isEmpty)
        #expect(problems.isEmpty)
    }

    @Test func `every built-in kind has a schema of its own`() {
        let without = ResourceCatalogue.builtIn.definitions.filter { $0.schema === Schema.anything }.map(
            \.kind
        )
        #expect(without.isEmpty)
    }

    @Test func `a namespace is labelled with its name, also a generated one`() throws {
        let made = try Objects.created(
            #"{"metadata":{"generateName":"n-"}}"#,
            Objects.lifecycle("namespaces")
        )
        #expect(made.labels["kubernetes.io/metadata.name"] == made.name)
    }

    @Test(arguments: [
        ("nginx", "Always"), ("nginx:latest", "Always"), ("nginx:1", "IfNotPresent"),
        ("host:5000/nginx", "Always"), ("host:5000/nginx:1", "IfNotPresent"),
        ("nginx@sha256:0", "IfNotPresent"),
    ]) func `an image's tag says when it is pulled`(image: String, policy: String) throws {
        let text = #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"\#(image)"}]}}"#
        let made = try Objects.created(text, Objects.lifecycle("pods"))
        #expect(made["spec", "containers"]?[0]?["imagePullPolicy"]?.string == policy)
    }

    @Test(arguments: [
        (#"{}"#, "BestEffort"), (#"{"requests":{"cpu":"1"}}"#, "Burstable"),
        (
            #"{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1000m","memory":"1024Mi"}}"#,
            "Guaranteed"
        ),
        (#"{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m"}}"#, "Burstable"),
        (#"{"requests":{"cpu":"0"}}"#, "BestEffort"),
    ]) func `quality of service compares amounts, not their spelling`(resources: String, quality: String)
        throws
    {
        let text =
            #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","resources":\#(resources)}]}}"#
        let made = try Objects.created(text, Objects.lifecycle("pods"))
        #expect(made["status", "qosClass"]?.string == quality)
    }

    // MARK: Addresses of Services

    private func pool(_ range: String, _ services: [UnstructuredObject] = []) throws -> ServiceAddressPool {
        try #require(ServiceAddressPool(range: try CIDR(parsing: range), services: services))
    }

    private func service(_ spec: String) throws -> UnstructuredObject {
        try Objects.created(#"{"metadata":{"name":"s"},"spec":\#(spec)}"#, Objects.lifecycle("services"))
    }

    @Test func `addresses are given once, until none is left`() throws {
        var pool = try pool("10.96.0.0/29")
        var seen: Set<String> = []
        for _ in 0..<6 {
            var made = try service(#"{"ports":[{"port":80}]}"#)
            try ServiceAddresses.assign(&made, from: &pool)
            let address = try #require(made["spec", "clusterIP"]?.string)
            #expect(made["spec", "clusterIPs"] == [.string(address)])
            #expect(seen.insert(address).inserted)
        }
        #expect(!seen.contains("10.96.0.0"))
        #expect(!seen.contains("10.96.0.7"))
        var last = try service(#"{"ports":[{"port":80}]}"#)
        let refusal = Objects.refusal { try ServiceAddresses.assign(&last, from: &pool) }
        #expect(refusal?.code == 500)
    }

    @Test func `an address that is asked for is given, or refused`() throws {
        var pool = try pool("10.96.0.0/24", [service(#"{"ports":[{"port":80}],"clusterIP":"10.96.0.9"}"#)])
        var free = try service(#"{"ports":[{"port":80}],"clusterIP":"10.96.0.10"}"#)
        try ServiceAddresses.assign(&free, from: &pool)
        var taken = try service(#"{"ports":[{"port":80}],"clusterIP":"10.96.0.9"}"#)
        var outside = try service(#"{"ports":[{"port":80}],"clusterIP":"10.97.0.9"}"#)
        var headless = try service(#"{"ports":[{"port":80}],"clusterIP":"None"}"#)
        let first = Objects.refusal { try ServiceAddresses.assign(&taken, from: &pool) }
        let second = Objects.refusal { try ServiceAddresses.assign(&outside, from: &pool) }
        try ServiceAddresses.assign(&headless, from: &pool)
        #expect(
            first?.message
                == #"Service "s" is invalid: spec.clusterIPs: Invalid value: []string{"10.96.0.9"}: failed to allocate IP 10.96.0.9: provided IP is already allocated"#
        )
        #expect(
            second?.message.contains(
                "the provided IP (10.97.0.9) is not in the valid range. The range of valid IPs is 10.96.0.0/24"
            ) == true
        )
        #expect(headless["spec", "clusterIPs"] == ["None"])
    }

    @Test func `an update keeps what was given`() throws {
        var pool = try pool("10.96.0.0/24")
        var old = try service(#"{"type":"NodePort","ports":[{"port":80}]}"#)
        try ServiceAddresses.assign(&old, from: &pool)
        let new = try Objects.updated(old, Objects.lifecycle("services")) {
            $0["spec"] = ["type": "NodePort", "ports": [["port": 80, "name": "http"]]]
        }
        #expect(new["spec", "clusterIP"] == old["spec", "clusterIP"])
        #expect(new["spec", "ports"]?[0]?["nodePort"]?.int == 30000)
        let refusal = Objects.refusal {
            try Objects.updated(old, Objects.lifecycle("services")) { $0["spec", "clusterIP"] = "10.96.0.77" }
        }
        #expect(
            refusal?.details.causes.first?.message
                == #"Invalid value: []string{"10.96.0.77"}: may not change once set"#
        )
    }

    // MARK: Names of definitions

    @Test func `names are accepted when they are free`() throws {
        let definitions = try Objects.lifecycle("customresourcedefinitions", group: "apiextensions.k8s.io")
        var made = try Objects.created(Self.facts[Self.facts.count - 1].1, definitions)
        #expect(!CustomResourceNames.isEstablished(made))
        CustomResourceNames.decide(&made, catalogue: .builtIn, now: Objects.now)
        #expect(CustomResourceNames.isEstablished(made))
        #expect(made["status", "acceptedNames", "plural"]?.string == "widgets")
        #expect(made["status", "storedVersions"] == ["v1"])

        let taken = ResourceCatalogue.builtIn.adding([
            ResourceDefinition(
                groupVersion: GroupVersion(group: "example.com", version: "v1"),
                kind: "Widget",
                plural: "others",
                isNamespaced: true,
                schema: .anything
            )
        ])
        var second = try Objects.created(Self.facts[Self.facts.count - 1].1, definitions)
        CustomResourceNames.decide(&second, catalogue: taken, now: Objects.now)
        #expect(!CustomResourceNames.isEstablished(second))
        let conditions = second["status", "conditions"]?.array ?? []
        #expect(conditions.map { $0["status"] } == ["False", "False"])
    }
}
