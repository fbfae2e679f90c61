extension LabelSelector {
    /// How many bytes of text are looked at; a query is shorter.
    private static let textLimit = 1 << 16

    /// Reads what clients write as `labelSelector`, such as `app=web,tier in (a,b),!legacy,size>3`.
    ///
    /// As in Kubernetes, `=` and `==` are one, `!=` and `notin` also select objects without the label, and an empty
    /// text selects everything.
    public init(parsing text: String) throws(SelectorError) {
        guard text.utf8.count <= Self.textLimit else {
            throw SelectorError("a label selector has at most \(Self.textLimit) bytes")
        }
        var parser = LabelSelectorParser(text)
        self.init(matchExpressions: try parser.requirements())
    }

    /// The shortest text that means the same, with labels in order.
    public var text: String {
        let exact = matchLabels.map { Requirement.isIn($0.key, [$0.value]) }
        return (exact + matchExpressions).sorted { $0.key < $1.key }.map(\.text).joined(separator: ",")
    }

    /// The value that a label must have, when the selector asks for one.
    public func requiredValue(of key: String) -> String? {
        if let value = matchLabels[key] { return value }
        for case .isIn(key, let values) in matchExpressions where values.count == 1 { return values[0] }
        return nil
    }
}

extension LabelSelector.Requirement {
    public var key: String {
        switch self {
        case .isIn(let key, _), .isNotIn(let key, _), .exists(let key), .doesNotExist(let key),
            .isGreater(let key, _), .isLess(let key, _):
            key
        }
    }

    var text: String {
        switch self {
        case .isIn(let key, let values) where values.count == 1: "\(key)=\(values[0])"
        case .isIn(let key, let values): "\(key) in (\(values.sorted().joined(separator: ",")))"
        case .isNotIn(let key, let values) where values.count == 1: "\(key)!=\(values[0])"
        case .isNotIn(let key, let values): "\(key) notin (\(values.sorted().joined(separator: ",")))"
        case .exists(let key): key
        case .doesNotExist(let key): "!\(key)"
        case .isGreater(let key, let bound): "\(key)>\(bound)"
        case .isLess(let key, let bound): "\(key)<\(bound)"
        }
    }
}

/// Reads requirements one after the other; which words are operators depends on the place.
private struct LabelSelectorParser {
    private enum Token: Equatable {
        case end
        case word(String)
        case symbol(String)

        var text: String {
            switch self {
            case .end: ""
            case .word(let text), .symbol(let text): text
            }
        }
    }

    private var tokens: [Token] = []
    private var position = 0

    init(_ text: String) {
        var rest = text.utf8[...]
        while let byte = rest.first {
            if Self.isSpace(byte) {
                rest.removeFirst()
            } else if Self.isSymbol(byte) {
                let two = ["==", "!="].first { rest.starts(with: $0.utf8) }
                let symbol = two ?? String(Substring(rest.prefix(1)))
                tokens.append(.symbol(symbol))
                rest = rest.dropFirst(symbol.utf8.count)
            } else {
                let word = rest.prefix { !Self.isSpace($0) && !Self.isSymbol($0) }
                tokens.append(.word(String(Substring(word))))
                rest = rest.dropFirst(word.count)
            }
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D, 0x0A].contains(byte) }

    private static func isSymbol(_ byte: UInt8) -> Bool { "=!(),><".utf8.contains(byte) }

    private var next: Token { position < tokens.count ? tokens[position] : .end }

    private mutating func take() -> Token {
        defer { position += 1 }
        return next
    }

    mutating func requirements() throws(SelectorError) -> [LabelSelector.Requirement] {
        var requirements: [LabelSelector.Requirement] = []
        while next != .end {
            guard isStart(next) else {
                throw Self.found(next, "expected: !, identifier, or 'end of string'")
            }
            do throws(SelectorError) {
                requirements.append(try requirement())
            } catch {
                throw SelectorError("unable to parse requirement: \(error)")
            }
            let separator = take()
            guard separator != .end else { break }
            guard separator == .symbol(",") else {
                throw Self.found(separator, "expected: ',' or 'end of string'")
            }
            guard isStart(next) else { throw Self.found(next, "expected: identifier after ','") }
        }
        return requirements
    }

    private func isStart(_ token: Token) -> Bool {
        if case .word = token { true } else { token == .symbol("!") }
    }

    private mutating func requirement() throws(SelectorError) -> LabelSelector.Requirement {
        let isNegated = next == .symbol("!")
        if isNegated { position += 1 }
        guard case .word(let key) = next else { throw Self.found(next, "expected: identifier") }
        position += 1
        let reasons = LabelRule.qualifiedName(key)
        guard reasons.isEmpty else { throw .invalid("<nil>", key, reasons) }
        if isNegated { return .doesNotExist(key) }
        if next == .end || next == .symbol(",") { return .exists(key) }

        let operation = take()
        switch operation {
        case .word("in"): return .isIn(key, try values(of: key))
        case .word("notin"): return .isNotIn(key, try values(of: key))
        case .symbol("="), .symbol("=="): return .isIn(key, [try value(of: key)])
        case .symbol("!="): return .isNotIn(key, [try value(of: key)])
        case .symbol(">"): return .isGreater(key, than: try bound(of: key))
        case .symbol("<"): return .isLess(key, than: try bound(of: key))
        default: throw Self.found(operation, "expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    /// Nothing where the text or the requirement ends is the empty value.
    private mutating func value(of key: String) throws(SelectorError) -> String {
        guard next != .end, next != .symbol(",") else { return "" }
        let token = take()
        guard case .word(let value) = token else { throw Self.found(token, "expected: identifier") }
        return try Self.checked([value], of: key)[0]
    }

    private mutating func bound(of key: String) throws(SelectorError) -> Int64 {
        let text = try value(of: key)
        guard let bound = Int64(text) else {
            throw .invalid("values[0]", text, ["for 'Gt', 'Lt' operators, the value must be an integer"])
        }
        return bound
    }

    /// A list in parentheses, sorted and without repetition; two commas, or none, hold an empty value.
    private mutating func values(of key: String) throws(SelectorError) -> [String] {
        let open = take()
        guard open == .symbol("(") else {
            throw SelectorError("found '\(Spelling.clean(open.text))' expected: '('")
        }
        var values: Set<String> = []
        while true {
            if case .word(let value) = next {
                position += 1
                values.insert(value)
            } else {
                guard next == .symbol(",") || next == .symbol(")") else {
                    throw Self.found(next, "expected: ',', ')' or identifier")
                }
                values.insert("")
            }
            let separator = take()
            if separator == .symbol(")") { break }
            guard separator == .symbol(",") else { throw Self.found(separator, "expected: ',' or ')'") }
        }
        return try Self.checked(values.sorted(), of: key)
    }

    private static func checked(_ values: [String], of key: String) throws(SelectorError) -> [String] {
        for (index, value) in values.enumerated() {
            let reasons = LabelRule.labelValue(value)
            guard reasons.isEmpty else { throw .invalid("values[\(index)][\(key)]", value, reasons) }
        }
        return values
    }

    private static func found(_ token: Token, _ expectation: String) -> SelectorError {
        SelectorError("found '\(Spelling.clean(token.text))', \(expectation)")
    }
}
