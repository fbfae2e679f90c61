import APIRegistry
import JSONText
import KubernetesModel
import TestSupport
import Testing

@Suite("The life of an object")
struct LifecycleTests {
    // MARK: Create

    @Test func `a new object gets its identity and loses what only the server writes`() throws {
        let made = try Objects.created(
            #"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a","uid":"mine","generation":9,"creationTimestamp":"2000-01-01T00:00:00Z","deletionTimestamp":"2000-01-01T00:00:00Z"},"spec":{"x":1},"status":{"ready":true}}"#,
            Objects.custom()
        )
        #expect(made.uid == "uid-1")
        #expect(made.namespace == "default")
        #expect(made.generation == 1)
        #expect(made["metadata", "creationTimestamp"]?.string == Objects.nowText)
        #expect(!made.isBeingDeleted)
        #expect(made["status"] == nil)
    }

    @Test func `without a status subresource the status is kept`() throws {
        let made = try Objects.created(
            #"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"status":{"ready":true}}"#,
            Objects.custom(hasStatus: false)
        )
        #expect(made["status", "ready"]?.bool == true)
    }

    @Test func `a name is made from generateName`() throws {
        let made = try Objects.created(
            #"{"metadata":{"generateName":"job-"}}"#,
            Objects.lifecycle("configmaps")
        )
        #expect(made.name.hasPrefix("job-"))
        #expect(made.name.utf8.count == 9)
        var random = SeededGenerator(seed: 3)
        let long = GeneratedName.make(from: String(repeating: "x", count: 200), using: &random)
        #expect(long.utf8.count == 63)
    }

    static let refusals: [(String, String, Int, String)] = [
        (
            "configmaps", #"{"kind":"Secret"}"#, 400,
            #"Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion"#
        ),
        (
            "configmaps", #"{"apiVersion":"v2"}"#, 400,
            "the API version in the data (v2) does not match the expected API version (v1)"
        ),
        (
            "configmaps", #"{"metadata":{"name":"a","namespace":"b"}}"#, 400,
            "the namespace of the provided object does not match the namespace sent on the request"
        ),
        (
            "configmaps", #"{"metadata":{"name":"a","resourceVersion":"3"}}"#, 400,
            "resourceVersion should not be set on objects to be created"
        ),
        (
            "configmaps", "{}", 422,
            #"ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required"#
        ),
        (
            "namespaces", #"{"metadata":{"name":"A"}}"#, 422,
            #"Namespace "A" is invalid: metadata.name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"#
        ),
        (
            "configmaps", #"{"metadata":{"name":"a","labels":{"a b":"c"}}}"#, 422,
            #"ConfigMap "a" is invalid: metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#
        ),
    ]

    @Test(arguments: refusals) func `what no new object may be`(
        plural: String,
        text: String,
        code: Int,
        message: String
    ) throws {
        let refusal = Objects.refusal { try Objects.created(text, Objects.lifecycle(plural)) }
        #expect(refusal?.code == code)
        #expect(refusal?.message == message)
    }

