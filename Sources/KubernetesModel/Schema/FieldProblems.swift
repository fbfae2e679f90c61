import JSONText

/// Collects what is wrong with fields, in Kubernetes' words, and no more of it than a person reads.
struct FieldProblems {
    private(set) var causes: [APIStatus.Cause] = []
    let limit: Int

    var isFull: Bool { causes.count >= limit }

    mutating func add(_ reason: String, _ message: String, _ path: String) {
        if isFull { return }
        causes.append(APIStatus.Cause(reason: reason, message: message, field: path))
    }

    mutating func required(_ path: String, _ detail: String = "") {
        add("FieldValueRequired", "Required value" + (detail.isEmpty ? "" : ": \(detail)"), path)
    }

    mutating func forbidden(_ path: String, _ detail: String) {
        add("FieldValueForbidden", "Forbidden: \(detail)", path)
    }

    mutating func invalid(_ path: String, _ value: JSONValue, _ detail: String) {
        add("FieldValueInvalid", "Invalid value: \(Self.shown(value)): \(detail)", path)
    }

    mutating func notSupported(_ path: String, _ value: JSONValue, _ supported: [JSONValue]) {
        let list = supported.prefix(100).map(Self.shown).joined(separator: ", ")
        add(
            "FieldValueNotSupported",
            "Unsupported value: \(Self.shown(value)): supported values: \(list)",
            path
        )
    }

    /// A value as messages of Kubernetes show it; large ones in part.
    static func shown(_ value: JSONValue) -> String {
        let text = value.text()
        return text.utf8.count <= 1_024 ? text : String(text.unicodeScalars.prefix(1_000)) + "..."
    }
}
