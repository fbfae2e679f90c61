public import JSONText

/// What an `openAPIV3Schema` says that a structural schema must not say, or does not say.
public struct InvalidSchema: Error, Hashable, Sendable {
    public var causes: [APIStatus.Cause]
}

extension Schema {
    /// How large a schema of a user's may be; beyond, it is refused.
    public struct ParsingLimits: Sendable {
        public var depth = 100
        public var schemas = 20_000
        public var causes = 50

        public init() {}
    }

    /// Reads the `openAPIV3Schema` of a CustomResourceDefinition, and checks all rules for structural schemas.
    ///
    /// `apiVersion`, `kind` and `metadata` are added: every object has them. The path is where the schema stands, for
    /// messages. CEL (`x-kubernetes-validations`) is not offered: a schema that has rules is refused, as to ignore
    /// them would let in what its author wanted kept out.
    public static func structural(
        _ value: JSONValue,
        at path: String = "spec.validation.openAPIV3Schema",
        limits: ParsingLimits = ParsingLimits()
    ) throws(InvalidSchema) -> Schema {
        var parser = StructuralSchemaParser(limits: limits)
        let schema = parser.root(value, path)
        guard parser.problems.causes.isEmpty else { throw InvalidSchema(causes: parser.problems.causes) }
        return schema
    }
}

/// Reads structural schemas; wrong ones are read to the end, to tell of all that is wrong.
struct StructuralSchemaParser {
    /// Where a schema stands decides what it may do.
    enum Level {
        case root, items, field

        var missingType: String {
            switch self {
            case .root: "must not be empty at the root"
            case .items: "must not be empty for specified array items"
            case .field: "must not be empty for specified object fields"
            }
        }
    }

    var problems: FieldProblems
    private let limits: Schema.ParsingLimits
    private var count = 0

    init(limits: Schema.ParsingLimits) {
        self.limits = limits
        problems = FieldProblems(limit: limits.causes)
    }

    mutating func root(_ value: JSONValue, _ path: String) -> Schema {
        let schema = structure(value, path, .root, depth: 0)
        return schema.withObjectFields
    }

    /// Whether there may be one more schema here.
    mutating func admits(_ path: String, depth: Int) -> Bool {
        count += 1
        if depth <= limits.depth, count <= limits.schemas, !problems.isFull { return true }
        if depth > limits.depth {
            problems.forbidden(path, "schemas nest too deeply: at most \(limits.depth) levels")
        } else if count == limits.schemas + 1 {
            problems.forbidden(path, "the schema is too large: at most \(limits.schemas) schemas")
        }
        return false
    }

    mutating func structure(_ value: JSONValue, _ path: String, _ level: Level, depth: Int) -> Schema {
        guard admits(path, depth: depth) else { return .anything }
        guard let given = value.object else {
            problems.invalid(path, value, "must be an object")
            return .anything
        }
        forbidKeywords(given, path)
        let type = type(given, path)
        let isIntOrString = flag(given, "x-kubernetes-int-or-string", path)
        let preserves = flag(given, "x-kubernetes-preserve-unknown-fields", path)
        let isEmbedded = flag(given, "x-kubernetes-embedded-resource", path)
        check(type: type, isIntOrString, preserves, isEmbedded, given, path, level)

        var properties: [(name: String, child: Schema.Child)] = []
        for member in given["properties"]?.object?.members ?? [] {
            let place = "\(path).properties[\(member.name)]"
            if member.name == "metadata", level == .root {
                properties.append((member.name, .schema(rootMetadata(member.value, place, depth: depth + 1))))
                continue
            }
            properties.append(
                (member.name, .schema(structure(member.value, place, .field, depth: depth + 1)))
            )
        }
        let additional = additionalProperties(given, path, level, isEmbedded, depth: depth)
        var items: Schema?
        if let inner = given["items"], inner.array == nil {
            items = structure(inner, "\(path).items", .items, depth: depth + 1)
        } else if type == .array, given["items"] == nil {
            problems.required("\(path).items", "must be specified")
        }

        var constraints = constraints(given, path)
        let validations = ValueValidations(given, isIntOrString: isIntOrString)
        nested(validations, into: &constraints, path, depth: depth)

        let schema = Schema(
            type: isIntOrString ? nil : type,
            isIntOrString: isIntOrString,
            isNullable: flag(given, "nullable", path),
            preservesUnknownFields: preserves,
            isEmbeddedResource: isEmbedded,
            properties: properties,
            additionalProperties: additional,
            items: items.map { .schema($0) },
            required: strings(given, "required", path),
            defaultValue: given["default"],
            listType: listType(given, type, items, path),
            isAtomicMap: isAtomicMap(given, type, path),
            constraints: constraints,
            documentation: given["description"]?.string ?? ""
        )
        checkCompleteness(constraints, of: schema, path, at: "")
        if level == .root, given["default"] != nil {
            problems.forbidden("\(path).default", "must not be set at the root")
        }
        checkDefault(of: isEmbedded ? schema.withObjectFields : schema, path)
        return isEmbedded ? schema.withObjectFields : schema
    }

