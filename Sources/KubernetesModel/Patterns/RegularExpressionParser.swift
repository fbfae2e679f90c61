/// What an expression means, before repetitions are written out.
indirect enum RegularExpressionNode {
    case empty
    case scalar(Unicode.Scalar, ignoresCase: Bool)
    case set(ScalarSet)
    case assertion(RegularExpressionAssertion)
    case sequence([RegularExpressionNode])
    case choice([RegularExpressionNode])
    case repetition(RegularExpressionNode, least: Int, most: Int?, isGreedy: Bool)
    case group(RegularExpressionNode, index: Int)

    /// How often the innermost part stands in the program at most: RE2 allows a thousand.
    var copies: Int {
        switch self {
        case .empty, .scalar, .set, .assertion: 1
        case .sequence(let parts), .choice(let parts): parts.map(\.copies).max() ?? 1
        case .group(let inner, _): inner.copies
        case .repetition(let inner, let least, let most, _): inner.copies * max(least, most ?? 0, 1)
        }
    }
}

enum RegularExpressionAssertion {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
}

/// Reads the syntax of RE2 by recursive descent, with bounded depth.
struct RegularExpressionParser {
    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesNewline = false
        var isLazy = false
    }

    private let text: [Unicode.Scalar]
    private let depthLimit: Int
    private var position = 0
    private var flags = Flags()
    private(set) var groupNames: [String?] = [nil]

    init(_ pattern: String, depth: Int) {
        text = Array(pattern.unicodeScalars)
        depthLimit = depth
    }

    mutating func parse() throws(RegularExpressionError) -> (
        node: RegularExpressionNode, groupNames: [String?]
    ) {
        let node = try choice(depth: 0)
        if position < text.count { throw RegularExpressionError(.unexpectedParenthesis, at: string(from: 0)) }
        return (node, groupNames)
    }

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private func string(from start: Int, to end: Int? = nil) -> String {
        var result = String.UnicodeScalarView()
        // Errors quote no more of a pattern than a person reads.
        result.append(contentsOf: text[start..<max(start, end ?? text.count)].prefix(200))
        return String(result)
    }

    private func looking(at words: String, offset: Int = 0) -> Bool {
        text.dropFirst(position + offset).starts(with: words.unicodeScalars)
    }

    // MARK: - Structure

    private mutating func choice(depth: Int) throws(RegularExpressionError) -> RegularExpressionNode {
        guard depth <= depthLimit else { throw RegularExpressionError(.tooDeep, at: string(from: 0)) }
        // Flags that are set in a group end with it.
        let outer = flags
        defer { flags = outer }
        var choices: [RegularExpressionNode] = []
        while true {
            choices.append(try sequence(depth: depth))
            guard next == "|" else { break }
            position += 1
        }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func sequence(depth: Int) throws(RegularExpressionError) -> RegularExpressionNode {
        var parts: [RegularExpressionNode] = []
        var repeatedFrom: Int?
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = position
            if let (least, most) = try repetitionOperator() {
                if let repeatedFrom {
                    let part = string(from: repeatedFrom, to: position)
                    throw RegularExpressionError(.nestedRepetition, at: part)
                }
                guard let last = parts.popLast() else {
                    throw RegularExpressionError(.nothingToRepeat, at: string(from: start, to: position))
                }
                var isGreedy = !flags.isLazy
                if next == "?" {
                    position += 1
                    isGreedy.toggle()
                }
                let repetition = RegularExpressionNode.repetition(
                    last,
                    least: least,
                    most: most,
                    isGreedy: isGreedy
                )
                guard max(least, most ?? 0) < 2 || repetition.copies <= 1000 else {
                    throw RegularExpressionError(.badRepeatCount, at: string(from: start, to: position))
                }
                parts.append(repetition)
                repeatedFrom = start
                continue
            }
            repeatedFrom = nil
            if looking(at: "\\Q") {
                position += 2
                while position < text.count, !looking(at: "\\E") {
                    parts.append(.scalar(text[position], ignoresCase: flags.ignoresCase))
                    position += 1
                }
                position = min(position + 2, text.count)
            } else if let node = try atom(depth: depth) {
                parts.append(node)
            }
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    /// Reads `*`, `+`, `?` or `{2,3}`; `nil` when none stands here.
    private mutating func repetitionOperator() throws(RegularExpressionError) -> (least: Int, most: Int?)? {
        switch next {
        case "*":
            position += 1
            return (0, nil)
        case "+":
            position += 1
            return (1, nil)
        case "?":
            position += 1
            return (0, 1)
        case "{": break
        default: return nil
        }
        // Braces that hold no counts stand for themselves.
        let start = position
        position += 1
        guard let least = count() else {
            position = start
            return nil
        }
        var most: Int? = least
        if next == "," {
            position += 1
            most = next == "}" ? nil : count()
            if most == nil, next != "}" {
                position = start
                return nil
            }
        }
        guard next == "}" else {
            position = start
            return nil
        }
        position += 1
        guard least <= 1000, (most ?? 0) <= 1000, least <= most ?? least else {
            throw RegularExpressionError(.badRepeatCount, at: string(from: start, to: position))
        }
        return (least, most)
    }

    /// Digits, without a zero in front; what is far too large stays far too large.
    private mutating func count() -> Int? {
        let start = position
        var value = 0
        while let digit = next, ("0"..."9").contains(digit) {
            value = min(value * 10 + Int(digit.value - 48), 1_000_000)
            position += 1
        }
        if position == start || (text[start] == "0" && position > start + 1) { return nil }
        return value
    }

    private mutating func atom(depth: Int) throws(RegularExpressionError) -> RegularExpressionNode? {
        guard let scalar = next else { return nil }
        switch scalar {
        case "(": return try group(depth: depth)
        case "[": return .set(try bracket())
        case ".":
            position += 1
            return .set(flags.dotMatchesNewline ? Self.anything : Self.anythingButNewline)
        case "^":
            position += 1
            return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$":
            position += 1
            return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "\\": return try escape()
        default:
            position += 1
            return .scalar(scalar, ignoresCase: flags.ignoresCase)
        }
    }

    private static let anything = made([0...0x10FFFF])
    private static let anythingButNewline = made([0...9, 11...0x10FFFF])

    private static func made(_ ranges: [ClosedRange<UInt32>]) -> ScalarSet {
        var set = ScalarSet(ranges)
        set.normalize()
        return set
    }

    // MARK: - Groups

    private mutating func group(depth: Int) throws(RegularExpressionError) -> RegularExpressionNode? {
        let start = position
        if looking(at: "(?<=") || looking(at: "(?<!") {
            throw RegularExpressionError(.unsupported, at: "(?<")
        }
        if looking(at: "(?P<") || looking(at: "(?<") {
            position += looking(at: "(?P<") ? 4 : 3
            guard let end = text[position...].firstIndex(of: ">") else {
                throw RegularExpressionError(.badNamedGroup, at: string(from: start))
            }
            let name = string(from: position, to: end)
            let isWord = name.unicodeScalars.allSatisfy { $0.isASCII && Self.isWord($0) }
            guard !name.isEmpty, isWord, !groupNames.contains(name) else {
                throw RegularExpressionError(.badNamedGroup, at: string(from: start, to: end + 1))
            }
            position = end + 1
            return try capture(named: name, depth: depth)
        }
        if looking(at: "(?") { return try flagGroup(depth: depth) }
        position += 1
        return try capture(named: nil, depth: depth)
    }

    private mutating func capture(named name: String?, depth: Int) throws(RegularExpressionError)
        -> RegularExpressionNode
    {
        let index = groupNames.count
        groupNames.append(name)
        let inner = try choice(depth: depth + 1)
        try closeGroup()
        return .group(inner, index: index)
    }

    private mutating func closeGroup() throws(RegularExpressionError) {
        guard next == ")" else { throw RegularExpressionError(.missingParenthesis, at: string(from: 0)) }
        position += 1
    }

    /// Reads `(?i)`, which holds until the group around it ends, or `(?i:…)`, or `(?:…)`.
    private mutating func flagGroup(depth: Int) throws(RegularExpressionError) -> RegularExpressionNode? {
        let start = position
        position += 2
        var changed = flags
        var sets = true
        var sawFlag = false
        while let scalar = next {
            position += 1
            switch scalar {
            case "i": changed.ignoresCase = sets
            case "m": changed.isMultiline = sets
            case "s": changed.dotMatchesNewline = sets
            case "U": changed.isLazy = sets
            case "-" where sets:
                sets = false
                sawFlag = false
                continue
            case ")" where sawFlag:
                flags = changed
                return nil
            case ":" where sawFlag || sets:
                let outer = flags
                flags = changed
                let inner = try choice(depth: depth + 1)
                flags = outer
                try closeGroup()
                return inner
            default:
                throw RegularExpressionError(.unsupported, at: string(from: start, to: position))
            }
            sawFlag = true
        }
        throw RegularExpressionError(.missingParenthesis, at: string(from: 0))
    }

    // MARK: - Escapes

    private mutating func escape() throws(RegularExpressionError) -> RegularExpressionNode {
        let start = position
        guard position + 1 < text.count else { throw RegularExpressionError(.trailingBackslash, at: "") }
        let letter = text[position + 1]
        let assertion: RegularExpressionAssertion? =
            switch letter {
            case "A": .textStart
            case "z": .textEnd
            case "b": .wordBoundary
            case "B": .noWordBoundary
            default: nil
            }
        if let assertion {
            position += 2
            return .assertion(assertion)
        }
        if let (named, isNegated) = try namedSet() {
            var set = ScalarSet()
            set.insert(named, negated: isNegated)
            set.ignoresCase = flags.ignoresCase
            set.normalize()
            return .set(set)
        }
        position = start
        return .scalar(try escapedScalar(), ignoresCase: flags.ignoresCase)
    }

    /// Reads `\d`, `\W`, `\pL`, `\p{^Lu}` and the like; `nil` when none stands here.
    private mutating func namedSet() throws(RegularExpressionError) -> (set: NamedScalars, isNegated: Bool)? {
        guard next == "\\", position + 1 < text.count else { return nil }
        let start = position
        let letter = text[position + 1]
        if letter == "p" || letter == "P" {
            position += 2
            var isNegated = letter == "P"
            var name = ""
            if next == "{", let end = text[position...].firstIndex(of: "}") {
                name = string(from: position + 1, to: end)
                position = end + 1
                if name.hasPrefix("^") {
                    name.removeFirst()
                    isNegated.toggle()
                }
            } else if let single = next, single != "{" {
                name = String(Character(single))
                position += 1
            }
            guard let set = NamedScalars.unicode(name) else {
                throw RegularExpressionError(.badClassRange, at: string(from: start, to: position))
            }
            return (set, isNegated)
        }
        let lower = Unicode.Scalar(letter.value | 0x20) ?? letter
        guard letter.isASCII, let set = NamedScalars.perl(lower) else { return nil }
        position += 2
        return (set, letter != lower)
    }

    private mutating func escapedScalar() throws(RegularExpressionError) -> Unicode.Scalar {
        let start = position
        position += 1
        guard let letter = next else { throw RegularExpressionError(.trailingBackslash, at: "") }
        position += 1
        switch letter {
        case "a": return "\u{7}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{B}"
        case "x": if let scalar = hexadecimal() { return scalar }
        case "0"..."7":
            // A single digit that is not zero would refer back.
            var value = letter.value - 48
            var digits = 1
            while digits < 3, let digit = next, ("0"..."7").contains(digit) {
                value = value * 8 + digit.value - 48
                position += 1
                digits += 1
            }
            if letter == "0" || digits > 1, let scalar = Unicode.Scalar(value) { return scalar }
        default:
            if letter.isASCII, letter == "_" || !Self.isWord(letter) { return letter }
        }
        throw RegularExpressionError(.badEscape, at: string(from: start, to: position))
    }

    private mutating func hexadecimal() -> Unicode.Scalar? {
        let isBraced = next == "{"
        if isBraced { position += 1 }
        var value: UInt32 = 0
        var digits = 0
        while digits < (isBraced ? 8 : 2), let scalar = next, let digit = Character(scalar).hexDigitValue,
            scalar.isASCII
        {
            value = min(value * 16 + UInt32(digit), 0x11_0000)
            position += 1
            digits += 1
        }
        if isBraced {
            guard next == "}", digits > 0 else { return nil }
            position += 1
        } else if digits != 2 {
            return nil
        }
        return Unicode.Scalar(value)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    // MARK: - Sets

    private mutating func bracket() throws(RegularExpressionError) -> ScalarSet {
        let start = position
        position += 1
        var set = ScalarSet()
        set.ignoresCase = flags.ignoresCase
        if next == "^" {
            set.isNegated = true
            position += 1
        }
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            if looking(at: "[:"), let end = posixEnd() {
                var name = string(from: position + 2, to: end)
                let isNegated = name.hasPrefix("^")
                if isNegated { name.removeFirst() }
                guard let named = NamedScalars.posix(name) else {
                    throw RegularExpressionError(.badClassRange, at: string(from: position, to: end + 2))
                }
                set.insert(named, negated: isNegated)
                position = end + 2
                continue
            }
            if let (named, isNegated) = try namedSet() {
                set.insert(named, negated: isNegated)
                continue
            }
            let itemStart = position
            let low = try member(bracket: start)
            var high = low
            if next == "-", position + 1 < text.count, text[position + 1] != "]" {
                position += 1
                high = try member(bracket: start)
            }
            guard low.value <= high.value else {
                throw RegularExpressionError(.badClassRange, at: string(from: itemStart, to: position))
            }
            set.insert(low.value...high.value)
        }
        guard next == "]" else { throw RegularExpressionError(.missingBracket, at: string(from: start)) }
        position += 1
        set.normalize()
        return set
    }

    private func posixEnd() -> Int? {
        var end = position + 2
        while end + 1 < text.count, text[end] != "]" {
            if text[end] == ":", text[end + 1] == "]" { return end }
            end += 1
        }
        return nil
    }

    private mutating func member(bracket start: Int) throws(RegularExpressionError) -> Unicode.Scalar {
        guard let scalar = next else {
            throw RegularExpressionError(.missingBracket, at: string(from: start))
        }
        if scalar == "\\" { return try escapedScalar() }
        position += 1
        return scalar
    }
}
