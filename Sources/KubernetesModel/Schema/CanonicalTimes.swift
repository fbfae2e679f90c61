public import JSONText

extension Schema {
    /// Writes the times of a built-in kind as the server writes them: in UTC, whole seconds or microseconds.
    ///
    /// Clients send what they read in spellings of their own (`+00:00` for `Z`), which changes nothing. What is no time is
    /// left as it is, for validation to name; so are users' own types, whose strings are theirs.
    public func canonicalizeTimes(in value: inout JSONValue) {
        canonicalizeTimes(in: &value, depth: 0)
    }

    private func canonicalizeTimes(in value: inout JSONValue, depth: Int) {
        // Kubernetes' types are not as deep; what is deeper is of no built-in type.
        guard depth < 64 else { return }
        switch value {
        case .string(let text):
            guard self === SpecialTypes.time || self === SpecialTypes.microTime, let time = Timestamp(text)
            else { return }
            value = .string(self === SpecialTypes.microTime ? time.microTime : time.description)
        case .object(let object):
            guard !properties.isEmpty || additionalProperties != nil else { return }
            for member in object.members {
                guard let schema = property(member.name), schema.mayHoldTimes else { continue }
                var changed = member.value
                schema.canonicalizeTimes(in: &changed, depth: depth + 1)
                if changed != member.value {
                    var copy = value.object ?? object
                    copy[member.name] = changed
                    value = .object(copy)
                }
            }
        case .array(var elements):
            guard let element, element.mayHoldTimes else { return }
            for index in elements.indices {
                element.canonicalizeTimes(in: &elements[index], depth: depth + 1)
            }
            value = .array(elements)
        case .null, .bool, .number:
            return
        }
    }

    private var mayHoldTimes: Bool {
        switch type {
        case .object, .array: true
        case .string: self === SpecialTypes.time || self === SpecialTypes.microTime
        case .integer, .number, .boolean, nil: false
        }
    }
}
