public import JSONText

/// A merge patch that knows its kind: lists may be merged by a key instead of replaced.
///
/// Which lists, and by which key, the schema says (`x-kubernetes-patch-strategy`, `x-kubernetes-patch-merge-key`).
/// What a value cannot say, directives among the members do:
///
/// | directive | means |
/// |---|---|
/// | `$patch: replace` | take this object, or this list, instead of what is there |
/// | `$patch: delete` | empty this object; in a list, remove the element of this key |
/// | `$retainKeys` | remove the members that are not in this list |
/// | `$setElementOrder/x` | the order of the elements of `x` |
/// | `$deleteFromPrimitiveList/x` | remove these scalars from `x` |
public struct StrategicMergePatch: Sendable {
    public let content: JSONValue
    public let schema: Schema

    public init(_ content: JSONValue, schema: Schema) {
        self.content = content
        self.schema = schema
    }

    /// The patched object; never deeper than the deeper of object and patch.
    public func applied(to object: UnstructuredObject) throws(PatchError) -> UnstructuredObject {
        guard case .object(let patch) = content else { throw .malformed("invalid JSON document") }
        return UnstructuredObject(try Self.merge(patch, into: object.content, schema))
    }

    // MARK: Objects

    static func merge(
        _ patch: JSONObject,
        into target: JSONObject,
        _ schema: Schema?
    ) throws(PatchError) -> JSONObject {
        if let directive = patch[Directive.marker] {
            switch directive {
            case "replace":
                var replacement = patch
                replacement[Directive.marker] = nil
                return replacement
            case "delete": return JSONObject()
            default: throw Directive.unknown(directive)
            }
        }
        var result = target
        try retainKeys(patch, &result)
        try orderLists(patch, &result, schema)

        var removed: Set<String> = []
        for member in patch {
            let name = member.name
            if name.hasPrefix(Directive.deletion) {
                try deleteScalars(member.value, String(name.dropFirst(Directive.deletion.count)), &result)
                continue
            }
            // Lists with an order of their own are merged already.
            guard name != Directive.retainKeys, !name.hasPrefix(Directive.order),
                patch[Directive.order + name] == nil
            else { continue }
            if member.value.isNull {
                removed.insert(name)
            } else if let there = result[name] {
                result[name] = try merge(member.value, into: there, schema?.property(name))
            } else {
                result[name] = Directive.dropped(from: member.value)
            }
        }
        if !removed.isEmpty {
            result.removeAll { removed.contains($0.name) && (patch[$0.name]?.isNull ?? false) }
        }
        return result
    }

    private static func merge(
        _ patch: JSONValue,
        into target: JSONValue,
        _ schema: Schema?
    ) throws(PatchError) -> JSONValue {
        switch (patch, target) {
        case (.object(let patch), .object(let target)):
            if schema?.patchStrategy.map({ !$0.merges && !$0.retainsKeys }) ?? false {
                return Directive.dropped(from: .object(patch))
            }
            return .object(try merge(patch, into: target, schema))
        case (.array(let patch), .array(let target)):
            guard let strategy = schema?.patchStrategy, strategy.merges else {
                return Directive.dropped(from: .array(patch))
            }
            let merge = ListMerge(key: strategy.mergeKey, element: schema?.element)
            return .array(try merge.merged(patch, into: target))
        default: return Directive.dropped(from: patch)
        }
    }

    // MARK: Directives

    private static func retainKeys(
        _ patch: JSONObject,
        _ result: inout JSONObject
    ) throws(PatchError) {
        guard let directive = patch[Directive.retainKeys] else { return }
        guard let names = directive.array?.compactMap(\.string), names.count == directive.array?.count else {
            throw .directive("invalid patch format of retainKeys")
        }
        // Bytes and not characters, as everywhere: a set of values compares by bytes.
        let retained = Set(names.map { JSONValue.string($0) })
        for member in patch
        where !member.value.isNull && !Directive.isDirective(member.name)
            && !retained.contains(.string(member.name))
        {
            throw .directive("invalid patch format of retainKeys")
        }
        result.removeAll { !retained.contains(.string($0.name)) }
    }

    private static func orderLists(
        _ patch: JSONObject,
        _ result: inout JSONObject,
        _ schema: Schema?
    ) throws(PatchError) {
        for member in patch where member.name.hasPrefix(Directive.order) {
            let name = String(member.name.dropFirst(Directive.order.count))
            guard case .array(let order) = member.value, !name.isEmpty else {
                throw .directive("invalid patch format of setElementOrder list")
            }
            guard patch[name] == nil || patch[name]?.isNull == true || patch[name]?.array != nil else {
                throw .directive("invalid patch format of setElementOrder list")
            }
            if patch[name]?.isNull == true {
                result[name] = nil
                continue
            }
            let there = result[name]
            guard there == nil || there?.array != nil else {
                throw .directive("invalid patch format of setElementOrder list")
            }
            guard there != nil || patch[name] != nil else { continue }
            let field = schema?.property(name)
            let merge = ListMerge(key: field?.patchStrategy?.mergeKey, element: field?.element)
            result[name] = .array(
                try merge.merged(
                    patch[name]?.array ?? [],
                    into: there?.array ?? [],
                    order: order,
                    replaces: !(field?.patchStrategy?.merges ?? false)
                )
            )
        }
    }

    private static func deleteScalars(
        _ value: JSONValue,
        _ name: String,
        _ result: inout JSONObject
    ) throws(PatchError) {
        guard case .array(let deleted) = value, !name.isEmpty else {
            throw .directive("invalid patch format of primitive list")
        }
        guard case .array(let elements)? = result[name] else { return }
        let unwanted = Set(deleted)
        result[name] = .array(elements.filter { !unwanted.contains($0) })
    }
}

/// The members of a strategic merge patch that are not of the object.
enum Directive {
    static let marker = "$patch"
    static let retainKeys = "$retainKeys"
    static let order = "$setElementOrder/"
    static let deletion = "$deleteFromPrimitiveList/"

    static func isDirective(_ name: String) -> Bool {
        name == marker || name == retainKeys || name.hasPrefix(order) || name.hasPrefix(deletion)
    }

    /// The value as it is stored when nothing was there to merge with: no directives, and no members to remove.
    static func dropped(from value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(
                JSONObject(
                    object.lazy
                        .filter { !isDirective($0.name) && !$0.value.isNull }
                        .map { ($0.name, dropped(from: $0.value)) }
                )
            )
        case .array(let elements):
            .array(
                elements.filter { $0[marker] == nil || ($0[marker] != "delete" && $0.object?.count != 1) }
                    .map(dropped(from:))
            )
        default: value
        }
    }

    static func unknown(_ directive: JSONValue) -> PatchError {
        .unmergeable("unknown patch type '\(Spelling.clean(directive.string ?? directive.kind))' in map")
    }
}
