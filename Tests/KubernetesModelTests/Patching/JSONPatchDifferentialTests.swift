import JSONText
import KubernetesModel
import TestSupport
import Testing

/// Random documents and patches, done by us and by PyPI's `jsonpatch`.
@Suite("JSON patches and PyPI's")
struct JSONPatchDifferentialTests {
    private static let peer = """
        import json, sys, jsonpatch
        def same(a, b):  # where Python holds True to be 1
            return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
        for line in sys.stdin:
            case = json.loads(line)
            try:
                print(json.dumps(jsonpatch.apply_patch(case["document"], case["patch"]), sort_keys=True))
            except Exception:
                print("refused")
        """

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `agree on what is left and on what is refused`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var input: [UInt8] = []
        var cases: [JSONValue] = []
        for _ in 0..<1500 {
            let document: JSONValue = ["r": Self.value(depth: 3, &generator)]
            let operations = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                Self.operation(in: document, &generator)
            }
            let entry: JSONValue = ["document": document, "patch": .array(operations)]
            cases.append(entry)
            entry.append(to: &input)
            input.append(UInt8(ascii: "\n"))
        }
        let peer = try runPython(Self.peer, input: input)
        try #require(peer.status == 0, "\(peer.errorText)")
        let answers = peer.outputText.split(separator: "\n")
        try #require(answers.count == cases.count)

        var applied = 0
        for (entry, answer) in zip(cases, answers) {
            let ours = try? JSONPatch(parsing: entry["patch"] ?? .null).applied(
                to: entry["document"] ?? .null
            )
            let theirs = answer == "refused" ? nil : try JSONValue(parsing: String(answer))
            #expect(ours.map(Self.sorted) == theirs.map(Self.sorted), "seed \(seed): \(entry)")
            if ours != nil { applied += 1 }
        }
        #expect(applied > 300)
    }

    // No booleans, which Python holds to be 0 and 1; names that need escapes and look like indices.
    private static let names = ["a", "b", "0", "/", "~", "~1", "", "é"]

    private static func value(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 3), using: &generator) {
        case 0: return .int(Int.random(in: 0...2, using: &generator))
        case 1: return .null
        case 2: return .string(names.randomElement(using: &generator) ?? "")
        case 3, 4:
            return .array(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth: depth - 1, &generator)
                }
            )
        default:
            let members = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                (names.randomElement(using: &generator) ?? "", value(depth: depth - 1, &generator))
            }
            return .object(JSONObject(members))
        }
    }

    private static func operation(in document: JSONValue, _ generator: inout SeededGenerator) -> JSONValue {
        let name =
            ["add", "remove", "replace", "move", "copy", "test"].randomElement(using: &generator) ?? ""
        let (path, found) = place(in: document, &generator)
        var operation: JSONObject = ["op": .string(name), "path": .string(path)]
        switch name {
        case "move", "copy": operation["from"] = .string(place(in: document, &generator).0)
        case "test" where Bool.random(using: &generator): operation["value"] = found ?? .null
        case "remove": break
        default: operation["value"] = value(depth: 1, &generator)
        }
        return .object(operation)
    }

    /// A walk down the document that at times ends beside it.
    ///
    /// Never the document itself: the peer's `remove`
    /// and `move` of it differ from the RFC's silence.
    private static func place(
        in document: JSONValue,
        _ generator: inout SeededGenerator
    ) -> (String, JSONValue?) {
        var tokens = ["r"]
        var value = document["r"]
        while let inner = value, Int.random(in: 0...3, using: &generator) > 0 {
            switch inner {
            case .array(let elements):
                let index = Int.random(in: 0...elements.count, using: &generator)
                tokens.append(Int.random(in: 0...5, using: &generator) == 0 ? "-" : "\(index)")
                value = inner[index]
            case .object(let object):
                let name = (object.names + names).randomElement(using: &generator) ?? ""
                tokens.append(name)
                value = object[name]
            default: return (JSONPointer(tokens: tokens).description, value)
            }
        }
        return (JSONPointer(tokens: tokens).description, value)
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(sorted))
        case .object(let object):
            .object(
                JSONObject(
                    object.members.sorted {
                        Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8))
                    }
                    .map { ($0.name, sorted($0.value)) }
                )
            )
        default: value
        }
    }
}
