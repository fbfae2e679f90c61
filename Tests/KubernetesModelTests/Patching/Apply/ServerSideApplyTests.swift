import JSONText
import KubernetesModel
import Testing

@Suite("Server-side apply")
struct ServerSideApplyTests {
    static let apply = ServerSideApply(
        schema: BuiltInSchemas.shared.schema(for: .init(group: "apps", version: "v1", kind: "Deployment"))
            ?? .anything,
        isBuiltIn: true
    )

    static func deployment(_ fields: String = "{}") throws -> UnstructuredObject {
        var object = UnstructuredObject(
            ["apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"]] as JSONObject
        )
        for member in try JSONValue(parsing: fields).object ?? JSONObject() {
            object.content[member.name] = member.value
        }
        if object["metadata", "name"] == nil { object.name = "web" }
        return object
    }

    static func manager(_ name: String, _ subresource: String = "") -> ServerSideApply.Manager {
        .init(name, apiVersion: "apps/v1", subresource: subresource)
    }

    static func owned(_ object: UnstructuredObject) -> [String: String] {
        var result: [String: String] = [:]
        for entry in object["metadata", "managedFields"]?.array ?? [] {
            let place = entry["subresource"]?.string.map { "/\($0)" } ?? ""
            let name = "\(entry["manager"]?.string ?? "") \(entry["operation"]?.string ?? "")\(place)"
            result[name] = entry["fieldsV1"]?.text()
        }
        return result
    }

    private static func applied(
        _ fields: String,
        to live: UnstructuredObject?,
        as name: String,
        force: Bool = false,
        time: String = "2026-01-01T00:00:00Z"
    ) throws -> UnstructuredObject {
        try apply.apply(deployment(fields), to: live, manager: manager(name), force: force, time: time)
    }

    private static let web =
        #"{"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}}}}"#

    @Test func `an object comes to be with the account of who applied it`() throws {
        let object = try Self.applied(Self.web, to: nil, as: "alice")
        #expect(
            object["metadata", "managedFields"]?.text()
                == #"[{"manager":"alice","operation":"Apply","apiVersion":"apps/v1","time":"2026-01-01T00:00:00Z","#
                + #""fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:replicas":{},"f:template":{"f:spec":{"#
                + #""f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"#
                + #""k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}}}}]"#
        )
        let again = try Self.applied(Self.web, to: object, as: "alice", time: "2026-02-02T00:00:00Z")
        #expect(again == object)
    }

    @Test func `another's value is a conflict, in kube-apiserver's words, and force takes it`() throws {
        let created = Self.apply.update(
            from: nil,
            to: try Self.deployment(#"{"spec":{"replicas":1,"paused":true}}"#),
            manager: Self.manager("kubectl-client-side-apply"),
            time: "2026-01-01T00:00:00Z"
        )
        let error = #expect(throws: APIStatus.self) {
            try Self.applied(#"{"spec":{"replicas":2}}"#, to: created, as: "alice")
        }
        #expect(error?.code == 409)
        #expect(error?.reason == .conflict)
        #expect(
            error?.message
                == #"Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas"#
        )
        #expect(
            error?.details.causes == [
                .init(
                    reason: "FieldManagerConflict",
                    message: #"conflict with "kubectl-client-side-apply" using apps/v1"#,
                    field: ".spec.replicas"
                )
            ]
        )
        let two = #expect(throws: APIStatus.self) {
            try Self.applied(#"{"spec":{"replicas":2,"paused":false}}"#, to: created, as: "alice")
        }
        #expect(
            two?.message
                == "Apply failed with 2 conflicts: conflicts with \"kubectl-client-side-apply\" using apps/v1:\n"
                + "- .spec.paused\n- .spec.replicas"
        )
        let forced = try Self.applied(#"{"spec":{"replicas":2}}"#, to: created, as: "alice", force: true)
        #expect(forced["spec", "replicas"] == 2)
        #expect(
            Self.owned(forced) == [
                "alice Apply": #"{"f:spec":{"f:replicas":{}}}"#,
                "kubectl-client-side-apply Update": #"{"f:spec":{"f:paused":{}}}"#,
            ]
        )
    }

    @Test func `the same value is owned by both, and stays when one lets go`() throws {
        let alice = try Self.applied(#"{"spec":{"replicas":3,"paused":true}}"#, to: nil, as: "alice")
        let both = try Self.applied(#"{"spec":{"replicas":3}}"#, to: alice, as: "bob")
        #expect(Self.owned(both)["bob Apply"] == #"{"f:spec":{"f:replicas":{}}}"#)
        let left = try Self.applied("{}", to: both, as: "alice")
        #expect(left["spec"] == ["replicas": 3])
        #expect(Self.owned(left) == ["bob Apply": #"{"f:spec":{"f:replicas":{}}}"#])
        let gone = try Self.applied("{}", to: left, as: "bob")
        #expect(gone["spec"] == nil)
        #expect(gone["metadata", "managedFields"] == nil)
    }

    @Test func `elements of a list are owned by their keys`() throws {
        let first =
            #"{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}}}}"#
        let second =
            #"{"spec":{"template":{"spec":{"containers":[{"name":"b","env":[{"name":"X","value":"1"}]}]}}}}"#
        let alice = try Self.applied(first, to: nil, as: "alice")
        let both = try Self.applied(second, to: alice, as: "bob")
        let fewer = #"{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"2"}]}}}}"#
        let left = try Self.applied(fewer, to: both, as: "alice")
        #expect(
            left["spec", "template", "spec", "containers"]?.text()
                == #"[{"name":"a","image":"2"},{"name":"b","env":[{"name":"X","value":"1"}]}]"#
        )
    }

    @Test func `a set's elements are owned one by one, and an atomic map as a whole`() throws {
        let alice = try Self.applied(
            #"{"metadata":{"name":"web","finalizers":["x/a"]},"spec":{"selector":{"matchLabels":{"a":"1"}}}}"#,
            to: nil,
            as: "alice"
        )
        #expect(
            Self.owned(alice)["alice Apply"]
                == #"{"f:metadata":{"f:finalizers":{"v:\"x/a\"":{}}},"f:spec":{"f:selector":{}}}"#
        )
        let bob = try Self.applied(#"{"metadata":{"name":"web","finalizers":["x/b"]}}"#, to: alice, as: "bob")
        #expect(bob.finalizers.sorted() == ["x/a", "x/b"])
        #expect(throws: APIStatus.self) {
            try Self.applied(#"{"spec":{"selector":{"matchLabels":{"a":"1","b":"2"}}}}"#, to: bob, as: "bob")
        }
    }

    @Test func `who updates takes what changed from its owners`() throws {
        let alice = try Self.applied(#"{"spec":{"replicas":3,"paused":true}}"#, to: nil, as: "alice")
        var changed = alice
        changed["spec", "replicas"] = 5
        changed["status", "replicas"] = 5
        let scaled = Self.apply.update(
            from: alice,
            to: changed,
            manager: Self.manager("controller"),
            time: "2026-01-02T00:00:00Z"
        )
        #expect(
            Self.owned(scaled) == [
                "alice Apply": #"{"f:spec":{"f:paused":{}}}"#,
                "controller Update": #"{"f:spec":{"f:replicas":{}},"f:status":{"f:replicas":{}}}"#,
            ]
        )
        var removed = scaled
        removed["spec", "paused"] = nil
        let after = Self.apply.update(
            from: scaled,
            to: removed,
            manager: Self.manager("controller"),
            time: "2026-01-03T00:00:00Z"
        )
        #expect(Self.owned(after)["alice Apply"] == nil)
        let same = Self.apply.update(
            from: after,
            to: after,
            manager: Self.manager("controller"),
            time: "2026-01-04T00:00:00Z"
        )
        #expect(same == after)
    }

    @Test func `the status has an entry of its own, and the object's writers do not own it`() throws {
        let status = FieldSet([[.field("status")]])
        let main = ServerSideApply(schema: .anything, resetFields: status)
        let object = try Self.deployment(#"{"spec":{"replicas":1},"status":{"replicas":1}}"#)
        let created = main.update(
            from: nil,
            to: object,
            manager: Self.manager("a"),
            time: "2026-01-01T00:00:00Z"
        )
        #expect(Self.owned(created) == ["a Update": #"{"f:spec":{".":{},"f:replicas":{}}}"#])
        var changed = created
        changed["status", "replicas"] = 2
        let spec = FieldSet([[.field("spec")], [.field("metadata")]])
        let reported = ServerSideApply(schema: .anything, resetFields: spec).update(
            from: created,
            to: changed,
            manager: Self.manager("a", "status"),
            time: "2026-01-01T00:00:00Z"
        )
        #expect(Self.owned(reported)["a Update/status"] == #"{"f:status":{"f:replicas":{}}}"#)
    }

    @Test func `an object without an account gets one when it is first applied, and not before`() throws {
        let old = try Self.deployment(#"{"metadata":{"name":"web","uid":"u"},"spec":{"replicas":1}}"#)
        var changed = old
        changed["spec", "replicas"] = 2
        let updated = Self.apply.update(
            from: old,
            to: changed,
            manager: Self.manager("a"),
            time: "2026-01-01T00:00:00Z"
        )
        #expect(updated["metadata", "managedFields"] == nil)
        let applied = try Self.applied(#"{"spec":{"paused":true}}"#, to: updated, as: "alice")
        #expect(
            Self.owned(applied) == [
                "alice Apply": #"{"f:spec":{"f:paused":{}}}"#,
                "before-first-apply Update": #"{"f:spec":{"f:replicas":{}}}"#,
            ]
        )
    }

    @Test(arguments: [#"[{}]"#, "[]"])
    func `who clears the account clears it`(given: String) throws {
        let alice = try Self.applied(#"{"spec":{"replicas":3}}"#, to: nil, as: "alice")
        var cleared = alice
        cleared["metadata", "managedFields"] = try JSONValue(parsing: given)
        let result = Self.apply.update(
            from: alice,
            to: cleared,
            manager: Self.manager("a"),
            time: "2026-01-01T00:00:00Z"
        )
        #expect(result["metadata", "managedFields"] == nil)
    }

    @Test func `who leaves the account out, or makes it unreadable, keeps it`() throws {
        let alice = try Self.applied(#"{"spec":{"replicas":3}}"#, to: nil, as: "alice")
        for given in [nil, #"[{"operation":"Steal"}]"#, #"[{"manager":"x","operation":"Apply"}]"#]
            as [String?]
        {
            var changed = alice
            changed["metadata", "managedFields"] = try given.map { try JSONValue(parsing: $0) }
            let result = Self.apply.update(
                from: alice,
                to: changed,
                manager: Self.manager("a"),
                time: "2026-01-01T00:00:00Z"
            )
            #expect(result.json.text() == alice.json.text() || Self.owned(result) == Self.owned(alice))
        }
    }

    @Test func `an eleventh updater merges the oldest two`() throws {
        var object = try Self.deployment(#"{"metadata":{"name":"web","annotations":{"a":"0"}}}"#)
        object = Self.apply.update(
            from: nil,
            to: object,
            manager: Self.manager("m0"),
            time: "2026-01-01T00:00:00Z"
        )
        for index in 1...10 {
            var changed = object
            changed["metadata", "annotations", "a\(index)"] = .string("\(index)")
            object = Self.apply.update(
                from: object,
                to: changed,
                manager: Self.manager("m\(index)"),
                time: "2026-01-\(index + 10)T00:00:00Z"
            )
        }
        let owned = Self.owned(object)
        #expect(owned.count == 10)
        #expect(
            owned["ancient-changes Update"]
                == #"{"f:metadata":{"f:annotations":{".":{},"f:a":{},"f:a1":{}}}}"#
        )
        #expect(owned["m2 Update"] != nil)
    }

    private static func account(_ entries: [(manager: String, fields: [String])]) -> JSONValue {
        .array(
            entries.enumerated().map { index, entry in
                let names = JSONObject(entry.fields.map { ("f:\($0)", JSONValue.object(JSONObject())) })
                return [
                    "manager": .string(entry.manager), "operation": "Update", "apiVersion": "apps/v1",
                    "time": .string("2025-01-01T00:\(index / 60 + 10):\(index % 60 + 10)Z"),
                    "fieldsType": "FieldsV1", "fieldsV1": ["f:spec": .object(names)],
                ]
            }
        )
    }

    // United one by one, each of the small ones would copy the large one.
    @Test func `a thousand updaters are capped however much the oldest has`() throws {
        let large = (0..<40_000).map { "x\($0)" }
        let small = (1..<999).map { index in (manager: "m\(index)", fields: ["y\(index)"]) }
        var sent = try Self.deployment()
        sent["metadata", "managedFields"] = Self.account([(manager: "m0", fields: large)] + small)
        let object = Self.apply.update(
            from: try Self.deployment(),
            to: sent,
            manager: Self.manager("me"),
            time: "2026-01-01T00:00:00Z"
        )
        let entries = object["metadata", "managedFields"]?.array ?? []
        let ancient = entries.first { $0["manager"] == "ancient-changes" }
        #expect(entries.count == 10)
        #expect(ancient?["fieldsV1"]?["f:spec"]?.object?.count == 40_000 + 989)
    }

    @Test func `a client's account of very many fields is none`() throws {
        var live = try Self.deployment()
        live["metadata", "managedFields"] = Self.account([(manager: "m", fields: ["a"])])
        var sent = live
        let many = (0..<100_000).map { "x\($0)" }
        sent["metadata", "managedFields"] = Self.account([(manager: "liar", fields: many)])
        let object = Self.apply.update(
            from: live,
            to: sent,
            manager: Self.manager("me"),
            time: "2026-01-01T00:00:00Z"
        )
        #expect(Self.owned(object) == ["m Update": #"{"f:spec":{"f:a":{}}}"#])
    }

    @Test(
        arguments: [
            (#"{"spec":{"replica":1}}"#, 500, ".spec.replica: field not declared in schema"),
            (
                #"{"spec":{"replicas":"x"}}"#, 500,
                ".spec.replicas: expected numeric (int or float), got a string"
            ),
            (
                #"{"metadata":{"name":"web","finalizers":["a","a"]}}"#, 500,
                #".metadata.finalizers: duplicate entries for key [="a"]"#
            ),
            (
                #"{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}"#, 500,
                ".spec.template.spec.containers: element 0: associative list with keys has an element that omits "
                    + #"key field "name" (and doesn't have default value)"#
            ),
        ]
    )
    func `what cannot be owned field by field is not applied`(fields: String, code: Int, message: String) {
        let error = #expect(throws: APIStatus.self) { try Self.applied(fields, to: nil, as: "alice") }
        #expect(error?.code == code)
        #expect(
            error?.message
                == "failed to create typed patch object (/web; apps/v1, Kind=Deployment): \(message)"
        )
    }

    @Test func `an applied configuration brings no account and is of the kind's version`() throws {
        let given = #expect(throws: APIStatus.self) {
            try Self.applied(#"{"metadata":{"name":"web","managedFields":[]}}"#, to: nil, as: "alice")
        }
        #expect(given?.message == "metadata.managedFields must be nil")
        let other = #expect(throws: APIStatus.self) {
            try Self.applied(#"{"apiVersion":"apps/v2"}"#, to: nil, as: "alice")
        }
        #expect(
            other?.message
                == "Incorrect version specified in apply patch. Specified patch version: apps/v2, expected: apps/v1"
        )
    }

    @Test func `kubectl may go over from its own apply to the server's`() throws {
        let annotation = "kubectl.kubernetes.io/last-applied-configuration"
        let configuration =
            #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":1}}"#
        var object = try Self.deployment(#"{"spec":{"replicas":1}}"#)
        object["metadata", "annotations", annotation] = .string(configuration + "\n")
        let live = Self.apply.update(
            from: nil,
            to: object,
            manager: Self.manager("kubectl-client-side-apply"),
            time: "2026-01-01T00:00:00Z"
        )
        #expect(throws: APIStatus.self) {
            try Self.applied(#"{"spec":{"replicas":2}}"#, to: live, as: "alice")
        }
        let applied = try Self.applied(#"{"spec":{"replicas":2}}"#, to: live, as: "kubectl")
        #expect(applied["spec", "replicas"] == 2)
        let text = try #require(applied["metadata", "annotations", annotation]?.string)
        #expect(try JSONValue(parsing: text)["spec"] == ["replicas": 2])
    }

    @Test func `a user's kind that keeps unknown fields is owned by what it holds`() throws {
        let kind = ServerSideApply(schema: Schema(type: .object, preservesUnknownFields: true))
        var object = UnstructuredObject(
            ["apiVersion": "x.io/v1", "kind": "Thing", "metadata": ["name": "a"]] as JSONObject
        )
        object["spec"] = ["list": [1, 2], "deep": ["er": 1], "none": [:]]
        let manager = ServerSideApply.Manager("alice", apiVersion: "x.io/v1")
        let applied = try kind.apply(
            object,
            to: nil,
            manager: manager,
            force: false,
            time: "2026-01-01T00:00:00Z"
        )
        #expect(
            Self.owned(applied)["alice Apply"]
                == #"{"f:spec":{".":{},"f:deep":{".":{},"f:er":{}},"f:list":{},"f:none":{}}}"#
        )
    }
}
