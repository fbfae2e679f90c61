/// An object's members, in the order they were written, no name twice.
///
/// A lookup compares bytes and walks the members: objects here have a handful. Bytes matter, because Swift holds
/// "K" and U+212A (the Kelvin sign) to be the same string, and a peer must not get a member taken for another.
public struct JSONObject: Sendable {
    public struct Member: Sendable {
        public let name: String
        public var value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    public private(set) var members: [Member]

    public init() {
        members = []
    }

    /// Keeps the order; a name that comes twice keeps its later value.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        self.init()
        for (name, value) in members {
            self[name] = value
        }
    }

    init(unchecked members: [Member]) {
        self.members = members
    }

    public var isEmpty: Bool { members.isEmpty }
    public var count: Int { members.count }
    public var names: [String] { members.map(\.name) }

    /// The member of that name; setting `nil` removes it, setting a new one appends it.
    public subscript(_ name: String) -> JSONValue? {
        get {
            members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
        }
        set {
            let index = members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject.Member: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) && left.value == right.value
    }
}

extension JSONObject: Hashable {}

extension JSONObject: Sequence {
    public func makeIterator() -> some IteratorProtocol<Member> { members.makeIterator() }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }
}
