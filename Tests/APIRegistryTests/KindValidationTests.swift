import APIRegistry
import JSONText
import KubernetesModel
import Testing

/// What Kubernetes answers to objects that break a kind's rules, word for word.
@Suite("Rules of built-in kinds")
struct KindValidationTests {
    struct Fact: Sendable, CustomTestStringConvertible {
        var resource: String
        var text: String
        /// Field and message of each cause.
        var causes: [String]
        var testDescription: String { "\(resource) \(text.prefix(60))" }

        init(_ resource: String, _ text: String, _ causes: String...) {
            self.resource = resource
            self.text = text
            self.causes = causes
        }
    }

    private static let web =
        #""selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"i"}]}}"#

    static let facts: [Fact] = [
        // Pods
        Fact("pods", #"{"metadata":{"name":"p"},"spec":{}}"#, "spec.containers: Required value"),
        Fact(
            "pods",
            #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"A","ports":[{"containerPort":70000,"protocol":"X"},{}]},{"name":"b","image":"i","imagePullPolicy":"Maybe","volumeMounts":[{"name":"v","mountPath":"/"}]}]}}"#,
            #"spec.containers[0].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"#,
            "spec.containers[0].image: Required value",
            "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
            #"spec.containers[0].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP""#,
            "spec.containers[0].ports[1].containerPort: Required value",
            #"spec.containers[1].imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never""#,
            #"spec.containers[1].volumeMounts[0].name: Not found: "v""#
        ),
        Fact(
            "pods",
            #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"i"},{"name":"a","image":"i"}]}}"#,
            #"spec.containers[1].name: Duplicate value: "a""#
        ),
        Fact(
            "pods",
            #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"i","resources":{"limits":{"cpu":"1500m","memory":"-1"},"requests":{"cpu":2}}}]}}"#,
            #"spec.containers[0].resources.limits[memory]: Invalid value: "-1": must be greater than or equal to 0"#,
            #"spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1500m"#,
            #"spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0"#
        ),
        // Workloads
        Fact(
            "apps/deployments",
            #"{"metadata":{"name":"d"},"spec":{"replicas":-1,\#(web)}}"#,
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0"
        ),
        Fact(
            "apps/deployments",
            #"{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"b"}},"spec":{"containers":[{"name":"c","image":"i"}],"restartPolicy":"Never"}}}}"#,
            #"spec.template.metadata.labels: Invalid value: map[string]string{"app":"b"}: `selector` does not match template `labels`"#,
            #"spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always""#
        ),
        Fact(
            "apps/deployments",
            #"{"metadata":{"name":"d"},"spec":{"strategy":{"type":"Recreate","rollingUpdate":{}},\#(web)}}"#,
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"
        ),
        Fact(
            "apps/daemonsets",
            #"{"metadata":{"name":"d"},"spec":{}}"#,
            "spec.selector: Required value",
            "spec.template: Required value"
        ),
        Fact(
            "batch/jobs",
            #"{"metadata":{"name":"j"},"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}}"#,
            #"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#
        ),
        Fact(
            "batch/cronjobs",
            #"{"metadata":{"name":"j"},"spec":{"schedule":"often","concurrencyPolicy":"No","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}"#,
            #"spec.schedule: Invalid value: "often": expected exactly 5 fields, found 1: [often]"#,
            #"spec.concurrencyPolicy: Unsupported value: "No": supported values: "Allow", "Forbid", "Replace""#
        ),
        // Services
        Fact("services", #"{"metadata":{"name":"s"},"spec":{}}"#, "spec.ports: Required value"),
        Fact(
            "services",
            #"{"metadata":{"name":"s"},"spec":{"ports":[{"port":0},{"name":"b","port":80,"targetPort":"80"}]}}"#,
            "spec.ports[0].name: Required value",
            "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
            "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive",
            #"spec.ports[1].targetPort: Invalid value: "80": must contain at least one letter (a-z)"#
        ),
        Fact(
            "services",
            #"{"metadata":{"name":"9s"},"spec":{"type":"ExternalName"}}"#,
            #"metadata.name: Invalid value: "9s": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"#,
            "spec.externalName: Required value"
        ),
        // Configuration
        Fact(
            "configmaps",
            #"{"metadata":{"name":"m"},"data":{"a b":"c","k":"v"},"binaryData":{"k":"AAAA"}}"#,
            #"data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"#,
            #"data[k]: Invalid value: "k": duplicate of key present in binaryData"#
        ),
        Fact(
            "secrets",
            #"{"metadata":{"name":"s"},"type":"kubernetes.io/tls","data":{"tls.crt":""}}"#,
            "data[tls.key]: Required value"
        ),
        Fact(
            "secrets",
            #"{"metadata":{"name":"s"},"type":"kubernetes.io/service-account-token"}"#,
            "metadata.annotations[kubernetes.io/service-account.name]: Required value"
        ),
        // Access
        Fact(
            "rbac.authorization.k8s.io/roles",
            #"{"metadata":{"name":"system:x"},"rules":[{"apiGroups":[""],"resources":["pods"]},{"verbs":["get"]},{"verbs":["get"],"nonResourceURLs":["/x"]}]}"#,
            "rules[0].verbs: Required value: verbs must contain at least one value",
            "rules[1].apiGroups: Required value: resource rules must supply at least one api group",
            "rules[1].resources: Required value: resource rules must supply at least one resource",
            #"rules[2].nonResourceURLs: Invalid value: []string{"/x"}: namespaced rules cannot apply to non-resource URLs"#
        ),
        Fact(
            "rbac.authorization.k8s.io/rolebindings",
            #"{"metadata":{"name":"b"},"roleRef":{"kind":"Thing"},"subjects":[{"kind":"ServiceAccount","name":"a"},{"kind":"Robot","name":"r"}]}"#,
            #"roleRef.kind: Unsupported value: "Thing": supported values: "Role", "ClusterRole""#,
            "roleRef.name: Required value",
            "subjects[0].namespace: Required value",
            #"subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group""#
        ),
        Fact(
            "rbac.authorization.k8s.io/roles",
            #"{"metadata":{"name":"a/b"}}"#,
            #"metadata.name: Invalid value: "a/b": may not contain '/'"#
        ),
        // Networking
        Fact(
            "networking.k8s.io/networkpolicies",
            #"{"metadata":{"name":"n"},"spec":{"podSelector":{},"ingress":[{"from":[{},{"ipBlock":{"cidr":"10.0.0.0/8","except":["11.0.0.0/8"]},"podSelector":{}}],"ports":[{"port":0},{"port":90,"endPort":80}]}],"policyTypes":["Sideways"]}}"#,
            "spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
            "spec.ingress[0].ports[1].endPort: Invalid value: 80: must be greater than or equal to `port`",
            "spec.ingress[0].from[0]: Required value: must specify a peer",
            "spec.ingress[0].from[1]: Forbidden: may not specify both ipBlock and another peer",
            #"spec.ingress[0].from[1].ipBlock.except[0]: Invalid value: "11.0.0.0/8": must be a strict subset of `cidr`"#,
            #"spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Egress", "Ingress""#
        ),
        Fact(
            "networking.k8s.io/ingresses",
            #"{"metadata":{"name":"i"},"spec":{"rules":[{"http":{"paths":[{"path":"x","pathType":"Exact","backend":{"service":{"name":"s"}}},{"backend":{}}]}}]}}"#,
            #"spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path"#,
            "spec.rules[0].http.paths[0].backend.service.port: Required value: port name or number is required",
            "spec.rules[0].http.paths[1].pathType: Required value: pathType must be specified",
            "spec.rules[0].http.paths[1].backend: Required value: resource or service backend is required"
        ),
        Fact(
            "discovery.k8s.io/endpointslices",
            #"{"metadata":{"name":"e"},"addressType":"IPv4","endpoints":[{"addresses":["::1"]},{}]}"#,
            #"endpoints[0].addresses[0]: Invalid value: "::1": must be an IPv4 address"#,
            "endpoints[1].addresses: Required value: must contain at least 1 address"
        ),
        // Coordination
        Fact(
            "coordination.k8s.io/leases",
            #"{"metadata":{"name":"l"},"spec":{"leaseDurationSeconds":0,"leaseTransitions":-1}}"#,
            "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
            "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"
        ),
        // Webhooks
        Fact(
            "admissionregistration.k8s.io/validatingwebhookconfigurations",
            #"{"metadata":{"name":"w"},"webhooks":[{"name":"short.name","clientConfig":{},"timeoutSeconds":60}]}"#,
            #"webhooks[0].name: Invalid value: "short.name": should be a domain with at least three segments separated by dots"#,
            "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun",
            "webhooks[0].timeoutSeconds: Invalid value: 60: the timeout value must be between 1 and 30 seconds",
            "webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1",
            "webhooks[0].clientConfig: Required value: exactly one of url or service is required"
        ),
        // Definitions
        Fact(
            "apiextensions.k8s.io/customresourcedefinitions",
            #"{"metadata":{"name":"x"},"spec":{"group":"example.com","scope":"Galaxy","names":{"plural":"widgets","kind":"Widget"},"versions":[{"name":"v1","served":true,"storage":false}]}}"#,
            #"metadata.name: Invalid value: "x": must be spec.names.plural+"."+spec.group"#,
            #"spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced""#,
            "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required",
            #"spec.versions: Invalid value: ["v1"]: must have exactly one version marked as storage version"#
        ),
    ]

    @Test(arguments: facts) func `causes of a refusal`(fact: Fact) throws {
        let parts = fact.resource.split(separator: "/").map(String.init)
        let lifecycle = try Objects.lifecycle(parts[parts.count - 1], group: parts.count > 1 ? parts[0] : "")
        let refusal = Objects.refusal { try Objects.created(fact.text, lifecycle) }
        let causes = (refusal?.details.causes ?? []).map { "\($0.field): \($0.message)" }
        #expect(causes == fact.causes)
        #expect(refusal?.code == 422)
    }

    @Test func `one cause stands alone, several stand in brackets`() throws {
        let services = try Objects.lifecycle("services")
        let one = Objects.refusal { try Objects.created(#"{"metadata":{"name":"s"},"spec":{}}"#, services) }
        #expect(one?.message == #"Service "s" is invalid: spec.ports: Required value"#)
        let text = #"{"metadata":{"name":"s"},"spec":{"type":"ExternalName","clusterIP":"1.2.3.4"}}"#
        let two = Objects.refusal { try Objects.created(text, services) }
        #expect(
            two?.message
                == #"Service "s" is invalid: [spec.externalName: Required value, spec.clusterIPs: Forbidden: may not be set for ExternalName services]"#
        )
    }

    @Test func `a Secret's data must be base64`() throws {
        let text = #"{"metadata":{"name":"s"},"data":{"a":"b!"}}"#
        let refusal = Objects.refusal { try Objects.created(text, Objects.lifecycle("secrets")) }
        #expect(refusal?.code == 400)
        #expect(
            refusal?.message
                == #"Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 1"#
        )
    }

    // MARK: Updates

    static let updates: [(String, String, String, String)] = [
        (
            "apps/deployments", #"{"metadata":{"name":"d"},"spec":{\#(web)}}"#,
            #"{"spec":{"selector":{"matchLabels":{"app":"web","x":"y"}},"template":{"metadata":{"labels":{"app":"web","x":"y"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}"#,
            #"spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web", "x":"y"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable"#
        ),
        (
            "apps/statefulsets", #"{"metadata":{"name":"d"},"spec":{"serviceName":"a",\#(web)}}"#,
            #"{"spec":{"serviceName":"b",\#(web)}}"#,
            "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
        ),
        (
            "rbac.authorization.k8s.io/rolebindings",
            #"{"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"a"}}"#,
            #"{"roleRef":{"kind":"ClusterRole","name":"a"}}"#,
            #"roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"ClusterRole", Name:"a"}: cannot change roleRef"#
        ),
        (
            "configmaps", #"{"metadata":{"name":"m"},"immutable":true,"data":{"a":"b"}}"#,
            #"{"immutable":true,"data":{"a":"c"}}"#,
            "data: Forbidden: field is immutable when `immutable` is set"
        ),
        (
            "secrets", #"{"metadata":{"name":"m"}}"#, #"{"type":"x/y"}"#,
            #"type: Invalid value: "x/y": field is immutable"#
        ),
        (
            "scheduling.k8s.io/priorityclasses", #"{"metadata":{"name":"m"},"value":3}"#, #"{"value":4}"#,
            "value: Forbidden: may not be changed in an update."
        ),
        (
            "namespaces", #"{"metadata":{"name":"n"}}"#,
            #"{"metadata":{"name":"n","labels":{"kubernetes.io/metadata.name":"m"}}}"#,
            #"metadata.labels[kubernetes.io/metadata.name]: Invalid value: "m": must equal n"#
        ),
    ]

    @Test(arguments: updates) func `what an update may not change`(
        resource: String,
        text: String,
        change: String,
        cause: String
    ) throws {
        let parts = resource.split(separator: "/").map(String.init)
        let lifecycle = try Objects.lifecycle(parts[parts.count - 1], group: parts.count > 1 ? parts[0] : "")
        let old = try Objects.created(text, lifecycle)
        let changes = try Objects.object(change)
        let refusal = Objects.refusal {
            try Objects.updated(old, lifecycle) { new in
                for member in changes.content {
                    guard member.name == "metadata" else {
                        new.content[member.name] = member.value
                        continue
                    }
                    new["metadata", "labels"] = member.value["labels"]
                }
            }
        }
        let causes = (refusal?.details.causes ?? []).map { "\($0.field): \($0.message)" }
        #expect(causes == [cause])
    }

    @Test func `tolerations may be added and given another time, not taken away`() throws {
        let pods = try Objects.lifecycle("pods")
        let text =
            #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}],"tolerations":[{"key":"a","operator":"Exists"}]}}"#
        let old = try Objects.created(text, pods)
        let others = (old["spec", "tolerations"]?.array ?? []).dropFirst()
        let more = try Objects.updated(old, pods) {
            $0["spec", "tolerations"] = .array(
                others + [
                    ["tolerationSeconds": 5, "operator": "Exists", "key": "a"],
                    ["key": "b", "operator": "Exists"],
                ]
            )
        }
        #expect(more["spec", "tolerations"]?.array?.count == 4)
        let refusal = Objects.refusal {
            try Objects.updated(old, pods) { $0["spec", "tolerations"] = .array(Array(others)) }
        }
        #expect(refusal?.details.causes.first?.field == "spec.tolerations")
    }

    @Test func `a pod's image may change, its command may not`() throws {
        let pods = try Objects.lifecycle("pods")
        let text = #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}"#
        let old = try Objects.created(text, pods)
        let image = try Objects.updated(old, pods) {
            $0["spec", "containers"] = [["name": "c", "image": "j:1", "imagePullPolicy": "Always"]]
        }
        #expect(image["spec", "containers"]?[0]?["image"]?.string == "j:1")
        let refusal = Objects.refusal {
            try Objects.updated(old, pods) {
                $0["spec", "containers"] = [["name": "c", "image": "i", "command": ["sh"]]]
            }
        }
        #expect(refusal?.details.causes.first?.field == "spec")
        #expect(
            refusal?.details.causes.first?.message.hasPrefix(
                "Forbidden: pod updates may not change fields other than"
            ) == true
        )
    }
}
