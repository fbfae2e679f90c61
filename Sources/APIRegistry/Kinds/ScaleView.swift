import JSONText
public import KubernetesModel

/// How many replicas an object asks for, as `autoscaling/v1` Scale.
public struct ScaleView: Sendable {
    public static let kind = GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale")

    private let paths: ResourceDefinition.ScalePaths

    /// `nil` for a kind that cannot be scaled.
    public init?(_ definition: ResourceDefinition) {
        guard definition.subresource("scale") != nil else { return nil }
        paths =
            definition.scalePaths
            ?? ResourceDefinition.ScalePaths(
                specReplicas: ["spec", "replicas"],
                statusReplicas: ["status", "replicas"]
            )
        isCustom = definition.isCustom
    }

    private let isCustom: Bool

    public func scale(of object: UnstructuredObject) -> UnstructuredObject {
        var metadata = JSONObject()
        for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[name] = object["metadata", name]
        }
        var status: JSONObject = ["replicas": value(at: paths.statusReplicas, object) ?? 0]
        if let selector = selector(of: object), !selector.isEmpty { status["selector"] = .string(selector) }
        // Kubernetes leaves a count of zero out of the spec, and never out of the status.
        var spec = JSONObject()
        if let replicas = value(at: paths.specReplicas, object)?.int, replicas != 0 {
            spec["replicas"] = .int(replicas)
        }
        return UnstructuredObject([
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata),
            "spec": .object(spec), "status": .object(status),
        ])
    }

    /// The count that a Scale asks for; `nil` when it is no Scale or asks for less than none.
    public static func replicas(of scale: UnstructuredObject) -> Int? {
        guard let value = scale["spec", "replicas"], !value.isNull else { return 0 }
        return value.int
    }

    public func set(_ replicas: Int, in object: inout UnstructuredObject) {
        var content = object.content
        Self.set(.int(replicas), at: paths.specReplicas[...], in: &content)
        object.content = content
    }

    private static func set(_ value: JSONValue, at path: ArraySlice<String>, in object: inout JSONObject) {
        guard let name = path.first else { return }
        guard path.count > 1 else {
            object[name] = value
            return
        }
        var inner = object[name]?.object ?? JSONObject()
        set(value, at: path.dropFirst(), in: &inner)
        object[name] = .object(inner)
    }

    private func value(at path: [String], _ object: UnstructuredObject) -> JSONValue? {
        path.reduce(Optional(object.json)) { value, name in value?[name] }
    }

    private func selector(of object: UnstructuredObject) -> String? {
        if isCustom { return paths.labelSelector.flatMap { value(at: $0, object)?.string } }
        guard let given = object["spec", "selector"] else { return nil }
        // A ReplicationController's selector is a map; all others have a LabelSelector.
        if object.kind == "ReplicationController" {
            let labels = (given.object ?? JSONObject()).compactMap { member in
                member.value.string.map { "\(member.name)=\($0)" }
            }
            return labels.sorted().joined(separator: ",")
        }
        return (try? LabelSelector(given))?.text
    }
}