    /// A default must itself be what its schema asks for, once it is pruned and filled.
    private mutating func checkDefault(of schema: Schema, _ path: String) {
        guard var value = schema.defaultValue, problems.causes.isEmpty else { return }
        if !schema.unknownFields(in: value).isEmpty {
            problems.invalid(
                "\(path).default",
                value,
                "must be equal to the value with unknown fields pruned"
            )
            return
        }
        schema.applyDefaults(to: &value)
        for cause in schema.validate(value, at: "\(path).default") {
            problems.add(cause.reason, cause.message, cause.field)
        }
    }

    // MARK: - Parts

    /// Users may restrict the name and the generated name, and nothing else of metadata.
    private mutating func rootMetadata(_ value: JSONValue, _ path: String, depth: Int) -> Schema {
        let schema = structure(value, path, .field, depth: depth)
        if schema.type != .object { problems.invalid("\(path).type", value["type"] ?? "", "must be object") }
        let allowed: Set<String> = ["name", "generateName"]
        if schema.properties.contains(where: { !allowed.contains($0.name) })
            || schema.additionalProperties != nil
            || schema.preservesUnknownFields || schema.isNullable || schema.defaultValue != nil
        {
            problems.forbidden(
                path,
                "must not specify anything other than name and generateName, but metadata is implicitly specified"
            )
        }
        return schema
    }

    private mutating func additionalProperties(
        _ given: JSONObject,
        _ path: String,
        _ level: Level,
        _ isEmbedded: Bool,
        depth: Int
    ) -> Schema.Child? {
        guard let value = given["additionalProperties"] else { return nil }
        let place = "\(path).additionalProperties"
        if level == .root { problems.forbidden(place, "must not be used at the root") }
        if isEmbedded {
            problems.forbidden(place, "must not be used if x-kubernetes-embedded-resource is set")
        }
        if given["properties"]?.object?.isEmpty == false {
            problems.forbidden(place, "additionalProperties and properties are mutual exclusive")
        }
        if let allowed = value.bool {
            if !allowed { problems.forbidden(place, "additionalProperties cannot be set to false") }
            return .schema(.anything)
        }
        return .schema(structure(value, place, .field, depth: depth + 1))
    }

    private mutating func type(_ given: JSONObject, _ path: String) -> Schema.ValueType? {
        guard let value = given["type"] else { return nil }
        let text = value.string ?? ""
        if text.isEmpty, value.string != nil { return nil }
        if text == "null" {
            problems.forbidden("\(path).type", "type cannot be set to null, use nullable as an alternative")
            return nil
        }
        if let type = Schema.ValueType(rawValue: text) { return type }
        problems.notSupported(
            "\(path).type",
            value,
            ["array", "boolean", "integer", "number", "object", "string"]
        )
        return nil
    }

