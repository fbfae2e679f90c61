import JSONText

extension ServerSideApply {
    /// What writes of an object with a status subresource leave alone, when they are not to the status.
    public static let statusIsReset = FieldSet([[.field("status")]])

    /// What writes to the status leave alone.
    public static let allButStatusIsReset = FieldSet([[.field("metadata")], [.field("spec")]])

    /// Whether nothing but the times of the account differs: then there is nothing to write.
    public static func differOnlyInTimes(_ old: UnstructuredObject, _ new: UnstructuredObject) -> Bool {
        func timeless(_ object: UnstructuredObject) -> JSONValue {
            var object = object
            if let entries = object["metadata", "managedFields"]?.array {
                object["metadata", "managedFields"] = .array(
                    entries.map { entry in
                        guard var members = entry.object else { return entry }
                        members["time"] = nil
                        return .object(members)
                    }
                )
            }
            return object.json
        }
        return timeless(old).isSame(as: timeless(new))
    }

    /// What belongs to the server or names the object: nobody owns it.
    static let unmanaged: FieldSet = {
        let inMetadata = [
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
            "managedFields", "resourceVersion",
        ]
        return FieldSet(
            ["apiVersion", "kind", "metadata"].map { [.field($0)] }
                + inMetadata.map { [.field("metadata"), .field($0)] }
        )
    }()

    /// With the fields that every object has, which users' schemas leave out.
    static func completed(_ schema: Schema) -> Schema {
        var properties = schema.properties
        func complete(_ name: String, _ child: Schema.Child) {
            let there = schema.properties.firstIndex { $0.name == name }
            if let there {
                let isOpen = schema.properties[there].child.resolved?.properties.isEmpty ?? true
                if name == "metadata", isOpen { properties[there].child = child }
            } else {
                properties.append((name, child))
            }
        }
        complete("apiVersion", .schema(Schema(type: .string)))
        complete("kind", .schema(Schema(type: .string)))
        complete(
            "metadata",
            .reference("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", BuiltInSchemas.shared)
        )
        return Schema(
            type: .object,
            preservesUnknownFields: schema.preservesUnknownFields,
            properties: properties,
            additionalProperties: schema.additionalProperties,
            required: schema.required
        )
    }

    /// What an object of a built-in kind has before anything is set: the structures that are no pointers in
    /// Kubernetes' own code.
    static func skeleton(of schema: Schema, depth: Int) -> JSONObject {
        let always = ["metadata", "spec", "status", "template", "jobTemplate", "strategy", "updateStrategy"]
        var result = JSONObject()
        guard depth < 6 else { return result }
        for property in schema.properties where always.contains(property.name) {
            guard let inner = property.child.resolved, inner.type == .object, !inner.properties.isEmpty else {
                continue
            }
            result[property.name] = .object(skeleton(of: inner, depth: depth + 1))
        }
        return result
    }

    /// The object with the members of the skeleton that it lacks.
    static func filled(_ object: JSONObject, from skeleton: JSONObject) -> JSONObject {
        var result = object
        for member in skeleton {
            switch (result[member.name], member.value) {
            case (nil, _), (.null?, _): result[member.name] = member.value
            case (.object(let there)?, .object(let inner)):
                if !inner.isEmpty { result[member.name] = .object(filled(there, from: inner)) }
            default: break
            }
        }
        return result
    }
}

// MARK: - What kubectl apply left behind

extension ServerSideApply {
    private static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

    /// The fields that kubectl applied from its own side and that still are as it applied them.
    func lastApplied(of live: UnstructuredObject, _ manager: Manager) -> FieldSet? {
        guard let text = live["metadata", "annotations"]?[Self.annotation]?.string,
            let value = try? JSONValue(parsing: text),
            value["apiVersion"]?.string == manager.apiVersion
        else { return nil }
        let comparison = FieldComparison(value, live.json, schema)
        return FieldSet(of: value, schema)
            .difference(comparison.modified)
            .difference(comparison.added)
            .difference(comparison.removed)
    }

    /// Keeps the annotation of `kubectl apply` true after `kubectl apply --server-side`.
    static func renewLastApplied(in object: inout UnstructuredObject, _ applied: UnstructuredObject) {
        guard let text = object["metadata", "annotations"]?[annotation]?.string, !text.isEmpty else { return }
        var configuration = applied
        if var annotations = configuration["metadata", "annotations"]?.object {
            annotations[annotation] = nil
            configuration["metadata", "annotations"] = annotations.isEmpty ? nil : .object(annotations)
        }
        object["metadata", "annotations", annotation] = .string(configuration.json.text() + "\n")
    }
}
