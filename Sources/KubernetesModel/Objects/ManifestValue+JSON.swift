public import JSONText

extension ManifestValue {
    /// The same value without its places; a number keeps its spelling where JSON can spell it.
    public var json: JSONValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .int(value)
        case .number(let text): (try? JSONValue(parsing: text)) ?? .string(text)
        case .string(let text): .string(text)
        case .sequence(let values): .array(values.map(\.json))
        case .mapping(let members): .object(JSONObject(members.map { ($0.name, $0.value.json) }))
        }
    }
}
