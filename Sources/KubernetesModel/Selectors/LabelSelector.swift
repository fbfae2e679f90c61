/// A condition on labels: all of `matchLabels` and all of `matchExpressions`; empty selects everything.
public struct LabelSelector: Hashable, Sendable {
    public enum Requirement: Hashable, Sendable {
        case isIn(String, [String])
        /// Also when the label is absent.
        case isNotIn(String, [String])
        case exists(String)
        case doesNotExist(String)
        /// The label is an integer, and greater; only in the text form.
        case isGreater(String, than: Int64)
        /// The label is an integer, and less; only in the text form.
        case isLess(String, than: Int64)

        public func matches(_ labels: [String: String]) -> Bool {
            switch self {
            case .isIn(let key, let values): labels[key].map(values.contains) ?? false
            case .isNotIn(let key, let values): labels[key].map { !values.contains($0) } ?? true
            case .exists(let key): labels[key] != nil
            case .doesNotExist(let key): labels[key] == nil
            case .isGreater(let key, let bound): labels[key].flatMap { Int64($0) }.map { $0 > bound } ?? false
            case .isLess(let key, let bound): labels[key].flatMap { Int64($0) }.map { $0 < bound } ?? false
            }
        }
    }

    public var matchLabels: [String: String]
    public var matchExpressions: [Requirement]

    public init(matchLabels: [String: String] = [:], matchExpressions: [Requirement] = []) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    public static let everything = LabelSelector()

    public var isEverything: Bool { matchLabels.isEmpty && matchExpressions.isEmpty }

    public func matches(_ labels: [String: String]) -> Bool {
        matchLabels.allSatisfy { labels[$0.key] == $0.value }
            && matchExpressions.allSatisfy { $0.matches(labels) }
    }
}

extension LabelSelector {
    /// Reads a selector; every mistake in it makes it `nil`, for a selector read in part selects too much.
    public init?(_ value: ManifestValue, _ path: String, _ report: inout [Diagnostic]) {
        let before = report.count
        guard var fields = FieldReader(value, path, &report) else { return nil }
        matchLabels = fields.dictionary("matchLabels", &report)
        matchExpressions = []
        for (index, entry) in (fields.list("matchExpressions", &report) ?? []).enumerated() {
            let place = "\(path).matchExpressions[\(index)]"
            if let requirement = Requirement(entry, place, &report) { matchExpressions.append(requirement) }
        }
        fields.finish(&report)
        guard !report[before...].contains(where: { $0.severity == .error }) else { return nil }
    }
}

extension LabelSelector.Requirement {
    init?(_ value: ManifestValue, _ path: String, _ report: inout [Diagnostic]) {
        guard var fields = FieldReader(value, path, &report) else { return nil }
        let key = fields.requiredString("key", &report)
        let name = fields.requiredString("operator", &report)
        let values = fields.strings("values", &report)?.map(\.0) ?? []
        fields.finish(&report)
        guard let key, let name else { return nil }
        switch (name, values.isEmpty) {
        case ("In", false): self = .isIn(key, values)
        case ("NotIn", false): self = .isNotIn(key, values)
        case ("Exists", true): self = .exists(key)
        case ("DoesNotExist", true): self = .doesNotExist(key)
        case ("In", true), ("NotIn", true):
            report.append(.error("missing-field", "\(path).values is missing", at: value.location))
            return nil
        case ("Exists", false), ("DoesNotExist", false):
            report.append(
                .error("unexpected-field", "\(path): \(name) takes no values", at: fields.place(of: "values"))
            )
            return nil
        default:
            let operators = ["In", "NotIn", "Exists", "DoesNotExist"]
            report.append(
                .error(
                    "unknown-value",
                    "\(path).operator is \(Spelling.quoted(name))",
                    hint: Spelling.nearest(to: name, among: operators).map { "did you mean \($0)?" }
                        ?? "one of \(operators.joined(separator: ", "))",
                    at: fields.place(of: "operator")
                )
            )
            return nil
        }
    }
}
