/// A condition on fields' values, such as `metadata.name=web,status.phase!=Running`; empty selects everything.
///
/// Which fields a kind can be selected by is for the kind to say.
public struct FieldSelector: Hashable, Sendable {
    public struct Requirement: Hashable, Sendable {
        public var field: String
        public var value: String
        public var isEqual: Bool

        public init(_ field: String, isEqual: Bool = true, to value: String) {
            self.field = field
            self.isEqual = isEqual
            self.value = value
        }
    }

    private static let textLimit = 1 << 16

    public var requirements: [Requirement]

    public init(_ requirements: [Requirement] = []) {
        self.requirements = requirements
    }

    public static let everything = FieldSelector()

    public var isEverything: Bool { requirements.isEmpty }

    /// Reads what clients write as `fieldSelector`; in values a backslash stands before `,`, `=` and `\`.
    public init(parsing text: String) throws(SelectorError) {
        guard text.utf8.count <= Self.textLimit else {
            throw SelectorError("a field selector has at most \(Self.textLimit) bytes")
        }
        requirements = []
        for term in Self.terms(text) where !term.isEmpty {
            guard let place = Self.place(in: term) else {
                throw SelectorError(
                    "invalid selector: '\(Spelling.clean(text))'; can't understand "
                        + "'\(Spelling.clean(Substring(term)))'"
                )
            }
            let field = String(Substring(term[..<place.start]))
            let value = try Self.unescaped(term[place.end...])
            requirements.append(Requirement(field, isEqual: place.isEqual, to: value))
        }
    }

    /// A field that is absent is an empty one.
    public func matches(_ fields: [String: String]) -> Bool {
        requirements.allSatisfy { (fields[$0.field] ?? "" == $0.value) == $0.isEqual }
    }

    /// The value that a field must have, when the selector asks for one.
    public func requiredValue(of field: String) -> String? {
        requirements.first { $0.isEqual && $0.field == field }?.value
    }

    /// The text that reads back as this selector.
    public var text: String {
        requirements.map { requirement in
            requirement.field + (requirement.isEqual ? "=" : "!=") + Self.escaped(requirement.value)
        }.joined(separator: ",")
    }

    // MARK: Reading

    private static let backslash = UInt8(ascii: "\\")

    private static func terms(_ text: String) -> [Substring.UTF8View] {
        var terms: [Substring.UTF8View] = []
        let bytes = text.utf8[...]
        var start = bytes.startIndex
        var isEscaped = false
        for index in bytes.indices {
            if isEscaped {
                isEscaped = false
            } else if bytes[index] == backslash {
                isEscaped = true
            } else if bytes[index] == UInt8(ascii: ",") {
                terms.append(bytes[start..<index])
                start = bytes.index(after: index)
            }
        }
        return terms + [bytes[start...]]
    }

    private static func place(
        in term: Substring.UTF8View
    ) -> (start: Substring.Index, end: Substring.Index, isEqual: Bool)? {
        for index in term.indices {
            for (sign, isEqual) in [("!=", false), ("==", true), ("=", true)]
            where term[index...].starts(with: sign.utf8) {
                return (index, term.index(index, offsetBy: sign.utf8.count), isEqual)
            }
        }
        return nil
    }

    private static func unescaped(_ text: Substring.UTF8View) throws(SelectorError) -> String {
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in text {
            switch (isEscaped, byte) {
            case (false, backslash): isEscaped = true
            case (false, UInt8(ascii: ",")), (false, UInt8(ascii: "=")):
                throw SelectorError(
                    "invalid field selector: unescaped character in value: \(byte)"
                )
            case (false, _): bytes.append(byte)
            case (true, backslash), (true, UInt8(ascii: ",")), (true, UInt8(ascii: "=")):
                bytes.append(byte)
                isEscaped = false
            case (true, _):
                throw SelectorError(
                    "invalid field selector: invalid escape sequence: "
                        + Spelling.clean("\\" + String(decoding: [byte], as: UTF8.self))
                )
            }
        }
        guard !isEscaped else {
            throw SelectorError("invalid field selector: invalid escape sequence: \\")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escaped(_ value: String) -> String {
        var bytes: [UInt8] = []
        for byte in value.utf8 {
            if byte == backslash || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "=") {
                bytes.append(backslash)
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
