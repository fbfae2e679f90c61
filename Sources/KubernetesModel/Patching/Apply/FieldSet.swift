/// A set of fields of an object: what one manager owns, or what differs between two objects.
///
/// A tree by path elements. A field may be in the set without what is inside of it, and the other way around.
public struct FieldSet: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        /// Whether the field itself is in the set.
        public var isMember: Bool
        /// What is inside of it.
        public var children: FieldSet

        fileprivate mutating func merge(_ isMember: Bool, _ other: FieldSet) {
            self.isMember = self.isMember || isMember
            children.formUnion(other)
        }
    }

    /// No entry is empty.
    public private(set) var entries: [PathElement: Entry] = [:]

    public init() {}

    public init(_ paths: [[PathElement]]) {
        for path in paths { insert(path[...]) }
    }

    public var isEmpty: Bool { entries.isEmpty }

    public subscript(_ element: PathElement) -> Entry? { entries[element] }

    /// Adds to what is there at an element.
    mutating func add(_ element: PathElement, isMember: Bool, _ children: FieldSet = FieldSet()) {
        guard isMember || !children.isEmpty else { return }
        entries[element, default: Entry(isMember: false, children: FieldSet())].merge(isMember, children)
    }

    private mutating func insert(_ path: ArraySlice<PathElement>) {
        guard let first = path.first else { return }
        var entry = entries[first] ?? Entry(isMember: false, children: FieldSet())
        if path.count == 1 { entry.isMember = true } else { entry.children.insert(path.dropFirst()) }
        entries[first] = entry
    }

    public func contains(_ path: some Collection<PathElement>) -> Bool {
        guard let first = path.first, let entry = entries[first] else { return false }
        return path.count == 1 ? entry.isMember : entry.children.contains(Array(path.dropFirst()))
    }

    /// Every field in the set, in order.
    public var paths: [[PathElement]] {
        entries.sorted { $0.key < $1.key }.flatMap { element, entry in
            (entry.isMember ? [[element]] : []) + entry.children.paths.map { [element] + $0 }
        }
    }

    // MARK: Operations

    public func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.formUnion(other)
        return result
    }

    /// Puts the smaller set into the larger, so that many sets are united without copying a large one for each.
    mutating func formUnion(_ other: FieldSet) {
        var smaller = other
        if entries.count < smaller.entries.count { swap(&self, &smaller) }
        for (element, entry) in smaller.entries {
            add(element, isMember: entry.isMember, entry.children)
        }
    }

    /// How many fields there are in the tree, in the set or on the way to one.
    var count: Int { entries.values.reduce(entries.count) { $0 + $1.children.count } }

    // These two walk the smaller set: a change is held against every manager's fields.

    public func intersection(_ other: FieldSet) -> FieldSet {
        guard entries.count <= other.entries.count else { return other.intersection(self) }
        var result = FieldSet()
        for (element, entry) in entries {
            guard let twin = other.entries[element] else { continue }
            result.add(
                element,
                isMember: entry.isMember && twin.isMember,
                entry.children.intersection(twin.children)
            )
        }
        return result
    }

    public func difference(_ other: FieldSet) -> FieldSet {
        guard !other.isEmpty, !isEmpty else { return self }
        var result = self
        func takeOut(_ element: PathElement, _ twin: Entry) {
            guard let entry = result.entries.removeValue(forKey: element) else { return }
            result.add(
                element,
                isMember: entry.isMember && !twin.isMember,
                entry.children.difference(twin.children)
            )
        }
        if entries.count < other.entries.count {
            for element in entries.keys {
                if let twin = other.entries[element] { takeOut(element, twin) }
            }
        } else {
            for (element, twin) in other.entries { takeOut(element, twin) }
        }
        return result
    }

    /// Without the fields of the other set and all that is inside of them.
    public func recursiveDifference(_ other: FieldSet) -> FieldSet {
        var result = self
        for (element, twin) in other.entries {
            guard let entry = result.entries.removeValue(forKey: element), !twin.isMember else { continue }
            result.add(
                element,
                isMember: entry.isMember,
                entry.children.recursiveDifference(twin.children)
            )
        }
        return result
    }

    /// With every declared field in it whose inside is in it.
    func withDeclaredParents(_ schema: Schema?) -> FieldSet {
        var result = FieldSet()
        for (element, entry) in entries {
            var isMember = entry.isMember
            var inner: Schema?
            if let name = element.name {
                inner = schema?.property(name)
                if schema?.declares(name) ?? false { isMember = true }
            } else if element.kind == .key {
                inner = schema?.element
            }
            result.add(element, isMember: isMember, entry.children.withDeclaredParents(inner))
        }
        return result
    }
}

extension Schema {
    /// Whether the field stands in `properties`.
    func declares(_ name: String) -> Bool {
        properties.contains { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
