/// The scalars that one place of a regular expression accepts.
struct ScalarSet: Sendable {
    /// Sorted, and apart from each other, once `normalize` has run.
    private(set) var ranges: [ClosedRange<UInt32>] = []
    /// Unicode's general categories, and whether the set has those in them or all others.
    private var categories: [(set: Set<Unicode.GeneralCategory>, isNegated: Bool)] = []
    var isNegated = false
    var ignoresCase = false
    /// Which of the ASCII scalars are in the set; nearly all questions end here.
    private var ascii: (low: UInt64, high: UInt64) = (0, 0)

    init(_ ranges: [ClosedRange<UInt32>] = []) {
        self.ranges = ranges
    }

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    mutating func insert(_ set: NamedScalars, negated: Bool) {
        switch set {
        case .ranges(let given): ranges += negated ? Self.complement(given) : given
        case .categories(let given): categories.append((given, negated))
        }
    }

    mutating func normalize() {
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        ranges = merged
        for value in UInt32(0)..<128 where computes(value) {
            if value < 64 { ascii.low |= 1 << UInt64(value) } else { ascii.high |= 1 << UInt64(value - 64) }
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 64 { return ascii.low >> UInt64(value) & 1 == 1 }
        if value < 128 { return ascii.high >> UInt64(value - 64) & 1 == 1 }
        return computes(value)
    }

    private func computes(_ value: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(value) else { return false }
        if !ignoresCase { return holds(scalar) != isNegated }
        return CaseFolding.variants(of: scalar).contains { holds($0) } != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
        }
        if low < ranges.count, ranges[low].lowerBound <= scalar.value { return true }
        if categories.isEmpty { return false }
        let category = scalar.properties.generalCategory
        return categories.contains { $0.set.contains(category) != $0.isNegated }
    }

    private static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var next: UInt32 = 0
        var result: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }
}

/// A set that has a name: `\d`, `[:alpha:]`, `\p{Lu}`.
enum NamedScalars {
    case ranges([ClosedRange<UInt32>])
    case categories(Set<Unicode.GeneralCategory>)

    private static func range(_ first: Unicode.Scalar, _ last: Unicode.Scalar) -> ClosedRange<UInt32> {
        first.value...last.value
    }

    private static let digit = range("0", "9")
    private static let lower = range("a", "z")
    private static let upper = range("A", "Z")
    private static let underscore = range("_", "_")

    /// What `\d`, `\s` and `\w` stand for, in ASCII only, as in RE2.
    static func perl(_ letter: Unicode.Scalar) -> NamedScalars? {
        switch letter {
        case "d": .ranges([digit])
        case "s": .ranges([9...10, 12...13, 32...32])
        case "w": .ranges([digit, upper, underscore, lower])
        default: nil
        }
    }

    static func posix(_ name: String) -> NamedScalars? {
        switch name {
        case "alnum": .ranges([digit, upper, lower])
        case "alpha": .ranges([upper, lower])
        case "ascii": .ranges([0...127])
        case "blank": .ranges([9...9, 32...32])
        case "cntrl": .ranges([0...31, 127...127])
        case "digit": .ranges([digit])
        case "graph": .ranges([33...126])
        case "lower": .ranges([lower])
        case "print": .ranges([32...126])
        case "punct": .ranges([33...47, 58...64, 91...96, 123...126])
        case "space": .ranges([9...13, 32...32])
        case "upper": .ranges([upper])
        case "word": .ranges([digit, upper, underscore, lower])
        case "xdigit": .ranges([digit, range("A", "F"), range("a", "f")])
        default: nil
        }
    }

    /// What `\p{…}` stands for, if it is a general category; scripts are not known here.
    static func unicode(_ name: String) -> NamedScalars? {
        if name == "Any" { return .ranges([0...0x10FFFF]) }
        let categories = Self.categories.filter { $0.name.hasPrefix(name) }
        return name.isEmpty || categories.isEmpty ? nil : .categories(Set(categories.map(\.category)))
    }

    private static let categories: [(name: String, category: Unicode.GeneralCategory)] = [
        ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter),
        ("Lm", .modifierLetter), ("Lo", .otherLetter), ("Mn", .nonspacingMark), ("Mc", .spacingMark),
        ("Me", .enclosingMark), ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber),
        ("Pc", .connectorPunctuation), ("Pd", .dashPunctuation), ("Ps", .openPunctuation),
        ("Pe", .closePunctuation), ("Pi", .initialPunctuation), ("Pf", .finalPunctuation),
        ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol), ("Sk", .modifierSymbol),
        ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator), ("Zp", .paragraphSeparator),
        ("Cc", .control), ("Cf", .format), ("Cs", .surrogate), ("Co", .privateUse),
    ]
}

enum CaseFolding {
    /// The scalars that differ from this one in case only, and itself.
    static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        var found = [scalar]
        for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
            let mapped = text.unicodeScalars
            if let first = mapped.first, mapped.count == 1, !found.contains(first) { found.append(first) }
        }
        // Kelvin's and the long s fold to ASCII, and the way back is not a mapping of one to one.
        if found.contains("k"), !found.contains("\u{212A}") { found.append("\u{212A}") }
        if found.contains("s"), !found.contains("\u{17F}") { found.append("\u{17F}") }
        if scalar == "\u{17F}" { found.append("s") }
        if scalar == "\u{212A}" { found.append("K") }
        return found
    }
}
