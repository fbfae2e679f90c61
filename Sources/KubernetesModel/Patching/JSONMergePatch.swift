public import JSONText

/// A document that shows what to change (RFC 7386): `null` removes, objects are merged, all else replaces.
public struct JSONMergePatch: Sendable {
    public let content: JSONValue

    public init(_ content: JSONValue) {
        self.content = content
    }

    /// The patched document; never deeper than the deeper of the two.
    public func applied(to document: JSONValue) -> JSONValue {
        Self.merge(content, into: document)
    }

    /// The patched object; a patch that is no object is refused, since it would replace the object.
    public func applied(to object: UnstructuredObject) throws(PatchError) -> UnstructuredObject {
        guard case .object = content, case .object(let result) = applied(to: object.json) else {
            throw .malformed("Invalid JSON Patch")
        }
        return UnstructuredObject(result)
    }

    private static func merge(_ patch: JSONValue, into target: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result = target.object ?? JSONObject()
        var removed: Set<String> = []
        for change in changes {
            if change.value.isNull {
                removed.insert(change.name)
            } else if case .object = change.value {
                result[change.name] = merge(change.value, into: result[change.name] ?? .null)
            } else {
                result[change.name] = change.value
            }
        }
        if !removed.isEmpty {
            result.removeAll { removed.contains($0.name) && (changes[$0.name]?.isNull ?? false) }
        }
        return .object(result)
    }
}
