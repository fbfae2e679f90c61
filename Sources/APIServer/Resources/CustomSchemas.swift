import APIRegistry
import JSONText
import KubernetesModel

/// The schemas that CustomResourceDefinitions carry.
enum CustomSchemas {
    /// The schema of one version; `nil` when it is none.
    static func read(_ value: JSONValue) -> Schema? {
        try? Schema.structural(value)
    }

    /// Refuses a definition one of whose schemas is none, or not structural.
    static func check(_ definition: UnstructuredObject, kind: GroupVersionKind) throws(APIStatus) {
        var errors = FieldErrors()
        for (index, version) in (definition["spec", "versions"]?.array ?? []).enumerated() {
            guard let value = version["schema"]?["openAPIV3Schema"] else { continue }
            do {
                _ = try Schema.structural(
                    value,
                    at: "spec.versions[\(index)].schema.openAPIV3Schema"
                )
            } catch {
                errors.append(error.causes)
            }
        }
        try errors.check(kind, name: definition.name)
    }
}
