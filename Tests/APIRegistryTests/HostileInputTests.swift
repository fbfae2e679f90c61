import JSONText
import KubernetesModel
import NetworkTypes
import RBAC
import TestSupport
import Testing

@testable import APIRegistry

/// Whatever a peer sends, every function answers: with a value or a refusal, never with a crash.
///
/// Passing means that nothing trapped; the seed is in the test's name when one does.
@Suite("Hostile input")
struct HostileInputTests {
    @Test(arguments: UInt64(1)...4) func `random values in the places of good ones`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for definition in ResourceCatalogue.builtIn.definitions + [Objects.custom().definition] {
            let lifecycle = ObjectLifecycle(definition)
            let good = Self.good[definition.kind] ?? #"{"metadata":{"name":"a"}}"#
            for _ in 0..<3 {
                let first = Self.damage(try JSONValue(parsing: good), &random)
                let second = Self.damage(try JSONValue(parsing: good), &random)
                Self.live(lifecycle, first, second, &random)
            }
        }
    }

    @Test(arguments: UInt64(1)...6) func `random paths, queries, options`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let query = (0..<3).map { _ in (name: Self.word(&random), value: Self.text(&random)) }
            let path = (0..<Int.random(in: 0...9, using: &random)).map { _ in Self.word(&random) }
            let info = try? RequestInfo(
                method: Self.word(&random),
                path: "/" + path.joined(separator: "/"),
                query: query
            )
            if let info { _ = APIStatus.forbidden(.anonymous, info.attributes).json }
            _ = try? DeleteOptions(body: nil, query: query)
            _ = try? DeleteOptions(body: Self.value(&random, depth: 3), query: query)
            _ = try? WriteOptions(.patch, query: query, isApply: Bool.random(using: &random))
                .manager(userAgent: Self.text(&random))
            _ = DiscoveryFormat(accept: Self.text(&random))
            _ = try? ObjectTable.Inclusion(query: query)
            if let path = JSONPath(parsing: Self.path(&random)) {
                _ = path.values(in: Self.value(&random, depth: 4))
            }
            _ = KubernetesVersionOrder.isPreferred(Self.word(&random), over: "v1")
            _ = Base64.decodedCount(Self.text(&random))
        }
    }

    @Test func `deep and large objects are answered`() throws {
        var deep: JSONValue = 1
        for _ in 0..<60 {
            deep = ["spec": deep, "metadata": deep.object == nil ? ["name": "a"] : ["name": "b"]]
        }
        let words = (0..<1_000).map { JSONValue.string("word-\($0)") }
        let wide: JSONValue = [
            "metadata": ["name": "a", "finalizers": .array(words), "ownerReferences": .array(words)],
            "spec": ["containers": .array(words.map { ["name": $0, "image": $0] }), "ports": .array(words)],
        ]
        var random = SeededGenerator(seed: 5)
        for plural in ["pods", "services", "configmaps"] {
            let lifecycle = try Objects.lifecycle(plural)
            Self.live(lifecycle, deep, wide, &random)
            Self.live(lifecycle, wide, deep, &random)
        }
    }

    @Test func `a refusal lists a bounded number of causes`() throws {
        let bad = (0..<5000).map { _ in JSONValue.object(["name": "A B"]) }
        var object = try Objects.object(#"{"metadata":{"name":"p"},"spec":{}}"#)
        object["spec", "containers"] = .array(bad)
        let pods = try Objects.lifecycle("pods")
        let refusal = Objects.refusal { try pods.validateCreate(object) }
        #expect(refusal?.details.causes.count == 100)
    }

    @Test func `two controllers are one mistake, and so are forty thousand`() throws {
        let reference: JSONValue = [
            "apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": "u", "controller": true,
        ]
        var object = try Objects.object(#"{"metadata":{"name":"p","namespace":"d"}}"#)
        let configMaps = try Objects.lifecycle("configmaps")
        for count in [2, 40_000] {
            object["metadata", "ownerReferences"] = .array(Array(repeating: reference, count: count))
            let causes = Objects.refusal { try configMaps.validateCreate(object) }?.details.causes ?? []
            #expect(causes.map(\.field) == ["metadata.ownerReferences"])
            #expect(causes.first?.message.hasSuffix("in references for a and a") == true)
        }
    }

    @Test func `the text of a value is made only for a cause that is listed`() {
        var errors = FieldErrors()
        var made = 0
        for _ in 0..<1000 {
            errors.invalid(
                FieldPath("spec"),
                text: {
                    made += 1
                    return "x"
                }(),
                "wrong"
            )
        }
        #expect(made == FieldErrors.limit)
        #expect(errors.causes.count == FieldErrors.limit)
    }

    @Test(arguments: 0..<4) func `a long text is cut by bytes, between scalars`(offset: Int) {
        let start = String(repeating: "x", count: offset)
        let marks = start + "a" + String(repeating: "\u{0301}", count: 1_000_000)
        let faces = start + String(repeating: "\u{1F600}", count: 1_000)
        for text in [marks, faces] {
            let cut = GoText.shortened(text)
            let kept = Array(cut.utf8.dropLast("…".utf8.count))
            let isStart = text.utf8.starts(with: kept) && String(validating: kept, as: UTF8.self) != nil
            #expect((1021...1024).contains(kept.count))
            #expect(isStart)
        }
        #expect(GoText.shortened(start) == start)
    }

    // MARK: Everything that can be done with an object

    private static func live(
        _ lifecycle: ObjectLifecycle,
        _ first: JSONValue,
        _ second: JSONValue,
        _ random: inout SeededGenerator
    ) {
        let now = Objects.now
        guard var object = UnstructuredObject(first), var other = UnstructuredObject(second) else { return }
        try? lifecycle.receive(&object, namespace: "n")
        try? lifecycle.receive(&other, namespace: "n", name: "a")
        lifecycle.applyDefaults(&object)
        lifecycle.applyDefaults(&other)
        object.resourceVersion = ""
        try? lifecycle.prepareForCreate(&object, now: now, uid: "u", random: &random)
        try? lifecycle.checkSchema(object)
        try? lifecycle.validateCreate(object)
        for subresource in ["", "status", "finalize"] {
            var changed = other
            changed.resourceVersion = object.resourceVersion
            try? lifecycle.prepareForUpdate(&changed, old: object, subresource: subresource)
            try? lifecycle.validateUpdate(changed, old: object, subresource: subresource)
            _ = lifecycle.isUnchanged(changed, from: object)
            _ = lifecycle.isGone(changed, after: object)
        }
        for object in [object, other] {
            let options = DeleteOptions(
                gracePeriodSeconds: [nil, .min, 0, 5, .max].randomElement(using: &random) ?? nil
            )
            if case .mark(let marked) = try? lifecycle.delete(object, options, now: now) {
                _ = try? lifecycle.delete(marked, DeleteOptions(gracePeriodSeconds: 1), now: now)
                _ = lifecycle.hasOutlivedGrace(marked, now: now)
            }
            for inclusion in [ObjectTable.Inclusion.none, .metadata, .object] {
                _ = ObjectTable(lifecycle.definition, inclusion: inclusion).json([object], now: now)
            }
            if lifecycle.definition.kind == "CustomResourceDefinition" { define(object) }
            if let range = try? CIDR(parsing: "10.0.0.0/24"),
                var pool = ServiceAddressPool(range: range, services: [object])
            {
                var service = object
                try? ServiceAddresses.assign(&service, old: other, from: &pool)
            }
            _ = EventConversion.toCore(object)
            _ = EventConversion.toEventsGroup(object)
            _ = APIStatus.needsKubelet("log", pod: object).json
        }
    }

    private static func define(_ object: UnstructuredObject) {
        var named = object
        CustomResourceNames.decide(&named, catalogue: .builtIn, now: Objects.now)
        let made = ResourceDefinition.custom(named) { _ in .anything }
        _ = DiscoveryDocuments(ResourceCatalogue.builtIn.adding(made)).aggregated(isCore: false)
    }

    // MARK: Damage

    /// One to four places in a value, each replaced by something else.
    private static func damage(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        var result = value
        for _ in 0..<Int.random(in: 1...4, using: &random) { result = replace(in: result, &random, depth: 0) }
        return result
    }

    private static func replace(in value: JSONValue, _ random: inout SeededGenerator, depth: Int) -> JSONValue
    {
        if depth > 0, Int.random(in: 0..<4, using: &random) == 0 { return Self.value(&random, depth: 3) }
        switch value {
        case .object(var members):
            guard let name = members.names.randomElement(using: &random) else { return value }
            members[name] = replace(in: members[name] ?? .null, &random, depth: depth + 1)
            return .object(members)
        case .array(var elements):
            guard !elements.isEmpty else { return Self.value(&random, depth: 2) }
            let index = Int.random(in: elements.indices, using: &random)
            elements[index] = replace(in: elements[index], &random, depth: depth + 1)
            return .array(elements)
        default: return Self.value(&random, depth: 2)
        }
    }

    private static func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int([0, -1, 1, Int.max, Int.min, 65536].randomElement(using: &random) ?? 0)
        case 3: return .double([1e300, -1e300, 0.5, 1e19].randomElement(using: &random) ?? 0)
        case 4, 5: return .string(text(&random))
        case 6: return .array((0..<3).map { _ in value(&random, depth: depth - 1) })
        default:
            return .object(JSONObject((0..<3).map { _ in (word(&random), value(&random, depth: depth - 1)) }))
        }
    }

    private static let words = [
        "", "metadata", "name", "namespace", "spec", "status", "containers", "ports", "api", "apis", "v1",
        "namespaces",
        "watch", "proxy", "pods", "fieldSelector", "dryRun", "gracePeriodSeconds", "propagationPolicy",
        "force",
        "finalizers", "kubernetes", "type", "Exists", "In", "key", "operator", "values", "matchLabels", "K",
    ]

    private static func word(_ random: inout SeededGenerator) -> String {
        words.randomElement(using: &random) ?? ""
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return word(&random)
        case 1: return String(repeating: "a", count: Int.random(in: 0...3000, using: &random))
        case 2: return "9999-12-31T23:59:59Z"
        case 3: return "-9223372036854775808"
        case 4: return "\u{0}\u{301}é\u{1F1E9}\u{1F1EA}\n\"\\=/,;"
        default:
            let scalars = (0..<12).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0xffff, using: &random))
            }
            return String(String.UnicodeScalarView(scalars))
        }
    }

    private static func path(_ random: inout SeededGenerator) -> String {
        let pieces = [
            ".", "a", "[", "]", "0", "-1", "*", "?(", "@.", "==", "\"", "'", ")", "\\", "{", "}", "$", " ",
        ]
        return (0..<10).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    /// Objects in which there is something to damage.
    private static let good: [String: String] = {
        var result: [String: String] = [:]
        for (resource, text, _) in KindDefaultsTests.facts + TableTests.facts.map({ ($0.0, $0.1, []) }) {
            let parts = resource.split(separator: "/").map(String.init)
            let group = parts.count > 1 ? parts[0] : ""
            let definition = ResourceCatalogue.builtIn.definition(
                group: group,
                version: "v1",
                plural: parts[parts.count - 1]
            )
            guard let kind = definition?.kind, result[kind] == nil else { continue }
            result[kind] = text
        }
        return result
    }()
}
