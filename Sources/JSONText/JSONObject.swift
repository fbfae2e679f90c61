/// An object's members, in the order they were written, no name twice.
///
/// A lookup compares bytes. Bytes matter, because Swift holds "K" and U+212A (the Kelvin sign) to be the same
/// string, and a peer must not get a member taken for another. A handful of members is walked; more are found by
/// an index, so that who sends an object of a hundred thousand members does not make every reader quadratic.
public struct JSONObject: Sendable {
    public struct Member: Sendable {
        public let name: String
        public var value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// From how many members on there is an index.
    private static let indexedCount = 24

    public private(set) var members: [Member]
    /// The places of the names; empty while the members are few.
    private var places: [ByteString: Int] = [:]

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

    /// For names that are known to differ: nothing is compared.
    package init(unchecked members: [Member]) {
        self.members = members
        index()
    }

    public var isEmpty: Bool { members.isEmpty }
    public var count: Int { members.count }
    public var names: [String] { members.map(\.name) }

    /// The member of that name; setting `nil` removes it, setting a new one appends it.
    ///
    /// Removing takes as long as there are members: for many at once there is ``removeAll(where:)``.
    public subscript(_ name: String) -> JSONValue? {
        get {
            place(of: name).map { members[$0].value }
        }
        set {
            switch (place(of: name), newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil):
                members.remove(at: place)
                forget(name, at: place)
            case (nil, let value?):
                members.append(Member(name: name, value: value))
                if !places.isEmpty {
                    places[ByteString(name)] = members.count - 1
                } else if members.count == Self.indexedCount {
                    index()
                }
            case (nil, nil): break
            }
        }
    }

    public mutating func removeAll(where shouldBeRemoved: (Member) -> Bool) {
        let before = members.count
        members.removeAll(where: shouldBeRemoved)
        if members.count != before { index() }
    }

    /// Changes a member's value where it is, without a copy of what is inside; `nil` when there is no such member.
    public mutating func change<Result, Failure: Error>(
        _ name: String,
        _ body: (inout JSONValue) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard let place = place(of: name) else { return nil }
        return try body(&members[place].value)
    }

    private func place(of name: String) -> Int? {
        if !places.isEmpty { return places[ByteString(name)] }
        return members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// Brings the places in line with a removal without hashing every name again.
    private mutating func forget(_ name: String, at place: Int) {
        guard members.count >= Self.indexedCount else { return index() }
        places[ByteString(name)] = nil
        guard place < members.count else { return }
        var index = places.values.startIndex
        while index != places.values.endIndex {
            if places.values[index] > place { places.values[index] -= 1 }
            places.values.formIndex(after: &index)
        }
    }

    private mutating func index() {
        guard members.count >= Self.indexedCount else {
            if !places.isEmpty { places = [:] }
            return
        }
        places = Dictionary(minimumCapacity: members.count)
        for (place, member) in members.enumerated() {
            places[ByteString(member.name)] = place
        }
    }
}

/// A string that equals another when its bytes do.
private struct ByteString: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension JSONObject.Member: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) && left.value == right.value
    }
}

extension JSONObject: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.members == right.members }

    public func hash(into hasher: inout Hasher) { hasher.combine(members) }
}

extension JSONObject: Sequence {
    public func makeIterator() -> some IteratorProtocol<Member> { members.makeIterator() }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }
}
