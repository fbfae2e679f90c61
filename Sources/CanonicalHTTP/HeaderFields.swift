/// The header fields of a message in the order they arrived, values byte for byte.
///
/// One arena for all bytes, so that a block costs two allocations however many fields it has. Names are
/// lower case `token`s (RFC 9110, section 5.1); values are what was between the colon and the line's end,
/// without the white space around, and hold no control byte except tab. Both are checked by ``append(name:value:)``,
/// so holding a block is proof.
public struct HeaderFields: Sendable {
    struct Entry: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    private(set) var bytes: [UInt8] = []
    private(set) var entries: [Entry] = []

    public init() {}

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }
    /// The bytes that names and values take together, for limits.
    public var byteCount: Int { bytes.count }

    /// Adds a field at the end; the name's ASCII letters become lower case.
    public mutating func append(
        name: some Sequence<UInt8>,
        value: some Sequence<UInt8>
    ) throws(HeaderFieldError) {
        let start = bytes.count
        for byte in name {
            guard Self.isTokenByte(byte) else {
                bytes.removeSubrange(start...)
                throw .nameByte(byte)
            }
            let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            bytes.append(isUpper ? byte | 0x20 : byte)
        }
        let middle = bytes.count
        guard middle > start else { throw .emptyName }
        for byte in value {
            guard byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t") else {
                bytes.removeSubrange(start...)
                throw .valueByte(byte)
            }
            bytes.append(byte)
        }
        entries.append(Entry(name: start..<middle, value: middle..<bytes.count))
    }

    /// Adds a field at the end; for names and values that the program itself wrote.
    public mutating func append(_ name: StaticString, _ value: String) throws(HeaderFieldError) {
        try append(name: name.description.utf8, value: value.utf8)
    }

    /// All values of a field, in order; `name` is lower case.
    public func values(of name: String) -> [ArraySlice<UInt8>] {
        entries.compactMap { isNamed($0, name) ? bytes[$0.value] : nil }
    }

    /// The value of a field that occurs exactly once; `nil` when it is absent or repeated.
    public func onlyValue(of name: String) -> ArraySlice<UInt8>? {
        var found: Entry?
        for entry in entries where isNamed(entry, name) {
            guard found == nil else { return nil }
            found = entry
        }
        return found.map { bytes[$0.value] }
    }

    public func contains(_ name: String) -> Bool {
        entries.contains { isNamed($0, name) }
    }

    /// Takes out every field of that (lower-case) name.
    public mutating func removeAll(named name: String) {
        removeAll(whereName: { $0.elementsEqual(name.utf8) })
    }

    /// Takes out every field whose name satisfies the condition.
    public mutating func removeAll(whereName condition: (ArraySlice<UInt8>) -> Bool) {
        let bytes = bytes
        entries.removeAll { condition(bytes[$0.name]) }
    }

    /// Replaces all fields of that name by one at the end.
    public mutating func replace(_ name: StaticString, with value: String) throws(HeaderFieldError) {
        removeAll(named: name.description)
        try append(name, value)
    }

    private func isNamed(_ entry: Entry, _ name: String) -> Bool {
        entry.name.count == name.utf8.count && bytes[entry.name].elementsEqual(name.utf8)
    }

    /// Whether a byte may stand in a field name or a method (`tchar`, RFC 9110, section 5.6.2).
    public static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

/// Why a field cannot be part of a message.
public enum HeaderFieldError: Error, Equatable, Sendable {
    case emptyName
    case nameByte(UInt8)
    case valueByte(UInt8)
}

extension HeaderFields: RandomAccessCollection {
    public var startIndex: Int { entries.startIndex }
    public var endIndex: Int { entries.endIndex }

    public subscript(position: Int) -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        let entry = entries[position]
        return (bytes[entry.name], bytes[entry.value])
    }
}

extension HeaderFields: Equatable {
    public static func == (left: Self, right: Self) -> Bool {
        left.elementsEqual(right) { $0.name == $1.name && $0.value == $1.value }
    }
}
