public import KubernetesModel

/// In which form a caller wants objects (`Accept`).
public struct AnswerFormat: Hashable, Sendable {
    /// What the objects are turned into.
    public enum Shape: Hashable, Sendable {
        case object
        /// `meta.k8s.io` Table, in its version.
        case table(version: String)
        /// The metadata alone (`PartialObjectMetadata`).
        case metadata(version: String)
    }

    /// How a value is spelled.
    public enum Spelling: String, Hashable, Sendable {
        case json = "application/json"
        case yaml = "application/yaml"
    }

    public var shape: Shape
    public var spelling: Spelling
    public var isPretty: Bool

    public init(shape: Shape = .object, spelling: Spelling = .json, isPretty: Bool = false) {
        self.shape = shape
        self.spelling = spelling
        self.isPretty = isPretty
    }

    /// What can be served; named in the refusal.
    public static let servedTypes = ["application/json", "application/yaml"]

    /// Picks the first form that can be served, in the caller's order of preference.
    ///
    /// An answer that can have only one shape, such as a Status or a Scale, takes no tables.
    public init(accept: String, isStream: Bool = false, isPretty: Bool = false) throws(APIStatus) {
        let clauses = Self.clauses(of: accept)
        if clauses.isEmpty {
            self.init(isPretty: isPretty)
            return
        }
        for clause in clauses {
            guard let spelling = Self.spelling(of: clause.type, isStream: isStream),
                let shape = Self.shape(of: clause.parameters)
            else { continue }
            let pretty = clause.parameters.contains { $0.name == "pretty" && $0.value == "1" }
            self.init(shape: shape, spelling: spelling, isPretty: isPretty || pretty)
            return
        }
        throw .notAcceptable(isStream ? ["application/json"] : Self.servedTypes)
    }

    private struct Clause {
        var type: String
        var parameters: [(name: String, value: String)]
        var quality: Int
    }

    /// Enough for every client there is; what comes after is not looked at.
    private static let clauseLimit = 32

    private static func clauses(of accept: String) -> [Clause] {
        let clauses = accept.split(separator: ",").prefix(clauseLimit).compactMap { text -> Clause? in
            let parts = text.split(separator: ";").map { trimmed($0) }
            guard let type = parts.first?.lowercased(), !type.isEmpty else { return nil }
            var clause = Clause(type: type, parameters: [], quality: 1000)
            for part in parts.dropFirst() {
                guard let sign = part.firstIndex(of: "=") else { continue }
                let name = trimmed(part[..<sign]).lowercased()
                var value = trimmed(part[part.index(after: sign)...])
                if value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                    value = String(value.dropFirst().dropLast())
                }
                if name == "q" {
                    // "nan" is a Double, and no Int.
                    let quality = Double(value).flatMap { $0.isFinite ? $0 : nil } ?? 0
                    clause.quality = Int(min(max(quality, 0), 1) * 1000)
                } else {
                    clause.parameters.append((name, value))
                }
            }
            return clause.quality > 0 ? clause : nil
        }
        return clauses.enumerated()
            .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }
            .map(\.element)
    }

    private static func spelling(of type: String, isStream: Bool) -> Spelling? {
        switch type {
        case "application/json", "*/*", "application/*": .json
        case "application/yaml" where !isStream: .yaml
        default: nil
        }
    }

    private static func shape(of parameters: [(name: String, value: String)]) -> Shape? {
        func value(_ name: String) -> String? { parameters.first { $0.name == name }?.value }
        guard let name = value("as"), !name.isEmpty else { return .object }
        guard value("g") == "meta.k8s.io", let version = value("v"), ["v1", "v1beta1"].contains(version)
        else {
            return nil
        }
        switch name {
        case "Table": return .table(version: version)
        case "PartialObjectMetadata", "PartialObjectMetadataList": return .metadata(version: version)
        default: return nil
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = Substring(text).drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }
}
