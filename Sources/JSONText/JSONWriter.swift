/// How a value is laid out.
public enum JSONLayout: Sendable {
    /// No space at all: one line.
    case compact
    /// Two spaces per level, for people.
    case pretty
}

extension JSONValue {
    public func text(_ layout: JSONLayout = .compact) -> String {
        String(decoding: bytes(layout), as: UTF8.self)
    }

    public func bytes(_ layout: JSONLayout = .compact) -> [UInt8] {
        var output: [UInt8] = []
        append(to: &output, layout)
        return output
    }

    /// Appends the value's text; what is there already stays.
    public func append(to output: inout [UInt8], _ layout: JSONLayout = .compact) {
        write(to: &output, layout, level: 0)
    }

    private func write(to output: inout [UInt8], _ layout: JSONLayout, level: Int) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .number(let value): output += value.text.utf8
        case .string(let value): output.append(jsonString: value)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                Self.separate(index, &output, layout, level: level + 1)
                element.write(to: &output, layout, level: level + 1)
            }
            Self.close(UInt8(ascii: "]"), isEmpty: elements.isEmpty, &output, layout, level: level)
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                Self.separate(index, &output, layout, level: level + 1)
                output.append(jsonString: member.name)
                output += (layout == .pretty ? ": " : ":").utf8
                member.value.write(to: &output, layout, level: level + 1)
            }
            Self.close(UInt8(ascii: "}"), isEmpty: object.isEmpty, &output, layout, level: level)
        }
    }

    private static func separate(_ index: Int, _ output: inout [UInt8], _ layout: JSONLayout, level: Int) {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        if layout == .pretty { startLine(&output, level: level) }
    }

    private static func close(
        _ bracket: UInt8,
        isEmpty: Bool,
        _ output: inout [UInt8],
        _ layout: JSONLayout,
        level: Int
    ) {
        if layout == .pretty, !isEmpty { startLine(&output, level: level) }
        output.append(bracket)
    }

    private static func startLine(_ output: inout [UInt8], level: Int) {
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
    }
}

extension Array<UInt8> {
    /// Appends a text as a JSON string, quotes included.
    ///
    /// Escapes what RFC 8259, section 7, demands, and what would act on a terminal or end a line in one reader
    /// and not in another: DEL, the C1 controls (U+0080 to U+009F), U+2028 and U+2029.
    public mutating func append(jsonString text: String) {
        append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: self += "\\\"".utf8
            case 0x5C: self += "\\\\".utf8
            case 0x08: self += "\\b".utf8
            case 0x09: self += "\\t".utf8
            case 0x0A: self += "\\n".utf8
            case 0x0C: self += "\\f".utf8
            case 0x0D: self += "\\r".utf8
            case 0x00..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
                let digits = String(scalar.value, radix: 16)
                self += "\\u".utf8
                append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
                self += digits.utf8
            default:
                if let encoded = UTF8.encode(scalar) { append(contentsOf: encoded) }
            }
        }
        append(UInt8(ascii: "\""))
    }
}
