public import JSONText

// Defaults and unknown fields: what a server changes about an object before it judges it.

extension Schema {
    /// How deep objects are followed; the JSON reader's own limit is lower.
    static let depthLimit = 1_000

    /// Fills in the defaults of fields that are absent, at every depth of what is there.
    ///
    /// A `null` that its field may not be counts as absent when the field has a default.
    public func applyDefaults(to value: inout JSONValue) {
        applyDefaults(to: &value, depth: 0)
    }

    private func applyDefaults(to value: inout JSONValue, depth: Int) {
        guard depth < Self.depthLimit else { return }
        switch value {
        case .object(var members):
            // The copy must be the only one, or every change below would copy the object.
            value = .null
            for (name, child) in properties {
                guard let schema = child.resolvedForDefaults else { continue }
                if let defaultValue = schema.defaultValue {
                    let current = members[name]
                    if current == nil || (current?.isNull == true && !schema.isNullable) {
                        members[name] = defaultValue
                    }
                }
                _ = members.change(name) { schema.applyDefaults(to: &$0, depth: depth + 1) }
            }
            if let schema = additionalProperties?.resolvedForDefaults {
                for name in members.names where declared(name) == nil {
                    if let defaultValue = schema.defaultValue, members[name]?.isNull == true,
                        !schema.isNullable
                    {
                        members[name] = defaultValue
                    }
                    _ = members.change(name) { schema.applyDefaults(to: &$0, depth: depth + 1) }
                }
            }
            value = .object(members)
        case .array(var elements):
            guard let schema = items?.resolvedForDefaults else { return }
            value = .null
            for index in elements.indices {
                if let defaultValue = schema.defaultValue, elements[index].isNull, !schema.isNullable {
                    elements[index] = defaultValue
                }
                schema.applyDefaults(to: &elements[index], depth: depth + 1)
            }
            value = .array(elements)
        case .null, .bool, .number, .string: return
        }
    }

    /// Removes the fields that nothing declares; returns their paths, such as `spec.ports[0].prot`.
    @discardableResult
    public func prune(_ value: inout JSONValue) -> [String] {
        var unknown: [String] = []
        prune(&value, path: "", depth: 0, unknown: &unknown)
        return unknown
    }

    /// The paths of the fields that nothing declares, in the order they are written.
    public func unknownFields(in value: JSONValue) -> [String] {
        var copy = value
        return prune(&copy)
    }

    /// What `fieldValidation` says of an unknown field, in a warning or in the list of a strict decoding error.
    public static func unknownFieldMessage(_ path: String) -> String { "unknown field \"\(path)\"" }

    private func prune(_ value: inout JSONValue, path: String, depth: Int, unknown: inout [String]) {
        guard depth < Self.depthLimit else { return }
        switch value {
        case .object(var members):
            value = .null
            defer { value = .object(members) }
            let keepsUnknown = preservesUnknownFields || (type != nil && type != .object) || isIntOrString
            var lost: Set<Int> = []
            for (place, member) in members.members.enumerated() {
                let inner = path.isEmpty ? member.name : "\(path).\(member.name)"
                if let schema = property(member.name) {
                    if schema.hasNothingToPrune { continue }
                    _ = members.change(member.name) {
                        schema.prune(&$0, path: inner, depth: depth + 1, unknown: &unknown)
                    }
                } else if !keepsUnknown {
                    unknown.append(inner)
                    lost.insert(place)
                }
            }
            if !lost.isEmpty {
                var place = -1
                members.removeAll { _ in
                    place += 1
                    return lost.contains(place)
                }
            }
        case .array(var elements):
            guard let schema = element, !schema.hasNothingToPrune else { return }
            value = .null
            for index in elements.indices {
                schema.prune(
                    &elements[index],
                    path: "\(path)[\(index)]",
                    depth: depth + 1,
                    unknown: &unknown
                )
            }
            value = .array(elements)
        case .null, .bool, .number, .string: return
        }
    }

    private var hasNothingToPrune: Bool {
        switch type {
        case .string, .integer, .number, .boolean: true
        case .object, .array, nil: properties.isEmpty && preservesUnknownFields
        }
    }
}

extension Schema.Child {
    /// Scalars without a default need no visit.
    fileprivate var resolvedForDefaults: Schema? {
        guard let schema = resolved else { return nil }
        switch schema.type {
        case .string, .integer, .number, .boolean: return schema.defaultValue == nil ? nil : schema
        case .object, .array, nil: return schema
        }
    }
}
