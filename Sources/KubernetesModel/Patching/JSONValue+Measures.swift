import JSONText

extension JSONValue {
    /// About how many bytes the value's text has, without making it.
    var size: Int {
        switch self {
        case .null, .bool: 4
        case .number(let number): number.text.utf8.count
        case .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2) { $0 + $1.size + 1 }
        case .object(let object): object.reduce(2) { $0 + $1.name.utf8.count + 4 + $1.value.size }
        }
    }

    /// How many arrays and objects are inside each other, 0 for a scalar; and how many values there are in all.
    var extent: (depth: Int, nodes: Int) {
        func around(_ inner: some Sequence<JSONValue>) -> (depth: Int, nodes: Int) {
            var (depth, nodes) = (0, 1)
            for value in inner {
                let extent = value.extent
                depth = max(depth, extent.depth)
                nodes += extent.nodes
            }
            return (depth + 1, nodes)
        }
        return switch self {
        case .null, .bool, .number, .string: (0, 1)
        case .array(let elements): around(elements)
        case .object(let object): around(object.lazy.map(\.value))
        }
    }

    /// Whether both mean the same (RFC 6902, section 4.6): members in any order, numbers by their value.
    func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            return left == right || left.isSame(as: right)
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { member in right[member.name].map { member.value.isSame(as: $0) } ?? false
                }
        default: return self == other
        }
    }
}

extension JSONNumber {
    /// Integers are compared exactly; a fraction or an exponent makes it a comparison of binary values.
    fileprivate func isSame(as other: JSONNumber) -> Bool {
        // Reading digits by the megabyte for each test of a patch would take long.
        guard max(text.utf8.count, other.text.utf8.count) <= 1024 else { return false }
        guard !(isInteger && other.isInteger) else { return int != nil && int == other.int }
        guard let left = double, let right = other.double else { return false }
        return left == right
    }
}
