import JSONText
import KubernetesModel
import Testing

@Suite("JSON patches")
struct JSONPatchTests {
    // The document, the patch, and what is left; `nil` where the patch is refused. The examples are those of
    // RFC 6902, appendix A, and what Kubernetes adds.
    @Test(
        arguments: [
            (
                #"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#,
                #"{"foo":"bar","baz":"qux"}"#
            ),
            (
                #"{"foo":["a","c"]}"#, #"[{"op":"add","path":"/foo/1","value":"b"}]"#,
                #"{"foo":["a","b","c"]}"#
            ),
            (#"{"foo":["a"]}"#, #"[{"op":"add","path":"/foo/-","value":"b"}]"#, #"{"foo":["a","b"]}"#),
            (#"{"foo":["a"]}"#, #"[{"op":"add","path":"/foo/2","value":"b"}]"#, nil),
            (#"{"a":1,"b":2}"#, #"[{"op":"remove","path":"/a"}]"#, #"{"b":2}"#),
            (#"{"b":2}"#, #"[{"op":"remove","path":"/a"}]"#, nil),
            (#"{"a":[1,2,3]}"#, #"[{"op":"remove","path":"/a/1"}]"#, #"{"a":[1,3]}"#),
            (#"{"a":[1,2,3]}"#, #"[{"op":"remove","path":"/a/-1"}]"#, #"{"a":[1,2]}"#),
            (#"{"a":[1]}"#, #"[{"op":"remove","path":"/a/01"}]"#, nil),
            (#"{"a":[1]}"#, #"[{"op":"remove","path":"/a/-0"}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"replace","path":"/a","value":null}]"#, #"{"a":null}"#),
            (#"{"a":1}"#, #"[{"op":"replace","path":"/b","value":1}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"replace","path":"","value":[1]}]"#, "[1]"),
            (
                #"{"a":{"b":1},"c":{}}"#, #"[{"op":"move","from":"/a/b","path":"/c/d"}]"#,
                #"{"a":{},"c":{"d":1}}"#
            ),
            (#"{"a":[1,2,3]}"#, #"[{"op":"move","from":"/a/0","path":"/a/2"}]"#, #"{"a":[2,3,1]}"#),
            (#"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a","path":"/a/b"}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"move","from":"/a","path":"/a"}]"#, #"{"a":1}"#),
            (#"{"a":[1]}"#, #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"a":[1],"b":[1]}"#),
            (#"{"a":1.0}"#, #"[{"op":"test","path":"/a","value":1}]"#, #"{"a":1.0}"#),
            (
                #"{"a":{"x":1,"y":2}}"#, #"[{"op":"test","path":"/a","value":{"y":2,"x":1}}]"#,
                #"{"a":{"x":1,"y":2}}"#
            ),
            (#"{"a":"1"}"#, #"[{"op":"test","path":"/a","value":1}]"#, nil),
            (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
            (#"{"a":1}"#, #"[{"op":"add","path":"/x/y","value":1}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"add","path":"x","value":1}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"add","path":"/b"}]"#, nil),
            (#"{"a":1}"#, #"[{"op":"spread","path":"/b"}]"#, nil),
            (#"{"a":1}"#, #"{"op":"remove","path":"/a"}"#, nil),
            (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":2},{"op":"remove","path":"/c"}]"#, nil),
        ] as [(String, String, String?)]
    )
    func `do what the RFC says, all or none`(document: String, patch: String, expected: String?) throws {
        let parsed = try JSONValue(parsing: document)
        let operations = try JSONValue(parsing: patch)
        let result = try? JSONPatch(parsing: operations).applied(to: parsed)
        #expect(result?.text() == expected)
    }

    @Test(
        arguments: [
            (
                #"[{"op":"remove","path":"/x/y"}]"#,
                #"remove operation does not apply: doc is missing path: "/x/y": missing value"#
            ),
            (
                #"[{"op":"remove","path":"/x"}]"#,
                "error in remove for path: '/x': Unable to remove nonexistent key: x: missing value"
            ),
            (#"[{"op":"test","path":"/a","value":2}]"#, "testing value /a failed: test failed"),
            (#"[{"op":"fly","path":"/a"}]"#, "Unexpected kind: fly"),
            (
                #"[{"op":"replace","path":"/b","value":2}]"#,
                "replace operation does not apply: doc is missing key: /b: missing value"
            ),
        ]
    )
    func `are refused in the words of kube-apiserver's library`(patch: String, message: String) throws {
        let operations = try JSONValue(parsing: patch)
        let error = #expect(throws: PatchError.self) {
            try JSONPatch(parsing: operations).applied(to: ["a": 1])
        }
        #expect(error?.description == message)
        #expect(error?.status.code == 422)
        #expect(error?.status.message == "the server rejected our request due to an error in our request")
    }

    @Test func `more than ten thousand operations are too many`() {
        let operation: JSONValue = ["op": "test", "path": "", "value": 1]
        let error = #expect(throws: PatchError.tooManyOperations(10_001)) {
            try JSONPatch(parsing: .array(Array(repeating: operation, count: 10_001)))
        }
        #expect(error?.status.code == 413)
    }

    @Test func `copies of copies end before memory does`() {
        let double = JSONPatch.Operation.copy(
            from: JSONPointer(tokens: ["a"]),
            to: JSONPointer(tokens: ["a", "-"])
        )
        let patch = JSONPatch(Array(repeating: double, count: 60))
        let document: JSONValue = ["a": [.string(String(repeating: "x", count: 1000))]]
        #expect(throws: PatchError.self) { try patch.applied(to: document) }
    }

    @Test func `nesting has an end`() {
        let nest = JSONPatch.Operation.move(
            from: JSONPointer(tokens: ["a"]),
            to: JSONPointer(tokens: ["b", "a"])
        )
        let back = JSONPatch.Operation.move(from: JSONPointer(tokens: ["b"]), to: JSONPointer(tokens: ["a"]))
        let again = JSONPatch.Operation.add(JSONPointer(tokens: ["b"]), [:])
        let patch = JSONPatch((0..<100).flatMap { _ in [again, nest, back] })
        #expect(throws: PatchError.tooDeep(limit: 64)) { try patch.applied(to: ["a": 1, "b": [:]]) }
    }

    @Test func `ten thousand operations on a large object end soon`() throws {
        var members: [(String, JSONValue)] = []
        for index in 0..<100_000 { members.append(("member-\(index)", [.int(index)])) }
        let operations = (0..<10_000).map { index in
            JSONPatch.Operation.add(JSONPointer(tokens: ["member-\(index)", "-"]), 1)
        }
        let result = try JSONPatch(operations).applied(to: .object(JSONObject(members)))
        #expect(result["member-9999"] == [9999, 1])
        #expect(result["member-10000"] == [10000])
    }

    @Test func `a large value is moved to and fro without a look inside`() throws {
        let large = JSONValue.array(Array(repeating: 1, count: 1_000_000))
        let (x, y) = (JSONPointer(tokens: ["x"]), JSONPointer(tokens: ["y"]))
        let moves = (0..<4_995).flatMap { _ in
            [JSONPatch.Operation.move(from: x, to: y), .move(from: y, to: x)]
        }
        let result = try JSONPatch([.add(x, large)] + moves).applied(to: [:])
        #expect(result["x"]?.array?.count == 1_000_000)
        #expect(result.object?.count == 1)
    }

    // Each takes the whole of a large document for each of its operations.
    @Test(
        arguments: [
            (["a", "0"], ["a", "-"]), (["o", "0"], ["o", "new"]), (["x"], ["y", "x"]),
        ] as [([String], [String])]
    )
    func `operations whose work multiplies are refused`(source: [String], target: [String]) throws {
        let many = JSONValue.array(Array(repeating: 1, count: 150_000))
        let members = (0..<150_000).map { ("\($0)", JSONValue.int($0)) }
        let document: JSONValue = [
            "a": many, "o": .object(JSONObject(members)), "x": many, "y": [:],
        ]
        let (from, to) = (JSONPointer(tokens: source), JSONPointer(tokens: target))
        let moves = (0..<5_000).flatMap { _ in
            [JSONPatch.Operation.move(from: from, to: to), .move(from: to, to: from)]
        }
        // An array's last element is its `-` only for adding.
        let operations = source == ["a", "0"] ? moves.map { _ in .add(from, 1) } : moves
        let error = #expect(throws: PatchError.tooMuchWork(limit: 100_000_000)) {
            try JSONPatch(operations).applied(to: document)
        }
        #expect(error?.status.code == 413)
    }

    @Test func `removing each of ten thousand members is ordinary`() throws {
        let members = (0..<10_000).map { ("\($0)", JSONValue.int($0)) }
        let operations = (0..<9_999).map { JSONPatch.Operation.remove(JSONPointer(tokens: ["\($0)"])) }
        let result = try JSONPatch(operations).applied(to: .object(JSONObject(members)))
        #expect(result == ["9999": 9999])
    }

    @Test func `a number of a megabyte is compared by its spelling`() throws {
        let long = try JSONValue(parsing: "1.\(String(repeating: "0", count: 1_000_000))")
        let path = JSONPointer(tokens: ["a"])
        #expect(throws: PatchError.self) { try JSONPatch([.test(path, 1)]).applied(to: ["a": long]) }
        let same = Array(repeating: JSONPatch.Operation.test(path, long), count: 10)
        #expect(throws: Never.self) { try JSONPatch(same).applied(to: ["a": long]) }
    }
}

@Suite("JSON merge patches")
struct JSONMergePatchTests {
    /// The table of RFC 7386, appendix A.
    @Test(
        arguments: [
            (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
            (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
            (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
            (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
            (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
            (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
            (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
            (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
            (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
            (#"{"a":"foo"}"#, "null", "null"),
            (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
            (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
            (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
            ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
        ]
    )
    func `merge as the RFC's table says`(document: String, patch: String, expected: String) throws {
        let result = JSONMergePatch(try JSONValue(parsing: patch)).applied(
            to: try JSONValue(parsing: document)
        )
        #expect(result.text() == expected)
    }

    @Test(arguments: ["[]", "null", "1"] as [JSONValue])
    func `do not replace an object by something else`(patch: JSONValue) {
        let error = #expect(throws: PatchError.self) {
            try JSONMergePatch(patch).applied(to: UnstructuredObject(["a": 1]))
        }
        #expect(error?.status.code == 400)
    }
}
