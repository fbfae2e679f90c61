import JSONText

/// A message that JSON writes as a single value: a time, a quantity, a number or a string.
struct ProtobufScalars {
    private var values: [Int: WireReader.Value] = [:]

    init(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
        var reader = WireReader(bytes)
        while let (number, value) = try reader.next() { values[number] = value }
    }

    /// Empty when the field is absent.
    func text(_ number: Int) throws(ProtobufError) -> ArraySlice<UInt8> {
        switch values[number] {
        case .bytes(let bytes): return bytes
        case nil: return []
        case .varint, .fixed64: throw .malformed
        }
    }

    func integer(_ number: Int) throws(ProtobufError) -> Int64 {
        switch values[number] {
        case .varint(let value): return Int64(bitPattern: value)
        case nil: return 0
        case .bytes, .fixed64: throw .malformed
        }
    }

    func append(_ code: ProtobufTypes.Code, to text: inout [UInt8]) throws(ProtobufError) {
        switch code {
        case .time, .microTime:
            let micros = try integer(2) / 1000
            guard (0..<1_000_000).contains(micros) else { throw .malformed }
            let (scaled, overflow) = try integer(1).multipliedReportingOverflow(by: 1_000_000)
            let (sum, overflowOfSum) = scaled.addingReportingOverflow(code == .time ? 0 : micros)
            guard !overflow, !overflowOfSum, let time = Timestamp(microseconds: sum) else { throw .malformed }
            text.append(jsonString: code == .time ? time.description : time.microTime)
        case .duration:
            // As Go writes it, in the one unit that is always exact.
            text.append(jsonString: "\(try integer(1))ns")
        case .quantity: text.append(jsonString: try ProtobufObject.string(try self.text(1)))
        case .intOrString:
            if try integer(1) == 0 {
                text += "\(try integer(2))".utf8
            } else {
                text.append(jsonString: try ProtobufObject.string(try self.text(3)))
            }
        case .string, .integer, .boolean, .double, .bytes, .json, .message: throw .malformed
        }
    }
}
