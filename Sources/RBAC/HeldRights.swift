/// What somebody may do, arranged so that many rights are looked up in it, and with an end to the looking.
///
/// Both sides are written by clients: a role of a hundred thousand single rights, and bindings to twenty thousand
/// rules. Rules are found by group, compared by hash, and every comparison is counted.
struct HeldRights {
    /// More comparisons are not done: thousands of rights against hundreds of rules are well within it.
    static let comparisonLimit = 5_000_000

    /// The words of a rule, equal when their bytes are.
    private struct Words: Hashable {
        var verbs: Set<[UInt8]>
        var groups: Set<[UInt8]>
        var resources: Set<[UInt8]>
        var names: Set<[UInt8]>
        /// As written, and without the star at the end of those that have one.
        var paths: Set<[UInt8]>
        var prefixes: Set<[UInt8]>

        init(_ rule: PolicyRule) {
            func set(_ words: [String]) -> Set<[UInt8]> { Set(words.lazy.map { Array($0.utf8) }) }
            verbs = set(rule.verbs)
            groups = set(rule.groups)
            resources = set(rule.resources)
            names = set(rule.resourceNames)
            paths = set(rule.paths)
            prefixes = Set(paths.lazy.filter { $0.last == UInt8(ascii: "*") }.map { Array($0.dropLast()) })
        }
    }

    private static let all = Array("*".utf8)

    private let rules: [Words]
    /// Places of rules by group, those of all groups under `*`; and of rules that speak of paths.
    private var byGroup: [[UInt8]: [Int]] = [:]
    private var ofPaths: [Int] = []
    private var comparisons = 0

    init(_ held: [PolicyRule]) {
        rules = Array(Set(held.lazy.map(Words.init)))
        for (place, rule) in rules.enumerated() {
            if !rule.paths.isEmpty { ofPaths.append(place) }
            for group in rule.groups { byGroup[group, default: []].append(place) }
        }
    }

    /// Whether one of the rules alone grants all that the rule grants.
    mutating func cover(_ rule: PolicyRule) throws(AccessEvaluator.EscalationError) -> Bool {
        // A comparison looks at each word, and at each byte of it.
        let texts = [rule.verbs, rule.groups, rule.resources, rule.resourceNames, rule.paths].joined()
        let weight = texts.reduce(4) { $0 + 1 + $1.utf8.count / 64 } / 4
        try count(weight)
        let wanted = Words(rule)
        guard let group = wanted.groups.first else {
            return try cover(wanted, weight, ofPaths)
        }
        if try cover(wanted, weight, byGroup[group] ?? []) { return true }
        return try cover(wanted, weight, byGroup[Self.all] ?? [])
    }

    private mutating func cover(
        _ wanted: Words,
        _ weight: Int,
        _ places: [Int]
    ) throws(AccessEvaluator.EscalationError) -> Bool {
        for place in places {
            try count(weight)
            let held = rules[place]
            guard Self.words(held.verbs, cover: wanted.verbs) else { continue }
            guard try paths(held, cover: wanted.paths) else { continue }
            guard !wanted.resources.isEmpty || !wanted.groups.isEmpty else { return true }
            let coversNames =
                held.names.isEmpty || !wanted.names.isEmpty && wanted.names.isSubset(of: held.names)
            if coversNames, Self.words(held.groups, cover: wanted.groups),
                wanted.resources.allSatisfy({ Self.resources(held.resources, cover: $0) })
            {
                return true
            }
        }
        return false
    }

    private mutating func paths(
        _ held: Words,
        cover wanted: Set<[UInt8]>
    ) throws(AccessEvaluator.EscalationError) -> Bool {
        for path in wanted where !held.paths.contains(path) {
            var isCovered = false
            for prefix in held.prefixes {
                try count(1 + min(prefix.count, path.count) / 64)
                isCovered = path.starts(with: prefix)
                if isCovered { break }
            }
            guard isCovered else { return false }
        }
        return true
    }

    private static func words(_ held: Set<[UInt8]>, cover wanted: Set<[UInt8]>) -> Bool {
        held.contains(all) || wanted.allSatisfy(held.contains)
    }

    /// Whether the words for resources include another: as it is written, as `*`, or as `*/log` its subresource.
    private static func resources(_ held: Set<[UInt8]>, cover wanted: [UInt8]) -> Bool {
        if held.contains(wanted) || held.contains(all) { return true }
        guard let slash = wanted.firstIndex(of: UInt8(ascii: "/")) else { return false }
        return held.contains(all + wanted[slash...])
    }

    private mutating func count(_ more: Int) throws(AccessEvaluator.EscalationError) {
        comparisons += more
        guard comparisons <= Self.comparisonLimit else {
            throw .tooManyRights(limit: AccessEvaluator.rightsLimit)
        }
    }
}
