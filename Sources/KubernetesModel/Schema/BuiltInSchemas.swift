import JSONText
import Synchronization

/// The schemas of Kubernetes' own types, by their names in its OpenAPI document (`io.k8s.api.core.v1.PodSpec`).
///
/// A type is read from the generated table when it is first asked for: a server that starts should not pay for types
/// that nobody uses. Every field of them may be `null`, which Kubernetes reads as absent.
///
/// | code | type | | code | type |
/// |---|---|---|---|---|
/// | `s` | string | | `t` | Time |
/// | `b` | boolean | | `u` | MicroTime |
/// | `i` | 32-bit integer | | `q` | Quantity |
/// | `l` | 64-bit integer | | `x` | IntOrString |
/// | `n` | number | | `f` | FieldsV1 |
/// | `y` | bytes in base64 | | `r` | RawExtension |
/// | `[T` | list of T | | `o` | an object that has no fields yet |
/// | `{T` | map of string to T | | `a` | any JSON |
///
/// Other words are names of types: of the same package, or with theirs (`meta.v1.ObjectMeta`). `!` follows the name of
/// a field that is required.
public final class BuiltInSchemas: SchemaLibrary {
    public static let shared = BuiltInSchemas()

    private typealias Line = Range<Int>

    private let table: [UInt8]
    /// Where the line of a type is, by its name in the table.
    private let lines: [String: Line]
    private let rules: [String: [MergeRule]]
    private let parsed = Mutex<[String: Schema]>([:])

    private init() {
        let table = builtInTypes.withUTF8Buffer { Array($0) }
        var lines: [String: Line] = [:]
        for line in table.split(separator: UInt8(ascii: "\n")) {
            let name = line.prefix { $0 != UInt8(ascii: " ") }
            lines[String(decoding: name, as: UTF8.self)] = line.indices
        }
        self.table = table
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in table { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        fingerprint = String(hash, radix: 16)
        self.lines = lines
        rules = MergeRule.builtIn
    }

    public func schema(named name: String) -> Schema? {
        if let known = parsed.withLock({ $0[name] }) { return known }
        guard let made = SpecialTypes.byName[name] ?? read(name) else { return nil }
        // Two tasks may read the same type at once; the first one's stays.
        return parsed.withLock { known in
            if let first = known[name] { return first }
            known[name] = made
            return made
        }
    }

    /// The schema of a kind; `nil` when it is not built in.
    public func schema(for kind: GroupVersionKind) -> Schema? {
        guard let name = Self.name(of: kind) else { return nil }
        return schema(named: name)
    }

    /// What the OpenAPI document calls a kind; `nil` when it is not built in.
    public static func name(of kind: GroupVersionKind) -> String? {
        guard let package = packages.first(where: { $0.group == kind.group })?.package else { return nil }
        let short = "\(package).\(kind.version).\(kind.kind)"
        if shared.lines[short] != nil { return fullName(short) }
        // Status, DeleteOptions and WatchEvent belong to every group.
        let meta = "meta.v1.\(kind.kind)"
        return shared.lines[meta] == nil ? nil : fullName(meta)
    }

    /// Tells one release's types from another's; for addresses of documents made from them.
    public let fingerprint: String

    /// The names of all types, without those that stand for scalars.
    public var names: [String] { lines.keys.map(Self.fullName) }
}

// MARK: - Names

extension BuiltInSchemas {
    /// Groups as they are served, and as the table calls them.
    private static let packages: [(group: String, package: String)] = [
        ("", "core"), ("apps", "apps"), ("batch", "batch"), ("autoscaling", "autoscaling"),
        ("policy", "policy"), ("networking.k8s.io", "networking"), ("discovery.k8s.io", "discovery"),
        ("rbac.authorization.k8s.io", "rbac"), ("coordination.k8s.io", "coordination"),
        ("admissionregistration.k8s.io", "admissionregistration"),
        ("apiextensions.k8s.io", "apiextensions"), ("authentication.k8s.io", "authentication"),
        ("authorization.k8s.io", "authorization"), ("events.k8s.io", "events"),
        ("storage.k8s.io", "storage"), ("scheduling.k8s.io", "scheduling"), ("node.k8s.io", "node"),
    ]

    /// Packages that are not below `io.k8s.api`.
    private static let prefixes = [
        (short: "meta.", full: "io.k8s.apimachinery.pkg.apis.meta."),
        (short: "apiextensions.", full: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions."),
        (short: "", full: "io.k8s.api."),
    ]

    static func fullName(_ short: String) -> String {
        for prefix in prefixes where short.hasPrefix(prefix.short) {
            return prefix.full + short.dropFirst(prefix.short.count)
        }
        return short
    }

    private static func shortName(_ full: String) -> String? {
        for prefix in prefixes where full.hasPrefix(prefix.full) {
            return prefix.short + full.dropFirst(prefix.full.count)
        }
        return nil
    }
}

// MARK: - Reading the table

extension BuiltInSchemas {
    private func read(_ name: String) -> Schema? {
        guard let short = Self.shortName(name), let line = lines[short] else { return nil }
        let words = table[line].split(separator: UInt8(ascii: " "))
        let package = short[..<(short.lastIndex(of: ".") ?? short.startIndex)]
        let rules = rules[short] ?? []
        let defaults = builtInKeyDefaults[short] ?? [:]

        var properties: [(name: String, child: Schema.Child)] = []
        var required: [String] = []
        for word in words.dropFirst() {
            guard let colon = word.firstIndex(of: UInt8(ascii: ":")) else { continue }
            var written = word[..<colon]
            let isRequired = written.last == UInt8(ascii: "!")
            if isRequired { written.removeLast() }
            let field = String(decoding: written, as: UTF8.self)
            if isRequired { required.append(field) }
            let code = String(decoding: word[(colon + 1)...], as: UTF8.self)
            if let text = defaults[field] {
                let schema = Schema(type: .string, isNullable: true, defaultValue: .string(text))
                properties.append((field, .schema(schema)))
                continue
            }
            let rule = rules.first { $0.field == field }
            properties.append((field, child(Substring(code), in: package, rule: rule)))
        }
        return Schema(
            type: .object,
            isNullable: true,
            properties: properties,
            required: required,
            isAtomicMap: rules.contains { $0.field == "*" && $0.isAtomicMap }
        )
    }

    private func child(_ code: Substring, in package: Substring, rule: MergeRule? = nil) -> Schema.Child {
        switch code.first {
        case "[":
            return .schema(
                Schema(
                    type: .array,
                    isNullable: true,
                    items: child(code.dropFirst(), in: package),
                    listType: rule?.listType ?? .atomic,
                    patchStrategy: rule?.patchStrategy
                )
            )
        case "{":
            return .schema(
                Schema(
                    type: .object,
                    isNullable: true,
                    additionalProperties: child(code.dropFirst(), in: package),
                    isAtomicMap: rule?.isAtomicMap ?? false
                )
            )
        default:
            break
        }
        if let scalar = SpecialTypes.scalar(code) { return .schema(scalar) }
        let short = code.contains(".") ? String(code) : "\(package).\(code)"
        let name = SpecialTypes.name(code) ?? Self.fullName(short)
        guard let rule else { return .reference(name, self) }
        return .reference(name, OverridingLibrary(base: self, rule: rule))
    }
}
