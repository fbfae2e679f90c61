import Synchronization

/// The fields of Kubernetes' built-in types as protobuf has them, and what they become in JSON.
///
/// Each line of the table is a type and its fields, `NUMBER:NAME:CODE`. A code is one of
///
/// | Code      | On the wire                                | In JSON                                  |
/// |-----------|--------------------------------------------|------------------------------------------|
/// | `s i b d` | string, varint, varint, 64 bits            | string, integer, boolean, number         |
/// | `y`       | bytes                                      | base 64                                  |
/// | `T U D`   | seconds and nanoseconds                    | time, time with microseconds, duration   |
/// | `Q I R`   | Quantity, IntOrString, JSON text           | string, integer or string, that text     |
/// | a name    | a message, of the same package without dot | an object                                |
///
/// after `[` for a list, `{` for a map from strings, `~` for a message whose fields stand in the object around it, and `*`
/// for a scalar that is also written when it is zero. A type with `L` alone is a list that protobuf wraps.
final class ProtobufTypes: Sendable {
    enum Code: Hashable, Sendable {
        case string, integer, boolean, double, bytes, time, microTime, duration, quantity, intOrString, json
        case message(String)
    }

    enum Shape: Hashable, Sendable {
        case single, list, map, inline
    }

    struct Field: Sendable {
        var name: String
        var code: Code
        var shape: Shape
        var isWrittenWhenZero: Bool
    }

    enum Message: Sendable {
        case fields([Int: Field])
        case wrappedList
    }

    static let builtIn = ProtobufTypes(protobufFields)

    /// Where each type's line begins in the table; a line is read when its type is needed.
    private let lines: [String: Substring]
    private let known = Mutex<[String: Message]>([:])

    private init(_ table: StaticString) {
        let text = table.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        var lines: [String: Substring] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            lines[String(parts[0])] = parts.count > 1 ? parts[1] : ""
        }
        self.lines = lines
    }

    /// `nil` for a type that is not known.
    func message(_ name: String) -> Message? {
        if let message = known.withLock({ $0[name] }) { return message }
        guard let message = read(name) else { return nil }
        known.withLock { $0[name] = message }
        return message
    }

    private func read(_ name: String) -> Message? {
        guard let line = lines[name] else { return nil }
        if line == "L" { return .wrappedList }
        let package = name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex)
        var fields: [Int: Field] = [:]
        for word in line.split(separator: " ") {
            let parts = word.split(separator: ":", maxSplits: 2)
            guard parts.count == 3, let number = Int(parts[0]) else { continue }
            fields[number] = Self.field(String(parts[1]), parts[2], package)
        }
        return .fields(fields)
    }

    private static func field(_ name: String, _ text: Substring, _ package: Substring) -> Field {
        var code = text
        var field = Field(name: name, code: .string, shape: .single, isWrittenWhenZero: false)
        switch code.first {
        case "[": field.shape = .list
        case "{": field.shape = .map
        case "~": field.shape = .inline
        case "*": field.isWrittenWhenZero = true
        default: code = "-" + code
        }
        code = code.dropFirst()
        field.code =
            switch code {
            case "s": .string
            case "i": .integer
            case "b": .boolean
            case "d": .double
            case "y": .bytes
            case "T": .time
            case "U": .microTime
            case "D": .duration
            case "Q": .quantity
            case "I": .intOrString
            case "R": .json
            default: .message(code.contains(".") ? String(code) : "\(package).\(code)")
            }
        return field
    }
}
