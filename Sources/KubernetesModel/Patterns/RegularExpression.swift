/// A regular expression in the syntax of RE2, which `pattern` of schemas is written in, matched in linear time.
///
/// All ways to match are followed at once (Thompson; Pike), so that no pattern and no text makes it slow: the time is
/// at most the length of the text times the size of the program, and the size is bounded. There are no back
/// references and no assertions that look around; the parser refuses both. It works on Unicode scalars. Of several
/// matches it finds the leftmost, and of those the one that Perl would find.
public struct RegularExpression: Sendable {
    /// What an expression may be at most.
    public struct Limits: Sendable {
        public var bytes = 65_536
        public var depth = 200
        /// Instructions, after repetitions are written out.
        public var instructions = 20_000

        public init() {}
    }

    public let pattern: String
    let program: RegularExpressionProgram

    public init(
        parsing pattern: String,
        limits: Limits = Limits()
    ) throws(RegularExpressionError) {
        guard pattern.utf8.count <= limits.bytes else {
            throw RegularExpressionError(.tooLarge, at: pattern.prefix(16))
        }
        var parser = RegularExpressionParser(pattern, depth: limits.depth)
        let parsed = try parser.parse()
        self.pattern = pattern
        program = try RegularExpressionProgram(parsed, pattern: pattern, limit: limits.instructions)
    }

    /// How much work a scalar of a text may be.
    public var instructionCount: Int { program.instructions.count }

    /// Whether the text has a match anywhere, as `pattern` of a schema asks.
    public func matches(_ text: some StringProtocol) -> Bool {
        var machine = RegularExpressionMachine(program, keepsCaptures: false)
        return machine.search(text.unicodeScalars, from: text.startIndex) != nil
    }

    /// The leftmost match that begins at `start` or behind it: where it is, then where its groups are.
    ///
    /// What stands before `start` still counts for `^` and `\b`.
    public func firstMatch<Text: StringProtocol>(
        in text: Text,
        from start: String.Index? = nil
    ) -> [Range<String.Index>?]? {
        var machine = RegularExpressionMachine(program, keepsCaptures: true)
        return machine.search(text.unicodeScalars, from: start ?? text.startIndex)
    }

    /// The names of groups; `nil` for those without, the first of which is the whole match.
    public var groupNames: [String?] { program.groupNames }
}

/// Why a text is no regular expression, in the words that RE2's users know.
public struct RegularExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Hashable, Sendable {
        case badClassRange = "invalid character class range"
        case badEscape = "invalid escape sequence"
        case badNamedGroup = "invalid named capture"
        case unsupported = "invalid or unsupported Perl syntax"
        case nestedRepetition = "invalid nested repetition operator"
        case badRepeatCount = "invalid repeat count"
        case missingBracket = "missing closing ]"
        case missingParenthesis = "missing closing )"
        case nothingToRepeat = "missing argument to repetition operator"
        case trailingBackslash = "trailing backslash at end of expression"
        case unexpectedParenthesis = "unexpected )"
        case tooDeep = "expression nests too deeply"
        case tooLarge = "expression too large"
    }

    public var reason: Reason
    /// The part that is wrong.
    public var part: String

    init(_ reason: Reason, at part: some StringProtocol) {
        self.reason = reason
        self.part = String(part)
    }

    public var description: String {
        let words = "error parsing regexp: \(reason.rawValue)"
        return part.isEmpty ? words : "\(words): `\(part)`"
    }
}
