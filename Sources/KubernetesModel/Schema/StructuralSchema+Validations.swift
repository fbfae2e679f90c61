import JSONText

/// The junctors of a schema, without those by which authors spell an int-or-string.
struct ValueValidations {
    var allOf: [JSONValue]
    var anyOf: [JSONValue]
    var oneOf: [JSONValue]
    var not: JSONValue?

    init(_ given: JSONObject, isIntOrString: Bool = false) {
        allOf = given["allOf"]?.array ?? []
        anyOf = given["anyOf"]?.array ?? []
        oneOf = given["oneOf"]?.array ?? []
        not = given["not"]
        // Both spellings say no more than `x-kubernetes-int-or-string` does.
        guard isIntOrString else { return }
        if Self.isIntOrString(anyOf) { anyOf = [] }
        if let first = allOf.first?.object, Self.isIntOrString(first["anyOf"]?.array ?? []) {
            var rest = first
            rest["anyOf"] = nil
            allOf[0] = .object(rest)
        }
    }

    private static func isIntOrString(_ choices: [JSONValue]) -> Bool {
        choices == [["type": "integer"], ["type": "string"]]
    }
}

extension StructuralSchemaParser {
    mutating func nested(
        _ validations: ValueValidations,
        into constraints: inout Schema.Constraints,
        _ path: String,
        depth: Int
    ) {
        for (index, value) in validations.allOf.enumerated() {
            constraints.allOf.append(nested(value, "\(path).allOf[\(index)]", depth: depth + 1))
        }
        for (index, value) in validations.anyOf.enumerated() {
            constraints.anyOf.append(nested(value, "\(path).anyOf[\(index)]", depth: depth + 1))
        }
        for (index, value) in validations.oneOf.enumerated() {
            constraints.oneOf.append(nested(value, "\(path).oneOf[\(index)]", depth: depth + 1))
        }
        if let not = validations.not { constraints.not = nested(not, "\(path).not", depth: depth + 1) }
    }

    /// A schema below a junctor: it restricts values, and must not say what fields there are.
    private mutating func nested(_ value: JSONValue, _ path: String, depth: Int) -> Schema {
        guard admits(path, depth: depth) else { return .anything }
        guard let given = value.object else {
            problems.invalid(path, value, "must be an object")
            return .anything
        }
        forbidKeywords(given, path)
        for word in ["type", "title", "description", "x-kubernetes-list-map-keys"] where given[word] != nil {
            problems.forbidden("\(path).\(word)", "must be empty to be structural")
        }
        for word in [
            "additionalProperties", "default", "externalDocs", "x-kubernetes-list-type",
            "x-kubernetes-map-type",
        ] where given[word] != nil {
            problems.forbidden("\(path).\(word)", "must be undefined to be structural")
        }
        for word in [
            "nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
            "x-kubernetes-int-or-string",
        ] where given[word]?.bool == true {
            problems.forbidden("\(path).\(word)", "must be false to be structural")
        }
        var properties: [(name: String, child: Schema.Child)] = []
        for member in given["properties"]?.object?.members ?? [] {
            let place = "\(path).properties[\(member.name)]"
            if member.name == "metadata" {
                problems.forbidden(place, "must not be specified in a nested context")
            }
            properties.append((member.name, .schema(nested(member.value, place, depth: depth + 1))))
        }
        var items: Schema.Child?
        if let inner = given["items"], inner.array == nil {
            items = .schema(nested(inner, "\(path).items", depth: depth + 1))
        }
        var constraints = constraints(given, path)
        nested(ValueValidations(given), into: &constraints, path, depth: depth)
        return Schema(
            type: nil,
            properties: properties,
            items: items,
            required: strings(given, "required", path),
            constraints: constraints
        )
    }

    /// Every field that is restricted below a junctor must be declared outside of it.
    mutating func checkCompleteness(
        _ constraints: Schema.Constraints,
        of schema: Schema,
        _ path: String,
        at place: String
    ) {
        var nested: [(String, Schema)] = []
        for (name, list) in [
            ("allOf", constraints.allOf), ("anyOf", constraints.anyOf), ("oneOf", constraints.oneOf),
        ] {
            nested += list.enumerated().map { ("\(place)\(name)[\($0.offset)]", $0.element) }
        }
        if let not = constraints.not { nested.append(("\(place)not", not)) }
        for (place, validation) in nested { checkCompleteness(validation, of: schema, path, at: place) }
    }

    private mutating func checkCompleteness(
        _ validation: Schema,
        of schema: Schema,
        _ path: String,
        at place: String
    ) {
        for property in validation.properties {
            let inner = "\(place).properties[\(property.name)]"
            guard let declared = schema.property(property.name) else {
                problems.required(
                    "\(path).properties[\(property.name)]",
                    "because it is defined in \(path).\(inner)"
                )
                continue
            }
            guard let restricted = property.child.resolved else { continue }
            checkCompleteness(restricted, of: declared, "\(path).properties[\(property.name)]", at: inner)
        }
        if let restricted = validation.element {
            if let declared = schema.element {
                checkCompleteness(restricted, of: declared, "\(path).items", at: "\(place).items")
            } else {
                problems.required("\(path).items", "because it is defined in \(path).\(place).items")
            }
        }
        checkCompleteness(validation.constraints, of: schema, path, at: "\(place).")
    }

    // MARK: - Constraints

