/// A line of the table of merge rules, read.
struct MergeRule {
    var field: String
    var patchStrategy: Schema.PatchStrategy?
    var listType: Schema.ListType?
    var isAtomicMap = false
    var isGranularMap = false

    /// By the names of types as the table writes them.
    static let builtIn = parse(String(describing: builtInMergeRules))

    static func parse(_ text: String) -> [String: [MergeRule]] {
        var rules: [String: [MergeRule]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 4 else { continue }
            var rule = MergeRule(field: String(words[1]))
            if words[2] != "-" {
                let parts = words[2].split(separator: ":")
                rule.patchStrategy = Schema.PatchStrategy(
                    merges: parts[0].hasPrefix("merge"),
                    retainsKeys: parts[0].hasSuffix("retainKeys"),
                    mergeKey: parts.count > 1 ? String(parts[1]) : nil
                )
            }
            switch words[3] {
            case "set": rule.listType = .set
            case "atomic": rule.isAtomicMap = true
            case "granular": rule.isGranularMap = true
            case let word where word.hasPrefix("map:"):
                rule.listType = .map(keys: word.dropFirst(4).split(separator: ",").map(String.init))
            default: break
            }
            rules[String(words[0]), default: []].append(rule)
        }
        return rules
    }
}

/// A library whose types are those of another, merged as one field of theirs says.
///
/// Strategic merge and server-side apply take what stands at a field before what stands at its type.
final class OverridingLibrary: SchemaLibrary {
    private let base: any SchemaLibrary
    private let patchStrategy: Schema.PatchStrategy?
    private let isAtomicMap: Bool?

    init(base: any SchemaLibrary, rule: MergeRule) {
        self.base = base
        patchStrategy = rule.patchStrategy
        isAtomicMap = rule.isAtomicMap ? true : rule.isGranularMap ? false : nil
    }

    func schema(named name: String) -> Schema? {
        guard let schema = base.schema(named: name) else { return nil }
        return Schema(
            type: schema.type,
            isIntOrString: schema.isIntOrString,
            isNullable: schema.isNullable,
            preservesUnknownFields: schema.preservesUnknownFields,
            isEmbeddedResource: schema.isEmbeddedResource,
            properties: schema.properties,
            additionalProperties: schema.additionalProperties,
            items: schema.items,
            required: schema.required,
            defaultValue: schema.defaultValue,
            listType: schema.listType,
            isAtomicMap: isAtomicMap ?? schema.isAtomicMap,
            patchStrategy: patchStrategy ?? schema.patchStrategy,
            constraints: schema.constraints,
            documentation: schema.documentation
        )
    }
}
