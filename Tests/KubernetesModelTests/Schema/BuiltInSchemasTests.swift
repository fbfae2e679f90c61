import JSONText
import Testing

@testable import KubernetesModel

@Suite("Schemas of the built-in types")
struct BuiltInSchemasTests {
    @Test func `every field of every type leads to a schema`() {
        var waiting = BuiltInSchemas.shared.names.map { Schema.Child.reference($0, BuiltInSchemas.shared) }
        var lost: [String] = []
        var seen: Set<String> = []
        while let child = waiting.popLast() {
            if case .reference(let name, _) = child, !seen.insert(name).inserted { continue }
            guard let schema = child.resolved else {
                if case .reference(let name, _) = child { lost.append(name) }
                continue
            }
            waiting += schema.properties.map(\.child)
            waiting += [schema.additionalProperties, schema.items].compactMap(\.self)
        }
        #expect(lost == [])
        #expect(seen.count > 400)
    }

    @Test func `every merge rule names a field that is there`() {
        let missing = MergeRule.builtIn.flatMap { type, rules in
            let schema = BuiltInSchemas.shared.schema(named: BuiltInSchemas.fullName(type))
            return rules.map(\.field).filter { $0 != "*" && schema?.declared($0) == nil || schema == nil }
                .map { "\(type).\($0)" }
        }
        #expect(missing == [])
    }

    @Test(
        "a kind has a schema",
        arguments: [
            ("v1", "Pod"), ("v1", "Event"), ("v1", "Status"), ("v1", "PodList"), ("apps/v1", "Deployment"),
            ("autoscaling/v1", "Scale"), ("apps/v1", "DeleteOptions"), ("policy/v1", "Eviction"),
            ("events.k8s.io/v1", "Event"), ("authentication.k8s.io/v1", "TokenRequest"),
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition"), ("coordination.k8s.io/v1", "Lease"),
        ]
    )
    func kinds(apiVersion: String, kind: String) throws {
        let version = try #require(GroupVersion(apiVersion: apiVersion))
        let schema = try #require(BuiltInSchemas.shared.schema(for: GroupVersionKind(version, kind: kind)))
        #expect(schema.property("kind")?.type == .string)
    }

    @Test func `what is not built in has none`() {
        for kind in [
            GroupVersionKind(group: "", version: "v2", kind: "Pod"),
            GroupVersionKind(group: "core", version: "v1", kind: "Pod"),
            GroupVersionKind(group: "apps", version: "v1", kind: "Pod"),
        ] {
            #expect(BuiltInSchemas.shared.schema(for: kind) == nil)
        }
        #expect(BuiltInSchemas.shared.schema(named: "io.k8s.api.core.v1.Nothing") == nil)
    }

    static func pod(_ path: String...) -> Schema? {
        var schema = BuiltInSchemas.shared.schema(named: "io.k8s.api.core.v1.Pod")
        for step in path { schema = step == "*" ? schema?.element : schema?.property(step) }
        return schema
    }

    @Test func `lists merge as Kubernetes says`() {
        let containers = Self.pod("spec", "containers")
        #expect(containers?.listType == .map(keys: ["name"]))
        #expect(containers?.patchStrategy == Schema.PatchStrategy(merges: true, mergeKey: "name"))
        let ports = Self.pod("spec", "containers", "*", "ports")
        #expect(ports?.listType == .map(keys: ["containerPort", "protocol"]))
        #expect(ports?.patchStrategy?.mergeKey == "containerPort")
        #expect(ports?.element?.property("protocol")?.defaultValue == "TCP")
        let volumes = Self.pod("spec", "volumes")
        #expect(
            volumes?.patchStrategy == Schema.PatchStrategy(merges: true, retainsKeys: true, mergeKey: "name")
        )
        #expect(Self.pod("spec", "tolerations")?.listType == .atomic)
        #expect(Self.pod("spec", "tolerations")?.patchStrategy == nil)
        #expect(Self.pod("metadata", "finalizers")?.listType == .set)
        #expect(Self.pod("metadata", "finalizers")?.patchStrategy == Schema.PatchStrategy(merges: true))
        #expect(Self.pod("spec", "nodeSelector")?.isAtomicMap == true)
        let term = Self.pod("spec", "topologySpreadConstraints", "*", "labelSelector")
        #expect(term?.isAtomicMap == true)
    }

    @Test func `a field's own rule comes before its type's`() {
        let deployment = BuiltInSchemas.shared.schema(named: "io.k8s.api.apps.v1.DeploymentSpec")
        let strategy = deployment?.property("strategy")
        #expect(strategy?.patchStrategy == Schema.PatchStrategy(merges: false, retainsKeys: true))
        #expect(strategy?.property("rollingUpdate")?.property("maxSurge")?.isIntOrString == true)
        let volume = BuiltInSchemas.shared.schema(named: "io.k8s.api.core.v1.PersistentVolumeSpec")
        #expect(volume?.property("claimRef")?.isAtomicMap == false)
    }

    @Test func `special types are what they are on the wire`() {
        #expect(Self.pod("metadata", "creationTimestamp")?.constraints.format == "date-time")
        #expect(Self.pod("metadata", "labels", "a")?.type == .string)
        #expect(Self.pod("metadata", "generation")?.constraints.format == "int64")
        #expect(Self.pod("spec", "priority")?.constraints.format == "int32")
        let limits = Self.pod("spec", "containers", "*", "resources", "limits", "cpu")
        #expect(limits?.constraints.oneOf.count == 2)
        #expect(Self.pod("metadata", "managedFields", "*", "fieldsV1")?.preservesUnknownFields == true)
        let secret = BuiltInSchemas.shared.schema(named: "io.k8s.api.core.v1.Secret")
        #expect(secret?.property("data")?.property("any")?.constraints.format == "byte")
        #expect(Self.pod("spec")?.required == ["containers"])
    }

    @Test func `a type may contain itself`() {
        var schema = BuiltInSchemas.shared.schema(
            named: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
        )
        for _ in 0..<5 { schema = schema?.property("properties")?.property("x") }
        #expect(schema?.property("not")?.property("allOf")?.element?.property("$ref")?.type == .string)
    }
}
