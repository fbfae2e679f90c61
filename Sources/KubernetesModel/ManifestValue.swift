/// A piece of a manifest that remembers where it is written.
///
/// Bounded in size and depth by whoever read it, without aliases, without repeated names in a mapping.
public struct ManifestValue: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case null
        case bool(Bool)
        case integer(Int)
        /// A number that is no integer, as written.
        case number(String)
        case string(String)
        case sequence([ManifestValue])
        /// In the order written.
        case mapping([Member])
    }

    public struct Member: Hashable, Sendable {
        public var name: String
        /// Where the name is written; the value knows its own place.
        public var location: SourceLocation
        public var value: ManifestValue

        public init(name: String, location: SourceLocation, value: ManifestValue) {
            self.name = name
            self.location = location
            self.value = value
        }
    }

    public var content: Content
    public var location: SourceLocation

    public init(_ content: Content, at location: SourceLocation) {
        self.content = content
        self.location = location
    }

    public subscript(_ name: String) -> ManifestValue? {
        guard case .mapping(let members) = content else { return nil }
        return members.first { $0.name == name }?.value
    }

    public var string: String? {
        guard case .string(let text) = content else { return nil }
        return text
    }

    /// What a message calls it.
    public var kind: String {
        switch content {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
