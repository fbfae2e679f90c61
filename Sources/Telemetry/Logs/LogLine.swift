import Authorization
import JSONText
import Logging

/// One event, laid out.
struct LogLine {
    var time: UTCTime
    var level: Logger.Level
    var label: String
    var message: String
    var metadata: Logger.Metadata

    /// In bytes of a message or of one value of the metadata.
    static let longestText = 4096
    static let mostEntries = 32
    static let deepest = 4

    /// `{"time":…,"level":…,"logger":…,"message":…,"metadata":{…}}` and a newline.
    var json: [UInt8] {
        var object: JSONObject = [
            "time": .string(time.description),
            "level": .string(level.rawValue),
            "logger": .string(label),
            "message": .string(Self.cut(message)),
        ]
        if !metadata.isEmpty { object["metadata"] = Self.value(.dictionary(metadata), depth: 0) }
        return JSONValue.object(object).bytes() + [UInt8(ascii: "\n")]
    }

    /// `2026-11-21T02:03:04.005006007Z WARNING proxy: message key=value` and a newline.
    var text: [UInt8] {
        var line = "\(time) \(level.rawValue.uppercased()) \(Self.printable(label)): "
        line += Self.printable(Self.cut(message))
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }).prefix(Self.mostEntries) {
            line += " \(Self.printable(Self.cut(name)))=\(Self.word(Self.value(value, depth: 0)))"
        }
        return Array(line.utf8) + [UInt8(ascii: "\n")]
    }

    private static func value(_ value: Logger.MetadataValue, depth: Int) -> JSONValue {
        switch value {
        case .string(let text): return .string(cut(text))
        case .stringConvertible(let something): return .string(cut(something.description))
        case .array, .dictionary: break
        }
        guard depth < deepest else { return "…" }
        switch value {
        case .array(let elements):
            return .array(elements.prefix(mostEntries).map { self.value($0, depth: depth + 1) })
        case .dictionary(let entries):
            let sorted = entries.sorted { $0.key < $1.key }.prefix(mostEntries)
            return .object(JSONObject(sorted.map { (cut($0.key), self.value($0.value, depth: depth + 1)) }))
        case .string, .stringConvertible:
            return .null
        }
    }

    /// The text, or as much of it as fits and how much was cut.
    static func cut(_ text: String) -> String {
        let count = text.utf8.count
        guard count > longestText else { return text }
        // A character that the cut splits decodes to U+FFFD.
        return String(decoding: text.utf8.prefix(longestText), as: UTF8.self) + "… (\(count) bytes)"
    }

    /// A value as one word: bare when it can be, else as JSON.
    private static func word(_ value: JSONValue) -> String {
        guard case .string(let text) = value, !text.isEmpty, text.utf8.allSatisfy(isBare) else {
            return value.text()
        }
        return text
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
    }

    /// The text with control characters escaped as JSON does, and without its quotes.
    private static func printable(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return text }
        var bytes: [UInt8] = []
        bytes.append(jsonString: text)
        return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}
