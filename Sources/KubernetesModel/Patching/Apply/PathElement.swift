public import JSONText

/// One step on the way to a field: a member of an object, or an element of a list.
///
/// Written as `f:name`, `k:{"name":"web"}`, `v:"example.com/finalizer"` or `i:3` in `fieldsV1`. Compared by bytes.
public struct PathElement: Hashable, Sendable {
    public enum Kind: Int, Hashable, Sendable {
        case field, key, value, index
    }

    public let kind: Kind
    /// The name, the key's fields in order of their names, the value, or the index.
    public let content: JSONValue

    private init(_ kind: Kind, _ content: JSONValue) {
        self.kind = kind
        self.content = content
    }

    public static func field(_ name: String) -> Self { Self(.field, .string(name)) }

    /// An element of a list of objects, by the fields it is known by.
    public static func key(_ fields: some Sequence<(String, JSONValue)>) -> Self {
        let sorted = fields.sorted { Array($0.0.utf8).lexicographicallyPrecedes(Array($1.0.utf8)) }
        return Self(.key, .object(JSONObject(sorted)))
    }

    /// An element of a set.
    public static func value(_ scalar: JSONValue) -> Self { Self(.value, scalar) }

    public static func index(_ index: Int) -> Self { Self(.index, .int(index)) }

    /// The member's name, for a field.
    public var name: String? { kind == .field ? content.string : nil }

    /// Reads a name of `fieldsV1`; `nil` for what is none.
    public init?(parsing text: String) {
        guard text.utf8.dropFirst().first == UInt8(ascii: ":") else { return nil }
        let rest = String(Substring(text.utf8.dropFirst(2)))
        switch text.utf8.first {
        case UInt8(ascii: "f"): self = .field(rest)
        case UInt8(ascii: "k"):
            guard let value = try? JSONValue(parsing: rest), case .object(let fields) = value else {
                return nil
            }
            self = .key(fields.map { ($0.name, $0.value) })
        case UInt8(ascii: "v"):
            guard let value = try? JSONValue(parsing: rest) else { return nil }
            self = .value(value)
        case UInt8(ascii: "i"):
            guard let index = Int(rest) else { return nil }
            self = .index(index)
        default: return nil
        }
    }

    /// As `fieldsV1` writes it.
    public var text: String {
        switch kind {
        case .field: "f:\(content.string ?? "")"
        case .key: "k:\(content.text())"
        case .value: "v:\(content.text())"
        case .index: "i:\(content.text())"
        }
    }
}

extension PathElement: Comparable {
    /// The order in which Kubernetes writes them: by kind, then by content.
    public static func < (left: Self, right: Self) -> Bool {
        guard left.kind == right.kind else { return left.kind.rawValue < right.kind.rawValue }
        return precedes(left.content, right.content) ?? false
    }

    /// `nil` when neither comes first.
    private static func precedes(_ left: JSONValue, _ right: JSONValue) -> Bool? {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            return left.utf8.elementsEqual(right.utf8) ? nil : left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.number(let left), .number(let right)):
            if let left = left.int, let right = right.int { return left == right ? nil : left < right }
            guard let left = left.double, let right = right.double, left != right else { return nil }
            return left < right
        case (.object(let left), .object(let right)):
            for (one, other) in zip(left, right) {
                if let answer = precedes(.string(one.name), .string(other.name)) { return answer }
                if let answer = precedes(one.value, other.value) { return answer }
            }
            return left.count == right.count ? nil : left.count < right.count
        default:
            let texts = (left.text(), right.text())
            return left == right ? nil : texts.0.utf8.lexicographicallyPrecedes(texts.1.utf8)
        }
    }
}

extension PathElement: CustomStringConvertible {
    /// As messages write it: `.spec`, `[name="web"]`, `[="x"]`, `[3]`.
    public var description: String {
        switch kind {
        case .field: ".\(Spelling.clean(content.string ?? "", limit: 256))"
        case .key:
            "["
                + (content.object ?? JSONObject()).map { "\($0.name)=\($0.value.text())" }.joined(
                    separator: ","
                )
                + "]"
        case .value: "[=\(content.text())]"
        case .index: "[\(content.text())]"
        }
    }
}
