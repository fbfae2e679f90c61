import JSONText

/// Whether a configuration can be owned field by field: every field declared, every element known by its key once.
enum ApplyValidation {
    /// How many problems are looked for.
    private static let limit = 20

    static func problems(in value: JSONValue, _ schema: Schema) -> [String] {
        var problems: [String] = []
        check(value, schema, "", &problems)
        return problems
    }

    private static func check(
        _ value: JSONValue,
        _ schema: Schema?,
        _ path: String,
        _ problems: inout [String]
    ) {
        guard problems.count < limit, let schema, !value.isNull else { return }
        if let expected = mismatch(value, schema) {
            problems.append("\(path): expected \(expected), got \(value.kind)")
            return
        }
        switch value {
        case .object(let object):
            for member in object {
                let inner = path + PathElement.field(member.name).description
                if let property = schema.property(member.name) {
                    check(member.value, property, inner, &problems)
                } else if schema.type != nil, !schema.preservesUnknownFields {
                    problems.append("\(inner): field not declared in schema")
                }
            }
        case .array(let list):
            let shape = ApplyShape(of: value, schema)
            let element = schema.element
            var seen: Set<PathElement> = []
            for (index, item) in list.enumerated() {
                guard shape != .leaf else {
                    check(item, element, "\(path)[\(index)]", &problems)
                    continue
                }
                guard let identity = shape.identity(of: item, element) else {
                    problems.append("\(path): element \(index): \(missing(shape, item))")
                    continue
                }
                if !seen.insert(identity).inserted {
                    problems.append("\(path): duplicate entries for key \(identity)")
                }
                check(item, element, path + identity.description, &problems)
            }
        default: break
        }
    }

    private static func mismatch(_ value: JSONValue, _ schema: Schema) -> String? {
        if schema.isIntOrString {
            switch value {
            case .number, .string: return nil
            default: return "integer or string"
            }
        }
        switch (schema.type, value) {
        case (.object?, .object), (.array?, .array), (nil, _), (.boolean?, .bool), (.string?, .string):
            return nil
        case (.integer?, .number), (.number?, .number): return nil
        case (.object?, _): return "map"
        case (.array?, _): return "list"
        case (.boolean?, _): return "boolean (true or false)"
        case (.string?, _): return "string"
        case (.integer?, _), (.number?, _): return "numeric (int or float)"
        }
    }

    private static func missing(_ shape: ApplyShape, _ item: JSONValue) -> String {
        guard case .map(let keys) = shape, case .object = item else {
            return "associative list may not have \(item.kind) as an element"
        }
        return keys.count == 1
            ? "associative list with keys has an element that omits key field \"\(keys[0])\" "
                + "(and doesn't have default value)"
            : "associative list with keys has an element that omits all key fields "
                + "[\(keys.map { "\"\($0)\"" }.joined(separator: " "))] "
                + "(and doesn't have default values for any key fields)"
    }
}

extension ServerSideApply {
    static func notTyped(_ object: UnstructuredObject, _ problems: [String]) -> APIStatus {
        let kind = object.groupVersionKind?.description ?? ""
        let listed =
            problems.count == 1
            ? problems[0] : "errors:\n" + problems.map { "  \($0)" }.joined(separator: "\n")
        let name = Spelling.clean("\(object.namespace)/\(object.name)", limit: 320)
        return APIStatus(
            code: 500,
            reason: .unknown,
            message: "failed to create typed patch object (\(name); \(Spelling.clean(kind))): \(listed)"
        )
    }
}