    @Test func `a user's kind must be named`() {
        let refusal = Objects.refusal { try Objects.created(#"{"metadata":{"name":"a"}}"#, Objects.custom()) }
        #expect(refusal?.code == 400)
        #expect(refusal?.message.hasPrefix("Object 'Kind' is missing in '{") == true)
    }

    @Test func `a built-in kind is refused for its types, not for what its rules let pass`() throws {
        let pods = try Objects.lifecycle("pods")
        let twice = try Objects.created(
            #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","env":[{"name":"A","value":"1"},{"name":"A","value":"2"}]}]}}"#,
            pods
        )
        try pods.checkSchema(twice)
        // However many harmless things come before it, the wrong one is found.
        for count in [200, 20_000] {
            var many = twice
            let variables = (0..<count).map { _ -> JSONValue in ["name": "A"] }
            many["spec", "containers"] = [
                ["name": "c", "image": "i", "env": .array(variables + [["name": 7]])]
            ]
            let found = Objects.refusal { try pods.checkSchema(many) }
            #expect(found?.code == 400)
        }
        var wrong = twice
        wrong["spec", "terminationGracePeriodSeconds"] = "soon"
        let refusal = Objects.refusal { try pods.checkSchema(wrong) }
        #expect(refusal?.code == 400)
        #expect(
            refusal?.message.hasPrefix(
                #"Pod in version "v1" cannot be handled as a Pod: spec.terminationGracePeriodSeconds: "#
            ) == true
        )
    }

    // MARK: Update

    private func widget() throws -> UnstructuredObject {
        try Objects.created(
            #"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"x":1}}"#,
            Objects.custom()
        )
    }

    @Test func `a change of the spec counts, one of metadata or status does not`() throws {
        let old = try widget()
        let spec = try Objects.updated(old, Objects.custom()) { $0["spec", "x"] = 2 }
        let labels = try Objects.updated(old, Objects.custom()) { $0.labels = ["a": "b"] }
        let both = try Objects.updated(old, Objects.custom()) { $0["status"] = ["x": 2] }
        #expect(spec.generation == 2)
        #expect(labels.generation == 1)
        #expect(both.generation == 1)
        #expect(both["status"] == nil)
    }

    @Test func `the status subresource changes the status alone`() throws {
        let old = try widget()
        let new = try Objects.updated(old, Objects.custom(), subresource: "status") {
            $0["status"] = ["ready": true]
            $0["spec", "x"] = 9
            $0.labels = ["a": "b"]
        }
        #expect(new["status", "ready"]?.bool == true)
        #expect(new["spec", "x"]?.int == 1)
        #expect(new.labels.isEmpty)
        #expect(new.generation == 1)
    }

    @Test func `an update from another version is a conflict`() throws {
        let old = try widget()
        let refusal = Objects.refusal {
            try Objects.updated(old, Objects.custom()) { $0.resourceVersion = "6" }
        }
        #expect(refusal?.code == 409)
        #expect(refusal?.reason == .conflict)
        #expect(
            refusal?.message
                == #"Operation cannot be fulfilled on widgets.example.com "a": the object has been modified; please apply your changes to the latest version and try again"#
        )
        #expect(refusal?.details.kind == "widgets")
    }

    @Test func `a user's kind needs a version to be updated, a ConfigMap does not`() throws {
        let old = try widget()
        let refusal = Objects.refusal {
            try Objects.updated(old, Objects.custom()) { $0.resourceVersion = "" }
        }
        #expect(
            refusal?.message
                == #"Widget.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update"#
        )
        let configMaps = try Objects.lifecycle("configmaps")
        let map = try Objects.created(#"{"metadata":{"name":"a"}}"#, configMaps)
        let updated = try Objects.updated(map, configMaps) { $0.resourceVersion = "" }
        #expect(updated.resourceVersion == "7")
    }

    @Test func `an update for another object of the same name is a conflict`() throws {
        let old = try widget()
        let refusal = Objects.refusal { try Objects.updated(old, Objects.custom()) { $0.uid = "other" } }
        #expect(refusal?.reason == .conflict)
    }

    @Test func `what an update leaves out is kept`() throws {
        let old = try widget()
        let new = try Objects.updated(old, Objects.custom()) {
            $0.uid = ""
            $0["metadata", "creationTimestamp"] = nil
            $0.generation = 77
            $0.deletionTimestamp = Objects.nowText
        }
        #expect(Objects.custom().isUnchanged(new, from: old))
        #expect(new.uid == "uid-1")
        #expect(!new.isBeingDeleted)
    }

    @Test func `an object that is going takes no new finalizers`() throws {
        var old = try widget()
        old.finalizers = ["example.com/a"]
        old.deletionTimestamp = Objects.nowText
        let refusal = Objects.refusal {
            try Objects.updated(old, Objects.custom()) { $0.finalizers.append("example.com/b") }
        }
        #expect(
            refusal?.message
                == #"Widget.example.com "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b"}"#
        )
    }

    @Test func `the order of members and the times of managers are no change`() throws {
        var old = try widget()
        old["spec"] = ["a": 1, "b": 2]
        old["metadata", "managedFields"] = [["manager": "m", "time": "2026-01-01T00:00:00Z"]]
        var new = old
        new["spec"] = ["b": 2, "a": 1, "c": .null]
        new["metadata", "managedFields"] = [["manager": "m", "time": "2026-01-02T00:00:00Z"]]
        #expect(Objects.custom().isUnchanged(new, from: old))
        new["spec", "a"] = 0
        #expect(!Objects.custom().isUnchanged(new, from: old))
    }
}
