import JSONText
import KubernetesModel

/// Writes schemas as OpenAPI 3 does, and keeps in mind which named ones they lead to.
struct OpenAPISchemaWriter {
    static let prefix = "#/components/schemas/"
    /// Schemas of CustomResourceDefinitions were bounded when they were read; this bounds the rest.
    private static let depthLimit = 200

    /// Named schemas that were referred to, and are still to be written.
    private var waiting: [String] = []
    private var seen: Set<String> = []

    mutating func reference(_ name: String) -> JSONValue {
        if seen.insert(name).inserted { waiting.append(name) }
        return ["$ref": .string(Self.prefix + name)]
    }

    mutating func nextName() -> String? { waiting.popLast() }

    /// Marks a schema as written elsewhere.
    mutating func define(_ name: String) { seen.insert(name) }

    mutating func write(_ child: Schema.Child, depth: Int = 0) -> JSONValue {
        switch child {
        case .schema(let schema): return write(schema, depth: depth)
        case .reference(let name, let library):
            let target = reference(name)
            // A field may merge unlike its type; what stands beside a reference counts only around one.
            guard let schema = library.schema(named: name),
                let own = BuiltInSchemas.shared.schema(named: name)
            else { return target }
            var extensions = JSONObject()
            if schema.patchStrategy != own.patchStrategy { add(schema.patchStrategy, to: &extensions) }
            if schema.isAtomicMap != own.isAtomicMap {
                extensions["x-kubernetes-map-type"] = schema.isAtomicMap ? "atomic" : "granular"
            }
            if extensions.isEmpty { return target }
            extensions["allOf"] = [target]
            return .object(extensions)
        }
    }

    mutating func write(_ schema: Schema, depth: Int = 0) -> JSONValue {
        guard depth < Self.depthLimit else { return [:] }
        var result = JSONObject()
        if !schema.documentation.isEmpty { result["description"] = .string(schema.documentation) }
        if let type = schema.type { result["type"] = .string(type.rawValue) }
        write(schema.constraints, to: &result, depth: depth)
        if let value = schema.defaultValue { result["default"] = value }
        if !schema.properties.isEmpty {
            var properties = JSONObject()
            for property in schema.properties {
                properties[property.name] = write(property.child, depth: depth + 1)
            }
            result["properties"] = .object(properties)
        }
        if let additional = schema.additionalProperties {
            result["additionalProperties"] = write(additional, depth: depth + 1)
        }
        if let items = schema.items { result["items"] = write(items, depth: depth + 1) }
        if !schema.required.isEmpty { result["required"] = .strings(schema.required) }
        writeExtensions(of: schema, to: &result)
        return .object(result)
    }

    private func writeExtensions(of schema: Schema, to result: inout JSONObject) {
        if schema.isIntOrString {
            result["x-kubernetes-int-or-string"] = true
            if result["anyOf"] == nil { result["anyOf"] = [["type": "integer"], ["type": "string"]] }
        }
        if schema.preservesUnknownFields { result["x-kubernetes-preserve-unknown-fields"] = true }
        if schema.isEmbeddedResource { result["x-kubernetes-embedded-resource"] = true }
        switch schema.listType {
        case .atomic: result["x-kubernetes-list-type"] = "atomic"
        case .set: result["x-kubernetes-list-type"] = "set"
        case .map(let keys):
            result["x-kubernetes-list-type"] = "map"
            result["x-kubernetes-list-map-keys"] = .strings(keys)
        case nil: break
        }
        if schema.isAtomicMap { result["x-kubernetes-map-type"] = "atomic" }
        add(schema.patchStrategy, to: &result)
    }

    private func add(_ strategy: Schema.PatchStrategy?, to result: inout JSONObject) {
        guard let strategy else { return }
        let words = (strategy.merges ? ["merge"] : []) + (strategy.retainsKeys ? ["retainKeys"] : [])
        result["x-kubernetes-patch-strategy"] = .string(words.joined(separator: ","))
        if let key = strategy.mergeKey { result["x-kubernetes-patch-merge-key"] = .string(key) }
    }

    private mutating func write(
        _ constraints: Schema.Constraints,
        to result: inout JSONObject,
        depth: Int
    ) {
        if constraints.isEmpty { return }
        if !constraints.format.isEmpty { result["format"] = .string(constraints.format) }
        if let values = constraints.enumeration { result["enum"] = .array(values) }
        for (name, number) in [
            ("minimum", constraints.minimum), ("maximum", constraints.maximum),
            ("multipleOf", constraints.multipleOf),
        ] {
            if let number { result[name] = .number(number) }
        }
        if constraints.isMinimumExclusive { result["exclusiveMinimum"] = true }
        if constraints.isMaximumExclusive { result["exclusiveMaximum"] = true }
        for (name, count) in [
            ("minLength", constraints.minLength), ("maxLength", constraints.maxLength),
            ("minItems", constraints.minItems), ("maxItems", constraints.maxItems),
            ("minProperties", constraints.minProperties), ("maxProperties", constraints.maxProperties),
        ] {
            if let count { result[name] = .int(count) }
        }
        if let pattern = constraints.pattern { result["pattern"] = .string(pattern.pattern) }
        for (name, schemas) in [
            ("allOf", constraints.allOf), ("anyOf", constraints.anyOf), ("oneOf", constraints.oneOf),
        ] where !schemas.isEmpty {
            result[name] = .array(schemas.map { write($0, depth: depth + 1) })
        }
        if let not = constraints.not { result["not"] = write(not, depth: depth + 1) }
    }
}
