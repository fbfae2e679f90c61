public import JSONText
public import KubernetesModel

extension ManifestValue {
    /// The value without its places, as JSON says it.
    ///
    /// A number that JSON's grammar has no spelling for, such as `1.` or `+1.5`, is spelled anew.
    public var json: JSONValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .int(value)
        case .number(let text): Self.number(text)
        case .string(let text): .string(text)
        case .sequence(let values): .array(values.map(\.json))
        case .mapping(let members):
            // The reader refused names that come twice.
            .object(
                JSONObject(unchecked: members.map { JSONObject.Member(name: $0.name, value: $0.value.json) })
            )
        }
    }

    private static func number(_ text: String) -> JSONValue {
        if let value = try? JSONValue(parsing: text), value.number != nil { return value }
        return Double(text).map { .double($0) } ?? .string(text)
    }
}