    mutating func constraints(_ given: JSONObject, _ path: String) -> Schema.Constraints {
        var result = Schema.Constraints()
        result.format = given["format"]?.string ?? ""
        if let values = given["enum"] {
            result.enumeration = values.array
            if values.array?.isEmpty ?? true {
                problems.invalid("\(path).enum", values, "must be a list of values")
            }
        }
        result.minimum = number(given, "minimum", path)
        result.maximum = number(given, "maximum", path)
        result.multipleOf = number(given, "multipleOf", path)
        if let step = result.multipleOf?.double, step <= 0 {
            problems.invalid("\(path).multipleOf", given["multipleOf"] ?? 0, "must be greater than 0")
            result.multipleOf = nil
        }
        result.isMinimumExclusive = flag(given, "exclusiveMinimum", path)
        result.isMaximumExclusive = flag(given, "exclusiveMaximum", path)
        result.minLength = length(given, "minLength", path)
        result.maxLength = length(given, "maxLength", path)
        result.minItems = length(given, "minItems", path)
        result.maxItems = length(given, "maxItems", path)
        result.minProperties = length(given, "minProperties", path)
        result.maxProperties = length(given, "maxProperties", path)
        if let value = given["pattern"], let text = value.string, !text.isEmpty {
            do {
                result.pattern = try RegularExpression(parsing: text)
            } catch {
                problems.invalid(
                    "\(path).pattern",
                    value,
                    "must be a valid regular expression, but isn't: \(error)"
                )
            }
        }
        return result
    }

    private mutating func number(_ given: JSONObject, _ name: String, _ path: String) -> JSONNumber? {
        guard let value = given[name] else { return nil }
        if value.double == nil { problems.invalid("\(path).\(name)", value, "must be a number") }
        return value.number
    }

    private mutating func length(_ given: JSONObject, _ name: String, _ path: String) -> Int? {
        guard let value = given[name] else { return nil }
        if value.int == nil { problems.invalid("\(path).\(name)", value, "must be an integer") }
        return value.int
    }

    // MARK: - Lists and maps

    mutating func isAtomicMap(_ given: JSONObject, _ type: Schema.ValueType?, _ path: String) -> Bool {
        guard let value = given["x-kubernetes-map-type"] else { return false }
        if type != .object {
            problems.invalid(
                "\(path).type",
                given["type"] ?? "",
                "must be object if x-kubernetes-map-type is specified"
            )
        }
        if value != "atomic" && value != "granular" {
            problems.notSupported("\(path).x-kubernetes-map-type", value, ["atomic", "granular"])
        }
        return value == "atomic"
    }

    mutating func listType(
        _ given: JSONObject,
        _ type: Schema.ValueType?,
        _ items: Schema?,
        _ path: String
    ) -> Schema.ListType? {
        let keys = strings(given, "x-kubernetes-list-map-keys", path)
        let keysPath = "\(path).x-kubernetes-list-map-keys"
        let word = given["x-kubernetes-list-type"]
        if !keys.isEmpty, word != "map" {
            problems.invalid(
                "\(path).x-kubernetes-list-type",
                word ?? "",
                "must be map if x-kubernetes-list-map-keys is non-empty"
            )
        }
        guard let word else { return type == .array ? .atomic : nil }
        if type != .array {
            let detail = "must be array if x-kubernetes-list-type is specified"
            problems.invalid("\(path).type", given["type"] ?? "", detail)
        }
        switch word {
        case "atomic": return .atomic
        case "set":
            if let items {
                if items.isNullable {
                    problems.forbidden(
                        "\(path).items.nullable",
                        "cannot be nullable when x-kubernetes-list-type is set"
                    )
                }
                if items.type == .object && !items.isAtomicMap {
                    let detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
                    problems.invalid("\(path).items.x-kubernetes-map-type", "granular", detail)
                }
                if items.type == .array, items.listType != .atomic {
                    let detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
                    problems.invalid("\(path).items.x-kubernetes-list-type", "", detail)
                }
            }
            return .set
        case "map":
            if keys.isEmpty {
                problems.required(keysPath, "must not be empty if x-kubernetes-list-type is map")
            }
            check(keys: keys, items, given, path)
            return .map(keys: keys)
        default:
            problems.notSupported("\(path).x-kubernetes-list-type", word, ["atomic", "map", "set"])
            return nil
        }
    }

    private mutating func check(keys: [String], _ items: Schema?, _ given: JSONObject, _ path: String) {
        guard let items else { return }
        if items.type != .object {
            problems.invalid(
                "\(path).items.type",
                given["items"]?["type"] ?? "",
                "must be object if parent array's x-kubernetes-list-type is map"
            )
        }
        var seen: Set<String> = []
        for (index, key) in keys.enumerated() {
            let place = "\(path).x-kubernetes-list-map-keys"
            guard seen.insert(key).inserted else {
                problems.add(
                    "FieldValueDuplicate",
                    "Duplicate value: \(FieldProblems.shown(.string(key)))",
                    "\(place)[\(index)]"
                )
                continue
            }
            guard let field = items.declared(key)?.resolved else {
                problems.invalid(place, .strings(keys), "entries must all be names of item properties")
                continue
            }
            let property = "\(path).items.properties[\(key)]"
            if field.type == .object || field.type == .array {
                let type = JSONValue.string(field.type?.rawValue ?? "")
                problems.invalid(
                    "\(property).type",
                    type,
                    "must be a scalar type if parent array's x-kubernetes-list-type is map"
                )
            }
            if field.isNullable {
                let detail = "cannot be nullable when the property is in x-kubernetes-list-map-keys"
                problems.forbidden("\(property).nullable", detail)
            }
            if field.defaultValue == nil, !items.required.contains(key) {
                problems.required(
                    "\(property).default",
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
                )
            }
        }
    }
}
