/// Reads the fields of one mapping and notes every mistake, so that one reading reports them all.
///
/// A getter gives `nil` for a field that is absent or wrong; the latter left a diagnostic behind. Names that nobody
/// asked for are mistakes when ``finish(_:)`` is called, which is for our own kinds only: Kubernetes grows fields.
public struct FieldReader {
    private let members: [ManifestValue.Member]
    private var known: [String] = []
    /// What the mapping is called in messages, such as `spec.target`.
    public let path: String
    public let location: SourceLocation

    /// `nil`, and a diagnostic, when the value is no mapping.
    public init?(_ value: ManifestValue, _ path: String, _ report: inout [Diagnostic]) {
        self.path = path
        location = value.location
        switch value.content {
        case .mapping(let members):
            self.members = members
        case .null:
            members = []
        default:
            report.append(.error("wrong-type", "\(path) is \(value.kind), not a mapping", at: value.location))
            return nil
        }
    }

    public var names: [String] { members.map(\.name) }

    /// The field's own path in messages.
    public func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// The raw field; an explicit null is as good as absent.
    public mutating func value(_ name: String) -> ManifestValue? {
        known.append(name)
        guard let value = members.first(where: { $0.name == name })?.value else { return nil }
        return value.content == .null ? nil : value
    }

    public mutating func string(_ name: String, _ report: inout [Diagnostic]) -> String? {
        guard let value = value(name) else { return nil }
        if case .string(let text) = value.content { return text }
        report.append(
            .error(
                "wrong-type",
                "\(path(of: name)) is \(value.kind), not a string",
                hint: "put quotes around it",
                at: value.location
            )
        )
        return nil
    }

    public mutating func requiredString(_ name: String, _ report: inout [Diagnostic]) -> String? {
        let before = report.count
        if let text = string(name, &report) {
            guard text.isEmpty else { return text }
            report.append(.error("empty", "\(path(of: name)) is empty", at: place(of: name)))
            return nil
        }
        if report.count == before { missing(name, &report) }
        return nil
    }

    public mutating func bool(_ name: String, _ report: inout [Diagnostic]) -> Bool? {
        guard let value = value(name) else { return nil }
        if case .bool(let flag) = value.content { return flag }
        report.append(
            .error("wrong-type", "\(path(of: name)) is \(value.kind), not true or false", at: value.location)
        )
        return nil
    }

    public mutating func list(_ name: String, _ report: inout [Diagnostic]) -> [ManifestValue]? {
        guard let value = value(name) else { return nil }
        if case .sequence(let values) = value.content { return values }
        report.append(
            .error(
                "wrong-type",
                "\(path(of: name)) is \(value.kind), not a list",
                hint: "write [ … ], or one line with a dash for each entry",
                at: value.location
            )
        )
        return nil
    }

    public mutating func strings(_ name: String, _ report: inout [Diagnostic]) -> [(String, SourceLocation)]?
    {
        guard let values = list(name, &report) else { return nil }
        var result: [(String, SourceLocation)] = []
        for (index, value) in values.enumerated() {
            if case .string(let text) = value.content {
                result.append((text, value.location))
            } else {
                report.append(
                    .error(
                        "wrong-type",
                        "\(path(of: name))[\(index)] is \(value.kind), not a string",
                        hint: "put quotes around it",
                        at: value.location
                    )
                )
            }
        }
        return result
    }

    public mutating func fields(_ name: String, _ report: inout [Diagnostic]) -> FieldReader? {
        guard let value = value(name) else { return nil }
        return FieldReader(value, path(of: name), &report)
    }

    /// Names and values of a mapping of strings, such as labels.
    public mutating func dictionary(_ name: String, _ report: inout [Diagnostic]) -> [String: String] {
        guard let value = value(name) else { return [:] }
        guard case .mapping(let members) = value.content else {
            report.append(
                .error("wrong-type", "\(path(of: name)) is \(value.kind), not a mapping", at: value.location)
            )
            return [:]
        }
        var result: [String: String] = [:]
        for member in members {
            guard case .string(let text) = member.value.content else {
                report.append(
                    .error(
                        "wrong-type",
                        "\(path(of: name)).\(member.name) is \(member.value.kind), not a string",
                        hint: "put quotes around it",
                        at: member.value.location
                    )
                )
                continue
            }
            result[member.name] = text
        }
        return result
    }

    public func missing(_ name: String, _ report: inout [Diagnostic]) {
        report.append(.error("missing-field", "\(path(of: name)) is missing", at: location))
    }

    /// Where a field's value is written; the mapping's place when it is absent.
    public func place(of name: String) -> SourceLocation {
        members.first { $0.name == name }?.value.location ?? location
    }

    /// Reports every field that nobody asked for.
    public func finish(_ report: inout [Diagnostic]) {
        for member in members where !known.contains(member.name) {
            let hint =
                Spelling.nearest(to: member.name, among: known).map { "did you mean \($0)?" }
                ?? "known here: \(known.joined(separator: ", "))"
            report.append(
                .error(
                    "unknown-field",
                    "\(path.isEmpty ? "the document" : path) has no field \(Spelling.quoted(member.name))",
                    hint: hint,
                    at: member.location
                )
            )
        }
    }
}
