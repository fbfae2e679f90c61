/// Reads protobuf's wire format (encoding of tags and values), field by field.
struct WireReader {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next field; `nil` at the end.
    mutating func next() throws(ProtobufError) -> (number: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        guard let number = Int(exactly: tag >> 3), (1...536_870_911).contains(number) else {
            throw .malformed
        }
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1:
            var value: UInt64 = 0
            for (place, byte) in try take(8).enumerated() { value |= UInt64(byte) << UInt64(8 * place) }
            return (number, .fixed64(value))
        case 2:
            guard let length = Int(exactly: try varint()) else { throw .malformed }
            return (number, .bytes(try take(length)))
        // Groups, and numbers of 32 bits, which no type of Kubernetes has.
        default: throw .malformed
        }
    }

    private mutating func varint() throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = rest.popFirst() else { throw .malformed }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed
    }

    private mutating func take(_ count: Int) throws(ProtobufError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw .malformed }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