    private mutating func check(
        type: Schema.ValueType?,
        _ isIntOrString: Bool,
        _ preserves: Bool,
        _ isEmbedded: Bool,
        _ given: JSONObject,
        _ path: String,
        _ level: Level
    ) {
        let place = "\(path).type"
        let written = given["type"] ?? ""
        if isEmbedded, type != .object {
            let detail = "must be object if x-kubernetes-embedded-resource is true"
            if type == nil {
                problems.required(place, detail)
            } else {
                problems.invalid(place, written, detail)
            }
        } else if type == nil, !isIntOrString, !preserves, given["type"]?.string ?? "" == "" {
            problems.required(place, level.missingType)
        }
        if level == .root, let type, type != .object {
            problems.invalid(place, written, "must be object at the root")
        }
        if isIntOrString {
            if type != nil {
                problems.invalid(place, written, "must be empty if x-kubernetes-int-or-string is true")
            }
            let detail = "must be false if x-kubernetes-int-or-string is true"
            if preserves { problems.invalid("\(path).x-kubernetes-preserve-unknown-fields", true, detail) }
            if isEmbedded { problems.invalid("\(path).x-kubernetes-embedded-resource", true, detail) }
        }
        if given["x-kubernetes-preserve-unknown-fields"]?.bool == false {
            problems.invalid(
                "\(path).x-kubernetes-preserve-unknown-fields",
                false,
                "must be true or undefined"
            )
        }
        let properties = given["properties"]?.object
        if isEmbedded, !preserves, properties?.isEmpty ?? true {
            problems.required(
                "\(path).properties",
                "must not be empty if x-kubernetes-embedded-resource is true without "
                    + "x-kubernetes-preserve-unknown-fields"
            )
        }
        guard level == .root || isEmbedded else { return }
        for name in ["apiVersion", "kind"] {
            guard let field = properties?[name], field["type"]?.string != "string" else { continue }
            problems.invalid("\(path).properties[\(name)].type", field["type"] ?? "", "must be string")
        }
        if isEmbedded, let metadata = properties?["metadata"], metadata["type"]?.string != "object" {
            problems.invalid("\(path).properties[metadata].type", metadata["type"] ?? "", "must be object")
        }
    }

    /// What CustomResourceDefinitions must not use at all.
    mutating func forbidKeywords(_ given: JSONObject, _ path: String) {
        let unsupported = [
            "definitions", "dependencies", "patternProperties", "additionalItems", "id", "$ref", "$schema",
        ]
        for word in unsupported where given[word] != nil {
            problems.forbidden("\(path).\(word)", "\(word) is not supported")
        }
        if given["uniqueItems"]?.bool == true {
            problems.forbidden(
                "\(path).uniqueItems",
                "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
            )
        }
        if given["items"]?.array != nil {
            problems.forbidden("\(path).items", "items must be a schema object and not an array")
        }
        if let rules = given["x-kubernetes-validations"], rules.array?.isEmpty != true {
            problems.forbidden(
                "\(path).x-kubernetes-validations",
                "validation rules (CEL) are not supported by this API server"
            )
        }
    }

    // MARK: - Reading keywords

    mutating func flag(_ given: JSONObject, _ name: String, _ path: String) -> Bool {
        guard let value = given[name] else { return false }
        if value.bool == nil { problems.invalid("\(path).\(name)", value, "must be a boolean") }
        return value.bool ?? false
    }

    mutating func strings(_ given: JSONObject, _ name: String, _ path: String) -> [String] {
        guard let value = given[name] else { return [] }
        let strings = value.array?.compactMap(\.string)
        if strings == nil || strings?.count != value.array?.count {
            problems.invalid("\(path).\(name)", value, "must be an array of strings")
        }
        return strings ?? []
    }
}

extension Schema {
    /// With the fields that every object has, unless they are declared; what is declared of metadata restricts it.
    fileprivate var withObjectFields: Schema {
        var properties = properties
        for name in ["kind", "apiVersion"] where declared(name) == nil {
            properties.insert((name, .schema(Schema(type: .string))), at: 0)
        }
        let name = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
        var metadata = Child.reference(name, BuiltInSchemas.shared)
        if let declared = declared("metadata")?.resolved, let known = metadata.resolved,
            !declared.properties.isEmpty
        {
            var constraints = Constraints()
            constraints.allOf = [
                Schema(type: nil, properties: declared.properties, required: declared.required)
            ]
            metadata = .schema(
                Schema(type: .object, properties: known.properties, constraints: constraints)
            )
        }
        properties.removeAll { $0.name == "metadata" }
        properties.append(("metadata", metadata))
        return Schema(
            type: type,
            isNullable: isNullable,
            preservesUnknownFields: preservesUnknownFields,
            isEmbeddedResource: isEmbeddedResource,
            properties: properties,
            additionalProperties: additionalProperties,
            required: required,
            defaultValue: defaultValue,
            isAtomicMap: isAtomicMap,
            constraints: constraints,
            documentation: documentation
        )
    }
}
