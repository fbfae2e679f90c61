public import JSONText

/// Why an object is not what it says it is: the field, and what is wrong with it.
///
/// Tells kinds of values and never the values: they may be secrets.
public struct ObjectError: Error, Hashable, Sendable {
    /// Such as `spec.holderIdentity`.
    public let field: String
    public let problem: String

    public init(_ field: String, _ problem: String) {
        self.field = field
        self.problem = problem
    }
}

extension ObjectError: CustomStringConvertible {
    public var description: String { "\(field) \(problem)" }
}

/// Reads the fields of one JSON object from outside.
///
/// As everywhere in Kubernetes, an explicit null is as good as absent, and a name that nobody asks for is passed over.
public struct ObjectFields {
    public let content: JSONObject
    /// In messages, such as `spec.ports[0]`; empty for the object itself.
    public let path: String

    public init(_ content: JSONObject, path: String = "") {
        self.content = content
        self.path = path
    }

    public init(_ object: UnstructuredObject) {
        self.init(object.content)
    }

    public func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    public func value(_ name: String) -> JSONValue? {
        guard let value = content[name], !value.isNull else { return nil }
        return value
    }

    private func typed<Value>(
        _ name: String,
        _ expected: String,
        _ read: (JSONValue) -> Value?
    ) throws(ObjectError) -> Value? {
        guard let value = value(name) else { return nil }
        guard let result = read(value) else { throw wrong(name, value, expected) }
        return result
    }

    private func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> ObjectError {
        ObjectError(path(of: name), "is \(value.kind), not \(expected)")
    }

    /// For fields that the kind cannot be without.
    public func require<Value>(_ name: String, _ value: Value?) throws(ObjectError) -> Value {
        guard let value else { throw ObjectError(path(of: name), "is missing") }
        return value
    }

    // MARK: Scalars

    public func string(_ name: String) throws(ObjectError) -> String? {
        try typed(name, "a string", \.string)
    }

    /// Absent reads as empty, as Kubernetes' own types do.
    public func text(_ name: String) throws(ObjectError) -> String { try string(name) ?? "" }

    public func bool(_ name: String) throws(ObjectError) -> Bool? { try typed(name, "a boolean", \.bool) }

    public func flag(_ name: String) throws(ObjectError) -> Bool { try bool(name) ?? false }

    public func int(_ name: String) throws(ObjectError) -> Int? { try typed(name, "an integer", \.int) }

    /// Time and MicroTime alike.
    public func timestamp(_ name: String) throws(ObjectError) -> Timestamp? {
        guard let text = try string(name) else { return nil }
        guard let time = Timestamp(text) else { throw ObjectError(path(of: name), "is no RFC 3339 time") }
        return time
    }

    // MARK: What holds others

    public func fields(_ name: String) throws(ObjectError) -> ObjectFields? {
        guard let content = try typed(name, "an object", \.object) else { return nil }
        return ObjectFields(content, path: path(of: name))
    }

    /// The fields of an object that may be left out; then there are none.
    public func optionalFields(_ name: String) throws(ObjectError) -> ObjectFields {
        try fields(name) ?? ObjectFields(JSONObject(), path: path(of: name))
    }

    public func elements(_ name: String) throws(ObjectError) -> [JSONValue] {
        try typed(name, "an array", \.array) ?? []
    }

    public func strings(_ name: String) throws(ObjectError) -> [String] {
        var result: [String] = []
        for (index, element) in try elements(name).enumerated() {
            guard let text = element.string else { throw wrong("\(name)[\(index)]", element, "a string") }
            result.append(text)
        }
        return result
    }

    /// Each element of an array of objects, read.
    public func list<Element>(
        _ name: String,
        _ read: (ObjectFields) throws(ObjectError) -> Element
    ) throws(ObjectError) -> [Element] {
        var result: [Element] = []
        for (index, element) in try elements(name).enumerated() {
            guard let content = element.object else { throw wrong("\(name)[\(index)]", element, "an object") }
            result.append(try read(ObjectFields(content, path: "\(path(of: name))[\(index)]")))
        }
        return result
    }

    /// Names and texts, such as labels.
    public func dictionary(_ name: String) throws(ObjectError) -> [String: String] {
        guard let content = try typed(name, "an object", \.object) else { return [:] }
        var result: [String: String] = [:]
        for member in content where !member.value.isNull {
            guard let text = member.value.string else { throw wrong("\(name).…", member.value, "a string") }
            result[member.name] = text
        }
        return result
    }

    /// Names and lists of texts, such as the `extra` of a user.
    public func lists(_ name: String) throws(ObjectError) -> [String: [String]] {
        guard let fields = try fields(name) else { return [:] }
        var result: [String: [String]] = [:]
        for member in fields.content { result[member.name] = try fields.strings(member.name) }
        return result
    }
}
