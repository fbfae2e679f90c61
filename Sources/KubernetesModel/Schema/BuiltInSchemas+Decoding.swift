public import JSONText

extension BuiltInSchemas {
    /// Why Kubernetes could not read a value as one of its own kinds, in the words of Go's JSON; `nil` when it could.
    ///
    /// This is the check of types for built-in kinds: Kubernetes reads them into structures before it validates them, and
    /// refuses with 400 what does not fit. `null` fits everywhere, unknown fields and missing ones do too; which fields
    /// must be there is the validation of the kind, not this.
    public func decodingError(in value: JSONValue, as kind: GroupVersionKind) -> String? {
        guard let name = Self.name(of: kind) else { return nil }
        let structure = Self.goName(of: .reference(name, self)).split(separator: ".").last.map(String.init)
        return mismatch(value, .reference(name, self), in: structure ?? "", at: "", depth: 0)
    }

    private func mismatch(
        _ value: JSONValue,
        _ child: Schema.Child,
        in structure: String,
        at path: String,
        depth: Int
    ) -> String? {
        guard !value.isNull, depth < Schema.depthLimit, let schema = child.resolved else { return nil }
        func wrong(_ shown: String) -> String {
            let place = path.isEmpty ? "value" : "struct field \(structure).\(path)"
            return "json: cannot unmarshal \(shown) into Go \(place) of type \(Self.goName(of: child))"
        }
        if schema.isIntOrString {
            switch value {
            case .string: return nil
            case .number(let number) where number.int.flatMap(Int32.init(exactly:)) != nil: return nil
            default: return "json: cannot unmarshal \(Self.goKind(of: value)) into Go value of type int32"
            }
        }
        switch (schema.type, value) {
        case (.object, .object(let members)):
            var inner = structure
            if case .reference(let name, _) = child { inner = String(name.split(separator: ".").last ?? "") }
            for member in members {
                guard let field = schema.declared(member.name) ?? schema.additionalProperties else {
                    continue
                }
                // Go names the field of the structure that holds a map, not the map's keys.
                let isKey = schema.declared(member.name) == nil
                let place = isKey ? path : path.isEmpty ? member.name : "\(path).\(member.name)"
                if let found = mismatch(member.value, field, in: inner, at: place, depth: depth + 1) {
                    return found
                }
            }
            return nil
        case (.array, .array(let elements)):
            guard let items = schema.items else { return nil }
            for element in elements {
                if let found = mismatch(element, items, in: structure, at: path, depth: depth + 1) {
                    return found
                }
            }
            return nil
        case (.integer, .number(let number)):
            let fits =
                schema.constraints.format == "int32"
                ? number.int.flatMap(Int32.init(exactly:)) != nil : number.int != nil
            return fits ? nil : wrong("number \(number.text)")
        case (.string, .string), (.number, .number), (.boolean, .bool), (nil, _): return nil
        default: return wrong(Self.goKind(of: value))
        }
    }

    private static func goKind(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private static func goName(of child: Schema.Child) -> String {
        if case .reference(let name, _) = child {
            return name.split(separator: ".").suffix(2).joined(separator: ".")
        }
        guard let schema = child.resolved else { return "interface {}" }
        switch (schema.type, schema.constraints.format) {
        case (.string, "byte"): return "[]uint8"
        case (.string, _): return "string"
        case (.boolean, _): return "bool"
        case (.integer, let format): return format
        case (.number, _): return "float64"
        case (.array, _): return "[]" + (schema.items.map(goName) ?? "interface {}")
        case (.object, _): return "map[string]" + (schema.additionalProperties.map(goName) ?? "interface {}")
        case (nil, _): return "interface {}"
        }
    }
}
