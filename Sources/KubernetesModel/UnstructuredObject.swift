public import JSONText

/// An object of any kind, with every field it came with, in order.
///
/// Nothing is lost between reading and writing. Accessors read what Kubernetes gives every object; a field of the
/// wrong type reads as absent, so whoever takes an object from outside validates it first.
public struct UnstructuredObject: Hashable, Sendable {
    public var content: JSONObject

    public init(_ content: JSONObject = JSONObject()) {
        self.content = content
    }

    /// `nil` when the value is no object.
    public init?(_ value: JSONValue) {
        guard case .object(let content) = value else { return nil }
        self.content = content
    }

    public var json: JSONValue { .object(content) }

    /// A field by its path, such as `object["spec", "replicas"]`.
    ///
    /// Setting makes the objects on the way, and replaces what stands there and is no object; setting `nil` removes the
    /// field and nothing else.
    public subscript(path: String...) -> JSONValue? {
        get { Self.value(at: path[...], in: .object(content)) }
        set { Self.set(newValue, at: path[...], in: &content) }
    }

    private static func value(at path: ArraySlice<String>, in value: JSONValue) -> JSONValue? {
        guard let name = path.first else { return value }
        guard let member = value[name] else { return nil }
        return Self.value(at: path.dropFirst(), in: member)
    }

    private static func set(_ value: JSONValue?, at path: ArraySlice<String>, in object: inout JSONObject) {
        guard let name = path.first else { return }
        guard path.count > 1 else {
            object[name] = value
            return
        }
        var inner = object[name]?.object
        if inner == nil, value == nil { return }
        inner = inner ?? JSONObject()
        if var next = inner {
            set(value, at: path.dropFirst(), in: &next)
            object[name] = .object(next)
        }
    }
}

// MARK: - What every object has

extension UnstructuredObject {
    public var apiVersion: String {
        get { self["apiVersion"]?.string ?? "" }
        set { self["apiVersion"] = .string(newValue) }
    }

    public var kind: String {
        get { self["kind"]?.string ?? "" }
        set { self["kind"] = .string(newValue) }
    }

    /// `nil` when `apiVersion` or `kind` is missing or malformed.
    public var groupVersionKind: GroupVersionKind? {
        guard let version = GroupVersion(apiVersion: apiVersion), !kind.isEmpty else { return nil }
        return GroupVersionKind(version, kind: kind)
    }

    public var name: String {
        get { metadata("name") ?? "" }
        set { self["metadata", "name"] = .string(newValue) }
    }

    /// Empty for an object of the cluster.
    public var namespace: String {
        get { metadata("namespace") ?? "" }
        set { self["metadata", "namespace"] = newValue.isEmpty ? nil : .string(newValue) }
    }

    public var objectName: ObjectName { ObjectName(namespace: namespace, name: name) }

    public var uid: String {
        get { metadata("uid") ?? "" }
        set { self["metadata", "uid"] = newValue.isEmpty ? nil : .string(newValue) }
    }

    /// Opaque to clients; empty when there is none.
    public var resourceVersion: String {
        get { metadata("resourceVersion") ?? "" }
        set { self["metadata", "resourceVersion"] = newValue.isEmpty ? nil : .string(newValue) }
    }

    public var generation: Int? {
        get { self["metadata", "generation"]?.int }
        set { self["metadata", "generation"] = newValue.map { .int($0) } }
    }

    public var labels: [String: String] {
        get { strings("labels") }
        set { set("labels", newValue) }
    }

    public var annotations: [String: String] {
        get { strings("annotations") }
        set { set("annotations", newValue) }
    }

    public var finalizers: [String] {
        get { self["metadata", "finalizers"]?.array?.compactMap(\.string) ?? [] }
        set { self["metadata", "finalizers"] = newValue.isEmpty ? nil : .strings(newValue) }
    }

    /// RFC 3339, in UTC; `nil` while nobody asked for the object to go.
    public var deletionTimestamp: String? {
        get { metadata("deletionTimestamp") }
        set { self["metadata", "deletionTimestamp"] = newValue.map { .string($0) } }
    }

    public var isBeingDeleted: Bool { deletionTimestamp != nil }

    private func metadata(_ name: String) -> String? { self["metadata", name]?.string }

    private func strings(_ name: String) -> [String: String] {
        var result: [String: String] = [:]
        for member in self["metadata", name]?.object ?? JSONObject() {
            result[member.name] = member.value.string
        }
        return result
    }

    private mutating func set(_ name: String, _ values: [String: String]) {
        let members = values.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        self["metadata", name] = members.isEmpty ? nil : .object(JSONObject(members))
    }
}
