import JSONText
import KubernetesModel
import Reconciliation

/// A page of a list, whose objects are still bytes.
///
/// A page of a few hundred objects as JSON values would take many times its length; so the page is only cut, and its
/// objects are read and dropped one by one.
struct ListPageReader {
    let version: String
    let continuation: String?
    let items: [ArraySlice<UInt8>]

    init(_ body: [UInt8]) throws(ListWatchFailure) {
        var scanner = JSONScanner(body[...])
        var items: [ArraySlice<UInt8>]?
        var metadata: ArraySlice<UInt8>?
        var kind: ArraySlice<UInt8>?
        do {
            for member in try scanner.members() {
                switch member.name {
                case "items":
                    guard items == nil else { throw JSONScanner.Problem.repeated }
                    items = member.isNull ? [] : try JSONScanner.elements(of: member.value)
                case "metadata":
                    guard metadata == nil else { throw JSONScanner.Problem.repeated }
                    metadata = member.value
                case "kind":
                    kind = member.value
                default:
                    break
                }
            }
        } catch {
            throw .malformed("the page is no list: \(error)")
        }
        if kind.map({ $0.elementsEqual("\"Status\"".utf8) }) == true {
            throw .malformed("a status where a list was expected")
        }
        guard let items, let metadata else { throw .malformed("a list without items and metadata") }
        guard let meta = try? JSONValue(parsing: metadata), let version = meta["resourceVersion"]?.string
        else { throw .malformed("a list whose metadata cannot be read") }
        self.items = items
        self.version = version
        continuation = meta["continue"]?.string
    }

    /// Reads one of the items.
    static func object(_ bytes: ArraySlice<UInt8>, limit: Int) throws(ListWatchFailure) -> UnstructuredObject
    {
        do {
            let value = try JSONValue(parsing: bytes, limits: JSONLimits(bytes: limit, depth: 200))
            if let object = UnstructuredObject(value) { return object }
        } catch {
            throw .malformed("an item is no JSON: \(error)")
        }
        throw .malformed("an item is no object")
    }
}

/// Finds where the values of an object or an array begin and end, and reads none of them.
///
/// What it finds is read strictly afterwards; here it is enough to know strings and brackets. Takes linear time, and
/// no recursion.
struct JSONScanner {
    enum Problem: Error {
        case unexpectedEnd
        case unexpectedByte
        case repeated
    }

    struct Member {
        var name: String
        var value: ArraySlice<UInt8>

        var isNull: Bool { value.elementsEqual("null".utf8) }
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The members of an object that is all there is.
    mutating func members() throws(Problem) -> [Member] {
        var members: [Member] = []
        try enclosed(by: "{", "}") { (scanner: inout Self) throws(Problem) in
            let name = try scanner.value()
            try scanner.expect(":")
            let value = try scanner.value()
            // Names with escapes are none of those we look for.
            members.append(
                Member(name: String(decoding: name.dropFirst().dropLast(), as: UTF8.self), value: value)
            )
        }
        return members
    }

    /// The elements of an array that is all there is.
    static func elements(of bytes: ArraySlice<UInt8>) throws(Problem) -> [ArraySlice<UInt8>] {
        var scanner = Self(bytes)
        var elements: [ArraySlice<UInt8>] = []
        try scanner.enclosed(by: "[", "]") { (scanner: inout Self) throws(Problem) in
            elements.append(try scanner.value())
        }
        return elements
    }

    private mutating func enclosed(
        by opening: Unicode.Scalar,
        _ closing: Unicode.Scalar,
        _ part: (inout Self) throws(Problem) -> Void
    ) throws(Problem) {
        try expect(opening)
        if try peek() == UInt8(ascii: closing) {
            position += 1
        } else {
            while true {
                try part(&self)
                if try peek() == UInt8(ascii: closing) { break }
                try expect(",")
            }
            position += 1
        }
        skipSpace()
        guard position == bytes.endIndex else { throw .unexpectedByte }
    }

    /// Skips one value.
    private mutating func value() throws(Problem) -> ArraySlice<UInt8> {
        let first = try peek()
        let start = position
        var depth = 0
        repeat {
            switch try peek() {
            case UInt8(ascii: "\""):
                try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            default:
                if depth > 0 { position += 1 } else { skipWord() }
            }
        } while depth > 0
        guard depth == 0, position > start, first != UInt8(ascii: "}"), first != UInt8(ascii: "]") else {
            throw .unexpectedByte
        }
        return bytes[start..<position]
    }

    private mutating func skipString() throws(Problem) {
        position += 1
        while position < bytes.endIndex {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        throw .unexpectedEnd
    }

    /// A number, `true`, `false` or `null`: up to what cannot be part of it.
    private mutating func skipWord() {
        while position < bytes.endIndex {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"), 0x20, 0x09, 0x0A,
                0x0D:
                return
            default: position += 1
            }
        }
    }

    private mutating func skipSpace() {
        while position < bytes.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func peek() throws(Problem) -> UInt8 {
        skipSpace()
        guard position < bytes.endIndex else { throw .unexpectedEnd }
        return bytes[position]
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(Problem) {
        guard try peek() == UInt8(ascii: scalar) else { throw .unexpectedByte }
        position += 1
    }
}
