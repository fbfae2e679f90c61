public import KubernetesModel
import Yams

/// Reads the documents of a YAML (or JSON) text, within bounds, each value with its place.
///
/// Scalars are read by the core schema of YAML 1.2: `yes` and `on` are strings, quoted text is always a string.
/// Aliases are expanded; merge keys (`<<`) are not a thing of YAML 1.2 and stay ordinary names.
public struct YAMLReader: Sendable {
    /// How much of a text is taken before it is refused.
    public struct Limits: Equatable, Sendable {
        public var bytes = 1 << 20
        public var depth = 64
        /// Counted after aliases are expanded.
        public var values = 100_000
        /// With `n` aliases a text can stand for 3^(n/3) values while it is composed, before they can be counted.
        public var aliases = 24

        public init() {}
    }

    public var limits: Limits

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// What could be read: the documents before the first mistake, and the mistake.
    public struct Result: Sendable {
        public var documents: [ManifestValue] = []
        /// The text ended in a mistake, so that documents may be missing.
        public var isTruncated = false
        public var diagnostics: [Diagnostic] = []
    }

    public func read(_ text: String, file: String) -> Result {
        var result = Result()
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard text.utf8.count <= limits.bytes else {
            result.fail(.error("too-large", "the file is larger than \(limits.bytes) bytes", at: start))
            return result
        }
        guard Self.aliases(in: text) <= limits.aliases else {
            result.fail(
                .error("too-many-aliases", "the file holds more than \(limits.aliases) aliases", at: start)
            )
            return result
        }
        do {
            let parser = try Parser(yaml: text, encoding: .utf8)
            while let root = try parser.nextRoot() {
                var budget = limits.values
                let value = try convert(root, file: file, depth: 0, budget: &budget, fallback: start)
                if case .null = value.content { continue }
                result.documents.append(value)
            }
        } catch let diagnostic as Diagnostic {
            result.fail(diagnostic)
        } catch let error as YamlError {
            result.fail(error.diagnostic(file: file))
        } catch {
            result.fail(.error("yaml-syntax", "the text cannot be read", at: start))
        }
        return result
    }

    private func convert(
        _ node: Node,
        file: String,
        depth: Int,
        budget: inout Int,
        fallback: SourceLocation
    ) throws(Diagnostic) -> ManifestValue {
        let place = node.mark.map { SourceLocation(file: file, line: $0.line, column: $0.column) } ?? fallback
        budget -= 1
        guard budget >= 0 else {
            throw .error("too-many-values", "the document holds more than \(limits.values) values", at: place)
        }
        guard depth <= limits.depth else {
            throw .error("too-deep", "the document is nested deeper than \(limits.depth) levels", at: place)
        }
        switch node {
        case .scalar(let scalar):
            return ManifestValue(Self.content(of: scalar), at: place)
        case .sequence(let sequence):
            var values: [ManifestValue] = []
            for node in sequence {
                values.append(
                    try convert(node, file: file, depth: depth + 1, budget: &budget, fallback: place)
                )
            }
            return ManifestValue(.sequence(values), at: place)
        case .mapping(let mapping):
            var members: [ManifestValue.Member] = []
            var names: Set<[UInt8]> = []
            for (key, node) in mapping {
                let at =
                    key.mark.map { SourceLocation(file: file, line: $0.line, column: $0.column) } ?? place
                guard case .scalar(let name) = key else {
                    throw .error("bad-key", "a name in a mapping is not a string", at: at)
                }
                guard names.insert(Array(name.string.utf8)).inserted else {
                    throw .error("duplicate-key", "\(Spelling.quoted(name.string)) is written twice", at: at)
                }
                let value = try convert(node, file: file, depth: depth + 1, budget: &budget, fallback: at)
                members.append(ManifestValue.Member(name: name.string, location: at, value: value))
            }
            return ManifestValue(.mapping(members), at: place)
        case .alias:
            throw .error("unresolved-alias", "an alias stands for nothing", at: place)
        }
    }

    private static func content(of scalar: Node.Scalar) -> ManifestValue.Content {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        let text = scalar.string
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        guard let first = text.utf8.first,
            first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
                || first == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else { return .string(text) }
        if let number = Int(text) { return .integer(number) }
        if text.utf8.allSatisfy(isNumberByte), Double(text) != nil { return .number(text) }
        return .string(text)
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// Counts what could be an alias; an asterisk in quotes or in a comment may be counted too.
    ///
    /// None is one if nothing could be an anchor.
    private static func aliases(in text: String) -> Int {
        var anchors = 0
        var aliases = 0
        var previous = UInt8(ascii: "\n")
        var mark: UInt8?
        for byte in text.utf8 {
            if let kind = mark {
                let isName =
                    byte > 0x20 && ![UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(byte)
                if isName, kind == UInt8(ascii: "&") { anchors += 1 }
                if isName, kind == UInt8(ascii: "*") { aliases += 1 }
                mark = nil
            }
            let opens =
                previous <= 0x20
                || [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":")]
                    .contains(previous)
            if opens, byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*") { mark = byte }
            previous = byte
        }
        return anchors == 0 ? 0 : aliases
    }
}

extension YAMLReader.Result {
    fileprivate mutating func fail(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
        isTruncated = true
    }
}

extension YamlError {
    fileprivate func diagnostic(file: String) -> Diagnostic {
        func place(_ mark: Mark) -> SourceLocation {
            SourceLocation(file: file, line: mark.line, column: mark.column)
        }
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return .error("yaml-syntax", problem, at: place(mark))
        case .duplicatedKeysInMapping(let names, let context):
            let list = names.map { Spelling.quoted($0) }.joined(separator: ", ")
            return .error("duplicate-key", "\(list) is written twice", at: place(context.mark))
        case .reader(let problem, _, _, _):
            return .error("yaml-syntax", problem, at: SourceLocation(file: file, line: 1, column: 1))
        default:
            return .error(
                "yaml-syntax",
                "the text cannot be read",
                at: SourceLocation(file: file, line: 1, column: 1)
            )
        }
    }
}
