import JSONText

/// Puts what is applied into what is there, and takes out what is no longer applied.
enum ApplyMerge {
    // MARK: Putting in

    static func merged(_ live: JSONValue, _ applied: JSONValue, _ schema: Schema?) -> JSONValue {
        let shape = ApplyShape(of: live, schema)
        // An explicit null takes nothing away from what is owned apart.
        if applied.isNull, shape != .leaf, !(live.object?.isEmpty ?? live.array?.isEmpty ?? true) {
            return live
        }
        guard shape == ApplyShape(of: applied, schema) else { return applied }
        switch (shape, live, applied) {
        case (.object, .object(var result), .object(let changes)):
            for change in changes {
                if let there = result[change.name] {
                    result[change.name] = merged(there, change.value, schema?.property(change.name))
                } else {
                    result[change.name] = change.value
                }
            }
            return .object(result)
        case (.set, .array(let live), .array(let applied)), (.map, .array(let live), .array(let applied)):
            return .array(merged(live, applied, shape, schema?.element))
        default: return applied
        }
    }

    /// The elements that are applied in their order; those that are not keep their place before the element that
    /// follows them.
    private static func merged(
        _ live: [JSONValue],
        _ applied: [JSONValue],
        _ shape: ApplyShape,
        _ element: Schema?
    ) -> [JSONValue] {
        let left = IdentifiedList(live, shape, element)
        let right = IdentifiedList(applied, shape, element)
        var shared = right.elements.map(\.identity).filter { left.places[$0] != nil }[...]
        var done: Set<PathElement> = []
        var result: [JSONValue] = []
        var (l, r) = (0, 0)

        func take(_ identity: PathElement, _ value: JSONValue) {
            let there = left.values(identity)
            result.append(there.count == 1 ? merged(there[0], value, element) : value)
            done.insert(identity)
            if shared.first == identity { shared = shared.dropFirst() }
            r += 1
        }

        while l < left.elements.count || r < right.elements.count {
            if l < left.elements.count {
                let (identity, value) = left.elements[l]
                if right.places[identity] == nil {
                    result.append(value)
                    l += 1
                    continue
                }
                if r < right.elements.count, right.elements[r].identity == identity {
                    take(identity, right.elements[r].value)
                    l += 1
                    continue
                }
                // Merged already, or to be merged when its turn in the applied order comes.
                if done.contains(identity) || shared.first != identity {
                    l += 1
                    continue
                }
            }
            if r < right.elements.count { take(right.elements[r].identity, right.elements[r].value) }
        }
        return result
    }

    // MARK: Taking out

    /// Removes the fields of the set.
    ///
    /// What ends empty and is not in the set itself stays, empty: somebody may own it.
    static func removing(_ fields: FieldSet, from value: JSONValue, _ schema: Schema?) -> JSONValue {
        guard !fields.isEmpty else { return value }
        switch (ApplyShape(of: value, schema), value) {
        case (.object, .object(let object)):
            var left: [(String, JSONValue)] = []
            for member in object {
                guard let entry = fields[.field(member.name)] else {
                    left.append((member.name, member.value))
                    continue
                }
                guard !entry.isMember else { continue }
                let inner = schema?.property(member.name)
                left.append((member.name, removing(entry.children, from: member.value, inner)))
            }
            return .object(JSONObject(left))
        case (let shape, .array(let list)) where shape != .leaf:
            let inner = schema?.element
            return .array(
                list.compactMap { element in
                    guard let identity = shape.identity(of: element, inner), let entry = fields[identity]
                    else {
                        return element
                    }
                    return entry.isMember ? nil : removing(entry.children, from: element, inner)
                }
            )
        default: return value
        }
    }
}
