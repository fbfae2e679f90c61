public import JSONText

extension FieldSet {
    /// Reads `fieldsV1`, or fails when the value is none.
    public init?(_ value: JSONValue) {
        guard case .object(let members) = value else { return nil }
        self.init()
        for member in members where member.name != "." {
            guard let element = PathElement(parsing: member.name), let children = FieldSet(member.value)
            else {
                return nil
            }
            // An entry without anything inside stands for the field itself.
            let isMember = member.value["."] != nil || member.value.object?.isEmpty ?? true
            add(element, isMember: isMember, children)
        }
    }

    /// As `fieldsV1`: `{"f:spec":{"f:replicas":{}}}`; a field that is in the set beside what is inside has `.`.
    public var json: JSONValue { .object(JSONObject(members)) }

    private var members: [(String, JSONValue)] {
        entries.sorted { $0.key < $1.key }.map { element, entry in
            let own = entry.isMember && !entry.children.isEmpty ? [(".", JSONValue.object(JSONObject()))] : []
            return (element.text, .object(JSONObject(own + entry.children.members)))
        }
    }
}
