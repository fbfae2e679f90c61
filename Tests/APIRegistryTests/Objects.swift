import APIRegistry
import JSONText
import KubernetesModel
import TestSupport
import Testing

/// Objects and lifecycles, as short as tests want them.
enum Objects {
    static let now = Timestamp(clampingSeconds: 1_767_323_045)
    static let nowText = "2026-01-02T03:04:05Z"

    static func lifecycle(_ plural: String, group: String = "") throws -> ObjectLifecycle {
        let definition = ResourceCatalogue.builtIn.definition(group: group, version: "v1", plural: plural)
        return ObjectLifecycle(try #require(definition))
    }

    static func custom(hasStatus: Bool = true) -> ObjectLifecycle {
        let version = GroupVersion(group: "example.com", version: "v1")
        let status = ResourceDefinition.Subresource(
            name: "status",
            kind: GroupVersionKind(version, kind: "Widget"),
            verbs: [.get, .patch, .update]
        )
        return ObjectLifecycle(
            ResourceDefinition(
                groupVersion: version,
                kind: "Widget",
                plural: "widgets",
                isNamespaced: true,
                subresources: hasStatus ? [status] : [],
                schema: .anything,
                isCustom: true
            )
        )
    }

    static func object(_ text: String) throws -> UnstructuredObject {
        try #require(UnstructuredObject(try JSONValue(parsing: text)))
    }

    /// Through everything that a create does before it is stored.
    static func created(
        _ text: String,
        _ lifecycle: ObjectLifecycle,
        namespace: String = "default"
    ) throws -> UnstructuredObject {
        var object = try object(text)
        var random = SeededGenerator(seed: 1)
        let place = lifecycle.definition.isNamespaced ? namespace : ""
        try lifecycle.receive(&object, namespace: place)
        lifecycle.applyDefaults(&object)
        try lifecycle.prepareForCreate(&object, now: now, uid: "uid-1", random: &random)
        try lifecycle.validateCreate(object)
        object.resourceVersion = "7"
        return object
    }

    /// Through everything that an update does before it is stored.
    static func updated(
        _ old: UnstructuredObject,
        _ lifecycle: ObjectLifecycle,
        subresource: String = "",
        _ change: (inout UnstructuredObject) -> Void
    ) throws -> UnstructuredObject {
        var object = old
        change(&object)
        try lifecycle.receive(&object, namespace: old.namespace, name: old.name)
        lifecycle.applyDefaults(&object)
        try lifecycle.prepareForUpdate(&object, old: old, subresource: subresource)
        try lifecycle.validateUpdate(object, old: old, subresource: subresource)
        return object
    }

    /// What a refusal says; `nil` when nothing was refused.
    static func refusal(_ body: () throws -> some Any) -> APIStatus? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? APIStatus
        }
    }
}
