import JSONText

/// How server-side apply sees a value: as one thing, or as things that are owned apart.
enum ApplyShape: Equatable {
    case leaf
    case object
    case set
    case map(keys: [String])

    /// What the schema does not say, the value does: objects are granular, lists are atomic.
    init(of value: JSONValue, _ schema: Schema?) {
        switch value {
        case .object: self = schema?.isAtomicMap ?? false ? .leaf : .object
        case .array:
            switch schema?.listType {
            case .set: self = .set
            case .map(let keys): self = .map(keys: keys)
            case .atomic, nil: self = .leaf
            }
        case .null, .bool, .number, .string: self = .leaf
        }
    }

    /// By what an element of a list is known; `nil` when it has nothing of that.
    func identity(of element: JSONValue, _ schema: Schema?) -> PathElement? {
        switch (self, element) {
        case (.map(let keys), .object(let fields)):
            var key: [(String, JSONValue)] = []
            for name in keys {
                if let value = fields[name] ?? schema?.property(name)?.defaultValue {
                    key.append((name, value))
                }
            }
            return key.isEmpty ? nil : .key(key)
        case (.set, .bool), (.set, .number), (.set, .string): return .value(element)
        default: return nil
        }
    }
}

/// The elements of a list that is a set or a map, by what they are known by.
struct IdentifiedList {
    /// In order; an element without identity is left out, for only hostile or old objects have one.
    private(set) var elements: [(identity: PathElement, value: JSONValue)] = []
    private(set) var places: [PathElement: [Int]] = [:]

    init(_ list: [JSONValue], _ shape: ApplyShape, _ schema: Schema?) {
        for element in list {
            guard let identity = shape.identity(of: element, schema) else { continue }
            places[identity, default: []].append(elements.count)
            elements.append((identity, element))
        }
    }

    func values(_ identity: PathElement) -> [JSONValue] {
        (places[identity] ?? []).map { elements[$0].value }
    }

    /// Each identity once, in order.
    var identities: [PathElement] {
        elements.indices.filter { places[elements[$0].identity]?.first == $0 }.map { elements[$0].identity }
    }
}
