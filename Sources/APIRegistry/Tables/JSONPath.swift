import JSONText

/// A path to values in an object, as printer columns and selectable fields write it.
///
/// What Kubernetes' columns use of JSONPath: members (`.spec.x`, `['a.b']`), elements (`[0]`, `[-1]`, `[*]`, `.*`), and
/// filters that compare one member with a text, a number or a truth value (`[?(@.type=="Ready")]`). Bounded in length
/// and in results.
struct JSONPath: Sendable {
    private enum Step: Sendable {
        case member(String)
        case element(Int)
        case all
        /// The member's path, whether equality or its opposite is wanted, and what it is compared with.
        case filter([String], isEqual: Bool, JSONValue)
        /// Elements that have a member.
        case has([String])
    }

    private var steps: [Step] = []
    private static let bytes = 1024
    private static let results = 1000

    /// `nil` for a path that is not understood.
    init?(parsing text: String) {
        guard text.utf8.count <= Self.bytes else { return nil }
        var rest = text[...]
        if rest.hasPrefix("{"), rest.hasSuffix("}") { rest = rest.dropFirst().dropLast() }
        if rest.hasPrefix("$") { rest = rest.dropFirst() }
        while let first = rest.first {
            let step: Step?
            switch first {
            case ".":
                rest = rest.dropFirst()
                // `.["a"]` is the same as `["a"]`; a lone dot at the end is the whole object.
                if rest.isEmpty || rest.first == "[" { continue }
                step = Self.member(&rest)
            case "[": step = Self.bracket(&rest)
            default: step = steps.isEmpty ? Self.member(&rest) : nil
            }
            guard let step else { return nil }
            steps.append(step)
        }
    }

    private static func member(_ rest: inout Substring) -> Step? {
        var name = ""
        var isEscaped = false
        while let next = rest.first {
            if !isEscaped, next == "." || next == "[" { break }
            rest = rest.dropFirst()
            if !isEscaped, next == "\\" {
                isEscaped = true
            } else {
                name.append(next)
                isEscaped = false
            }
        }
        guard !name.isEmpty else { return nil }
        return name == "*" ? .all : .member(name)
    }

    private static func bracket(_ rest: inout Substring) -> Step? {
        guard let end = closing(rest) else { return nil }
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
        if inside == "*" { return .all }
        if let index = Int(inside) { return .element(index) }
        if let name = quoted(inside) { return .member(name) }
        if inside.hasPrefix("?("), inside.hasSuffix(")") { return filter(inside.dropFirst(2).dropLast()) }
        return nil
    }

    /// Where a bracket closes, brackets within quotes apart.
    private static func closing(_ text: Substring) -> Substring.Index? {
        var quote: Character?
        for index in text.indices.dropFirst() {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "]" {
                return index
            }
        }
        return nil
    }

    private static func quoted(_ text: Substring) -> String? {
        guard text.count > 1, let first = text.first, first == text.last, first == "\"" || first == "'" else {
            return nil
        }
        return String(text.dropFirst().dropLast())
    }

    private static func filter(_ text: Substring) -> Step? {
        for sign in ["==", "!="] {
            guard let place = range(of: sign, in: text) else { continue }
            guard let path = memberPath(text[..<place.lowerBound]) else { return nil }
            let right = trimmed(text[place.upperBound...])
            let value: JSONValue
            if let text = quoted(right) {
                value = .string(text)
            } else if let parsed = try? JSONValue(parsing: String(right)) {
                value = parsed
            } else {
                return nil
            }
            return .filter(path, isEqual: sign == "==", value)
        }
        return memberPath(text).map { .has($0) }
    }

    private static func range(of sign: String, in text: Substring) -> Range<Substring.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(sign) { return start..<text.index(start, offsetBy: sign.count) }
            start = text.index(after: start)
        }
        return nil
    }

    /// Reads `@.a.b`.
    private static func memberPath(_ text: Substring) -> [String]? {
        let text = trimmed(text)
        guard text.hasPrefix("@.") else { return nil }
        let names = text.dropFirst(2).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return names.contains("") ? nil : names
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }

    // MARK: Values

    /// The values that a path leads to, in order.
    func values(in root: JSONValue) -> [JSONValue] {
        var values = [root]
        for step in steps {
            values = Array(values.lazy.flatMap { Self.apply(step, to: $0) }.prefix(Self.results))
        }
        return values
    }

    private static func apply(_ step: Step, to value: JSONValue) -> [JSONValue] {
        switch step {
        case .member(let name): return value[name].map { [$0] } ?? []
        case .element(let index):
            guard let elements = value.array else { return [] }
            // No negation: the least integer has no counterpart.
            let place = index < 0 ? elements.count + max(index, -elements.count - 1) : index
            return elements.indices.contains(place) ? [elements[place]] : []
        case .all: return value.array ?? value.object?.map(\.value) ?? []
        case .filter(let path, let isEqual, let wanted):
            return (value.array ?? []).filter { element in
                guard let found = member(path, of: element) else { return false }
                return (found == wanted) == isEqual
            }
        case .has(let path): return (value.array ?? []).filter { member(path, of: $0) != nil }
        }
    }

    private static func member(_ path: [String], of value: JSONValue) -> JSONValue? {
        path.reduce(Optional(value)) { $0?[$1] }
    }
}
