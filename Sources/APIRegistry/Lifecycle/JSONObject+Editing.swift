import JSONText

// Rules change objects deep inside; these spare each of them the taking apart and putting together. What has another
// type than is expected stays as it is: validation will name it.

extension JSONObject {
    /// Sets a member that is absent or null.
    mutating func setDefault(_ name: String, _ value: @autoclosure () -> JSONValue) {
        guard self[name]?.isNull ?? true else { return }
        self[name] = value()
    }

    /// Changes a member that is an object.
    mutating func edit(_ name: String, _ change: (inout JSONObject) -> Void) {
        guard var inner = self[name]?.object else { return }
        change(&inner)
        self[name] = .object(inner)
    }

    /// Changes a member that is an object, which is made when it is absent or null.
    mutating func editOrCreate(_ name: String, _ change: (inout JSONObject) -> Void) {
        setDefault(name, .object(JSONObject()))
        edit(name, change)
    }

    /// Changes those elements of a list that are objects.
    mutating func editElements(_ name: String, _ change: (inout JSONObject) -> Void) {
        guard var elements = self[name]?.array else { return }
        for index in elements.indices {
            guard var element = elements[index].object else { continue }
            change(&element)
            elements[index] = .object(element)
        }
        self[name] = .array(elements)
    }

    func string(_ name: String) -> String? { self[name]?.string }

    /// Absent, null, or empty of its type.
    func isEmpty(_ name: String) -> Bool { self[name]?.isEmptyValue ?? true }
}

extension JSONValue {
    /// Null, or empty of its type: what Go's `omitempty` leaves out.
    var isEmptyValue: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .number(let number): number.double == 0
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        }
    }

    /// Whether two values mean the same to Kubernetes: the order of members does not matter, and an empty or null
    /// member is as good as an absent one.
    func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let left), .object(let right)):
            left.allSatisfy { $0.value.isEquivalent(toMember: right[$0.name]) }
                && right.allSatisfy { $0.value.isEmptyDeep || left[$0.name] != nil }
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        default: self == other
        }
    }

    private func isEquivalent(toMember other: JSONValue?) -> Bool {
        guard let other else { return isEmptyDeep }
        return isEquivalent(to: other) || isEmptyDeep && other.isEmptyDeep
    }

    /// Null, an empty object or list, or an object of nothing else.
    ///
    /// Zero, false and the empty text are values: they
    /// differ from absence for pointers, and nothing here says which fields are pointers.
    private var isEmptyDeep: Bool {
        switch self {
        case .null: true
        case .array(let elements): elements.isEmpty
        case .object(let members): members.allSatisfy { $0.value.isEmptyDeep }
        case .bool, .number, .string: false
        }
    }
}

extension Optional<JSONValue> {
    /// Equivalence of members that may be absent.
    func isEquivalent(to other: JSONValue?) -> Bool {
        (self ?? .null).isEquivalentOrEmpty(to: other ?? .null)
    }
}

extension JSONValue {
    fileprivate func isEquivalentOrEmpty(to other: JSONValue) -> Bool {
        JSONValue.object(["value": self]).isEquivalent(to: .object(["value": other]))
    }
}
