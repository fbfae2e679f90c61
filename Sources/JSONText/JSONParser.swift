extension JSONValue {
    /// Reads one JSON text, strictly by RFC 8259.
    ///
    /// Beyond the grammar it refuses what two readers may understand differently: a repeated name (also one that
    /// is equal only by Unicode normalization, since Swift dictionaries downstream would merge the two), a lone
    /// surrogate, a byte order mark, bytes after the value. Time and memory are linear in the length.
    public init(
        parsing bytes: some Collection<UInt8>,
        limits: JSONLimits = .standard
    ) throws(JSONError) {
        guard bytes.count <= limits.bytes else {
            throw JSONError(.tooLong(limit: limits.bytes), at: limits.bytes)
        }
        var parser = JSONParser(bytes: Array(bytes), depthLimit: limits.depth)
        self = try parser.document()
    }

    /// Reads one JSON text from a string.
    public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(parsing: text.utf8, limits: limits)
    }
}

/// A recursive-descent parser whose recursion is bounded by the depth limit.
struct JSONParser {
    let bytes: [UInt8]
    let depthLimit: Int
    var position = 0
    private var depth = 0

    init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw error(.trailingBytes) }
        return value
    }

    // MARK: Values

    private mutating func value() throws(JSONError) -> JSONValue {
        switch try peek() {
        case UInt8(ascii: "{"): .object(try object())
        case UInt8(ascii: "["): .array(try array())
        case UInt8(ascii: "\""): .string(try string())
        case UInt8(ascii: "t"): try word("true", means: .bool(true))
        case UInt8(ascii: "f"): try word("false", means: .bool(false))
        case UInt8(ascii: "n"): try word("null", means: .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number(try number())
        case let byte: throw error(.unexpectedByte(byte))
        }
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        try descend()
        var members: [JSONObject.Member] = []
        var names: Set<String> = []
        skipSpace()
        if try peek() != UInt8(ascii: "}") {
            repeat {
                skipSpace()
                let start = position
                guard try peek() == UInt8(ascii: "\"") else { throw error(.unexpectedByte(bytes[position])) }
                let name = try string()
                guard names.insert(name).inserted else { throw JSONError(.duplicateName, at: start) }
                skipSpace()
                try expect(UInt8(ascii: ":"))
                skipSpace()
                members.append(JSONObject.Member(name: name, value: try value()))
                skipSpace()
            } while try consumesComma()
        }
        try expect(UInt8(ascii: "}"))
        depth -= 1
        return JSONObject(unchecked: members)
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try descend()
        var elements: [JSONValue] = []
        skipSpace()
        if try peek() != UInt8(ascii: "]") {
            repeat {
                skipSpace()
                elements.append(try value())
                skipSpace()
            } while try consumesComma()
        }
        try expect(UInt8(ascii: "]"))
        depth -= 1
        return elements
    }

    private mutating func word(_ word: String, means value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.utf8 {
            try expect(byte)
        }
        return value
    }

    /// The number's spelling: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let leadingZero = try peek() == UInt8(ascii: "0")
        let whole = skipDigits()
        guard whole > 0, !(leadingZero && whole > 1) else { throw JSONError(.malformedNumber, at: start) }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() > 0 else { throw JSONError(.malformedNumber, at: start) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[position]) {
                position += 1
            }
            guard skipDigits() > 0 else { throw JSONError(.malformedNumber, at: start) }
        }
        return JSONNumber(unchecked: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    // MARK: Steps

    func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason, at: position) }

    func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        return bytes[position]
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        let found = try peek()
        guard found == byte else { throw error(.unexpectedByte(found)) }
        position += 1
    }

    private mutating func consumesComma() throws(JSONError) -> Bool {
        guard try peek() == UInt8(ascii: ",") else { return false }
        position += 1
        return true
    }

    private mutating func descend() throws(JSONError) {
        guard depth < depthLimit else { throw error(.tooDeep(limit: depthLimit)) }
        depth += 1
        position += 1
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Returns how many there were.
    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        return position - start
    }
}
