import Authorization
import KubernetesModel
import Manifests
import Testing

@Suite("Reading YAML")
struct YAMLReaderTests {
    private func read(_ text: String, _ change: (inout YAMLReader.Limits) -> Void = { _ in })
        -> YAMLReader.Result
    {
        var limits = YAMLReader.Limits()
        change(&limits)
        return YAMLReader(limits: limits).read(text, file: "f.yaml")
    }

    @Test(
        "scalars are read by the core schema",
        arguments: [
            ("true", .bool(true)), ("False", .bool(false)), ("yes", .string("yes")), ("on", .string("on")),
            ("'true'", .string("true")), ("\"7\"", .string("7")), ("7", .integer(7)), ("-7", .integer(-7)),
            ("0x10", .string("0x10")), ("1.5", .number("1.5")), ("1e3", .number("1e3")),
            ("1.2.3", .string("1.2.3")),
            ("~", .null), ("null", .null), ("", .null), ("''", .string("")),
            ("10.0.0.0/8", .string("10.0.0.0/8")),
            ("99999999999999999999", .number("99999999999999999999")), ("nan", .string("nan")),
            ("-", .sequence([])),
        ] as [(String, ManifestValue.Content)]
    )
    func scalars(_ text: String, _ expected: ManifestValue.Content) throws {
        let document = try #require(read("a: \(text == "-" ? "[]" : text)").documents.first)
        #expect(document["a"]?.content == expected)
    }

    @Test func `every value and every name knows its place`() throws {
        let document = try #require(read("a:\n  b: [x, {c: y}]\n").documents.first)
        guard case .sequence(let values)? = document["a"]?["b"]?.content else {
            Issue.record("no list")
            return
        }
        #expect(values.map(\.location.line) == [2, 2])
        #expect(values.map(\.location.column) == [7, 10])
        guard case .mapping(let members) = values[1].content else {
            Issue.record("no mapping")
            return
        }
        #expect(members[0].location.column == 11)
        #expect(members[0].value.location.column == 14)
    }

    @Test func `documents before a mistake are kept`() {
        let result = read("a: 1\n---\nb: 2\n---\nc: [\n")
        #expect(result.documents.count == 2)
        #expect(result.isTruncated)
        #expect(result.diagnostics.map(\.code) == ["yaml-syntax"])
        #expect((result.diagnostics.first?.location?.line ?? 0) >= 5)
    }

    @Test func `empty documents say nothing`() {
        let result = read("---\n---\n# nothing\n---\na: 1\n...\n")
        #expect(result.documents.count == 1)
        #expect(result.diagnostics.isEmpty)
    }

    @Test func `aliases are expanded`() throws {
        let document = try #require(read("a: &x { b: 1 }\nc: *x\n").documents.first)
        #expect(document["c"]?["b"]?.content == .integer(1))
    }

    @Test(
        "what has no end, or two readings, is refused",
        arguments: [
            ("a: 1\na: 2", "duplicate-key"), ("a: 1\n\"a\": 2", "duplicate-key"),
            ("1: a\n\"1\": b", "duplicate-key"),
            ("{ a: { b: 1, b: 2 } }", "duplicate-key"), ("a: *nowhere", "yaml-syntax"),
            ("? [a]\n: b", "bad-key"),
            ("a: \"\\xzz\"", "yaml-syntax"), ("\tb: 1", "yaml-syntax"), ("a: b: c", "yaml-syntax"),
            ("a: 'b", "yaml-syntax"),
            ("%YAML 9.9\n---\na: 1", "yaml-syntax"), ("a: \u{1}", "yaml-syntax"), ("]", "yaml-syntax"),
            (String(repeating: "[", count: 70) + String(repeating: "]", count: 70), "too-deep"),
            (String(repeating: "[", count: 100_000), "yaml-syntax"),
            (String(repeating: "- ", count: 100_000), "yaml-syntax"),
            (String(repeating: "{a: ", count: 50_000), "yaml-syntax"),
            ("a: " + String(repeating: "x", count: 1 << 20), "too-large"),
        ]
    )
    func refused(_ text: String, _ code: String) {
        let result = read(text)
        #expect(result.diagnostics.map(\.code) == [code])
        #expect(result.isTruncated)
        #expect(result.documents.isEmpty)
    }

