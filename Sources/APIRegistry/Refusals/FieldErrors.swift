public import JSONText
public import KubernetesModel

/// Where a field is, such as `spec.ports[0].port`.
public struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ text: String) {
        description = text
    }

    public func child(_ name: String) -> FieldPath {
        FieldPath(description.isEmpty ? name : "\(description).\(name)")
    }

    /// An element of a list.
    public subscript(index: Int) -> FieldPath { FieldPath("\(description)[\(index)]") }

    /// A member of a map, whose key may be any text.
    public func key(_ key: String) -> FieldPath { FieldPath("\(description)[\(key)]") }
}

/// What is wrong with an object's fields, in Kubernetes' words.
public struct FieldErrors: Sendable {
    public private(set) var causes: [APIStatus.Cause] = []

    /// An object with a thousand mistakes needs no thousand answers.
    static let limit = 100

    public init() {}

    public var isEmpty: Bool { causes.isEmpty }

    public mutating func required(_ path: FieldPath, _ detail: String = "") {
        add("FieldValueRequired", "Required value", path, detail)
    }

    public mutating func invalid(_ path: FieldPath, _ value: JSONValue?, _ detail: String) {
        invalid(path, text: Self.text(of: value), detail)
    }

    /// For a value that Kubernetes prints as its own types are written.
    public mutating func invalid(_ path: FieldPath, text: @autoclosure () -> String, _ detail: String) {
        add("FieldValueInvalid", "Invalid value: \(text())", path, detail)
    }

    public mutating func typeInvalid(_ path: FieldPath, _ value: JSONValue?, _ detail: String) {
        add("FieldValueTypeInvalid", "Invalid value: \(Self.text(of: value))", path, detail)
    }

    public mutating func notSupported(_ path: FieldPath, _ value: JSONValue?, _ supported: [String]) {
        add(
            "FieldValueNotSupported",
            "Unsupported value: \(Self.text(of: value))",
            path,
            "supported values: \(supported.map(GoText.quoted).joined(separator: ", "))"
        )
    }

    public mutating func forbidden(_ path: FieldPath, _ detail: String) {
        add("FieldValueForbidden", "Forbidden", path, detail)
    }

    public mutating func duplicate(_ path: FieldPath, _ value: JSONValue?) {
        add("FieldValueDuplicate", "Duplicate value: \(Self.text(of: value))", path, "")
    }

    public mutating func notFound(_ path: FieldPath, _ value: JSONValue?) {
        add("FieldValueNotFound", "Not found: \(Self.text(of: value))", path, "")
    }

    public mutating func tooLong(_ path: FieldPath, bytes: Int) {
        add("FieldValueTooLong", "Too long", path, "may not be more than \(bytes) bytes")
    }

    public mutating func tooMany(_ path: FieldPath, count: Int, limit: Int) {
        add("FieldValueTooMany", "Too many: \(count)", path, "must have at most \(limit) items")
    }

    public mutating func append(_ other: [APIStatus.Cause]) {
        for cause in other where causes.count < Self.limit { causes.append(cause) }
    }

    /// Stops a request for a list of causes; does nothing when there are none.
    public func check(_ kind: GroupVersionKind, name: String) throws(APIStatus) {
        guard !isEmpty else { return }
        throw .invalid(kind, name: name, causes: causes)
    }

    /// The texts are made only of what is listed: the value may be the whole of a large request.
    private mutating func add(
        _ reason: String,
        _ body: @autoclosure () -> String,
        _ path: FieldPath,
        _ detail: @autoclosure () -> String
    ) {
        guard causes.count < Self.limit else { return }
        let (body, detail) = (body(), detail())
        let message = detail.isEmpty ? body : "\(body): \(detail)"
        causes.append(APIStatus.Cause(reason: reason, message: message, field: path.description))
    }

    private static func text(of value: JSONValue?) -> String {
        switch value {
        case nil, .null?: "null"
        case .string(let text)?: GoText.quoted(text)
        case let value?: GoText.shortened(value.text())
        }
    }
}

/// Values in messages as Go prints them, which Kubernetes' messages are made of.
enum GoText {
    /// `%q`, as far as names and values need it; long values are cut.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in shortened(text).unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + (digits.utf8.count < 2 ? "0\(digits)" : digits)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A `map[string]string`.
    static func map(_ value: JSONValue?) -> String {
        guard let members = value?.object, !members.isEmpty else { return "map[string]string(nil)" }
        let sorted = members.sorted { $0.name < $1.name }
        return "map[string]string{"
            + sorted.map { "\(quoted($0.name)):\(quoted($0.value.string ?? ""))" }.joined(separator: ", ")
            + "}"
    }

    /// A `v1.LabelSelector`.
    static func labelSelector(_ value: JSONValue?) -> String {
        let expressions = (value?["matchExpressions"]?.array ?? []).map { expression in
            let values = (expression["values"]?.array ?? []).compactMap(\.string)
            let list =
                values.isEmpty ? "[]string(nil)" : "[]string{\(values.map(quoted).joined(separator: ", "))}"
            return "v1.LabelSelectorRequirement{Key:\(quoted(expression["key"]?.string ?? "")), "
                + "Operator:\(quoted(expression["operator"]?.string ?? "")), Values:\(list)}"
        }
        let list = "[]v1.LabelSelectorRequirement"
        return "v1.LabelSelector{MatchLabels:\(map(value?["matchLabels"])), MatchExpressions:"
            + (expressions.isEmpty ? "\(list)(nil)" : "\(list){\(expressions.joined(separator: ", "))}") + "}"
    }

    /// At most 1024 bytes: a single character may have any number of them.
    static func shortened(_ text: String) -> String {
        guard text.utf8.count > 1024 else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: 1024)
        while text.utf8[end] & 0b1100_0000 == 0b1000_0000 { end = text.utf8.index(before: end) }
        return String(text[..<end]) + "…"
    }
}