    @Test func `a billion laughs are not laughed`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let row = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(row)]\n"
        }
        #expect(read(text).diagnostics.map(\.code) == ["too-many-aliases"])
        let counted = read(text) { $0.aliases = 1000 }
        #expect(counted.diagnostics.map(\.code) == ["too-many-values"])
    }

    @Test func `asterisks without an anchor are text`() {
        let text = (0..<100).map { "a\($0): \"*.shop\"\n" }.joined()
        #expect(read(text).diagnostics.isEmpty)
    }

    @Test("no text crashes the reader", arguments: [1, 2, 3] as [UInt64])
    func walk(_ seed: UInt64) {
        let pieces = [
            "a", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ", ", "&x ", "*x", "? ", "'", "\"", "#", "|\n",
            ">\n", "---\n",
            "...\n", "!!str ", "!t ", "%YAML 1.2\n", "\\", "\t", "~", "0", "é", "\u{feff}", "<<: ", "\r",
            "\\u0000", "\"\\0\"",
        ]
        var state = seed
        var documents = 0
        for _ in 0..<1500 {
            var text = ""
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int((state >> 33) % UInt64(pieces.count))]
            }
            documents += read(text).documents.count
        }
        #expect(documents > 40)
    }
}

@Suite("Reading manifests")
struct ManifestReadingTests {
    private func read(_ text: String) -> ManifestReading {
        var reading = ManifestReading()
        reading.add(text, file: "f.yaml")
        return reading
    }

    private let policy = """
        apiVersion: nullius.dev/v1alpha1
        kind: AccessPolicy
        metadata: { name: orders, namespace: shop }
        spec: { target: { podSelector: { matchLabels: { app: orders } } }, rules: [] }

        """

    @Test func `the good is kept beside the bad`() {
        let reading = read("\(policy)---\napiVersion: v1\nkind: Service\nmetadata: { name: Bad }\nspec: {}\n")
        #expect(reading.policies.count == 1)
        #expect(reading.objects.isEmpty)
        #expect(reading.diagnostics.map(\.code) == ["bad-name"])
        #expect(reading.unreadable.isEmpty)
    }

    @Test func `a text that breaks off may hold any policy`() {
        let reading = read("\(policy)---\na: [\n")
        #expect(reading.policies.count == 1)
        #expect(reading.unreadable.count == 1)
        #expect(reading.unreadable.first?.namespace == nil)
    }

    @Test func `a policy with a mistake still says whom it selects, if its selector is whole`() {
        let mistaken = policy.replacing("rules: []", with: "rule: []")
        #expect(read(mistaken).unreadable.first?.selector?.matchLabels == ["app": "orders"])
        let worse = mistaken.replacing("app: orders", with: "app: 7")
        #expect(read(worse).unreadable.first?.selector == nil)
        #expect(read(worse).unreadable.first?.namespace == "shop")
    }

    @Test func `a policy written twice is not known`() {
        let reading = read("\(policy)---\n\(policy)")
        #expect(reading.policies.count == 1)
        #expect(reading.unreadable.map(\.label) == ["shop/orders"])
        #expect(reading.diagnostics.map(\.code) == ["duplicate-object"])
    }

    @Test func `a misspelt kind of ours is a policy that cannot be read`() {
        let reading = read(policy.replacing("AccessPolicy", with: "AccesPolicy"))
        #expect(reading.unreadable.count == 1)
    }

    @Test func `kinds that decide nothing say nothing`() {
        let reading = read(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: A }\n---\nkind: PolicyTest\ncases: []\n"
        )
        #expect(reading.diagnostics.isEmpty)
        #expect(reading.objects.isEmpty)
    }

    @Test func `a list is its items`() {
        let item = "{ apiVersion: v1, kind: ServiceAccount, metadata: { name: a } }"
        let reading = read("apiVersion: v1\nkind: List\nitems: [\(item), \(item)]\n")
        #expect(reading.objects.map(\.kind) == ["ServiceAccount"])
        #expect(reading.diagnostics.map(\.code) == ["duplicate-object"])
    }

    @Test func `a directory that is not there is said so`() {
        let reading = ManifestDirectory.read("/nowhere/at/all")
        #expect(reading.diagnostics.map(\.code) == ["unreadable-file"])
        #expect(reading.unreadable.count == 1)
    }
}
