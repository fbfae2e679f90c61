import JSONText
import KubernetesModel
import Testing

/// Patches and applied configurations of Kubernetes' own kinds.
@Suite("Changing built-in kinds")
struct BuiltInKindsTests {
    private static func schema(_ group: String, _ kind: String) throws -> Schema {
        try #require(BuiltInSchemas.shared.schema(for: .init(group: group, version: "v1", kind: kind)))
    }

    private static func patched(_ document: String, _ patch: String, _ schema: Schema) throws -> String {
        let object = try #require(UnstructuredObject(JSONValue(parsing: document)))
        return try StrategicMergePatch(JSONValue(parsing: patch), schema: schema).applied(to: object).json
            .text()
    }

    @Test func `kubectl set image changes one container of a Deployment`() throws {
        let result = try Self.patched(
            #"{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}}}}"#,
            #"{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],"#
                + #""containers":[{"image":"2","name":"b"}]}}}}"#,
            Self.schema("apps", "Deployment")
        )
        #expect(
            result
                == #"{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}}}}"#
        )
    }

    @Test func `a Service's ports merge by port, and a Pod's volume of another kind replaces the old`() throws
    {
        let service = try Self.patched(
            #"{"spec":{"ports":[{"port":80,"targetPort":8080}]}}"#,
            #"{"spec":{"ports":[{"port":80,"targetPort":"web"},{"port":81}]}}"#,
            Self.schema("", "Service")
        )
        #expect(service == #"{"spec":{"ports":[{"port":80,"targetPort":"web"},{"port":81}]}}"#)
        let pod = try Self.patched(
            #"{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}"#,
            #"{"spec":{"volumes":[{"name":"v","$retainKeys":["name","configMap"],"configMap":{"name":"c"}}]}}"#,
            Self.schema("", "Pod")
        )
        #expect(pod == #"{"spec":{"volumes":[{"name":"v","configMap":{"name":"c"}}]}}"#)
    }

    @Test func `a finalizer is removed from the list, and an owner by its UID`() throws {
        let result = try Self.patched(
            #"{"metadata":{"finalizers":["a","b"],"ownerReferences":[{"uid":"1"},{"uid":"2"}]}}"#,
            #"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"#
                + #""ownerReferences":[{"$patch":"delete","uid":"1"}]}}"#,
            Self.schema("", "ConfigMap")
        )
        #expect(result == #"{"metadata":{"finalizers":["b"],"ownerReferences":[{"uid":"2"}]}}"#)
    }

    @Test func `two appliers share a Service's ports, known by number and protocol`() throws {
        let kind = ServerSideApply(schema: try Self.schema("", "Service"), isBuiltIn: true)
        func apply(_ spec: String, _ name: String, _ live: UnstructuredObject?) throws -> UnstructuredObject {
            var object = UnstructuredObject()
            object.apiVersion = "v1"
            object.kind = "Service"
            object.name = "web"
            object["spec"] = try JSONValue(parsing: spec)
            return try kind.apply(
                object,
                to: live,
                manager: .init(name, apiVersion: "v1"),
                force: false,
                time: "2026-01-01T00:00:00Z"
            )
        }
        let first = try apply(#"{"ports":[{"port":53,"protocol":"UDP"}]}"#, "alice", nil)
        let both = try apply(#"{"ports":[{"port":53},{"port":53,"protocol":"UDP"}]}"#, "bob", first)
        #expect(both["spec", "ports"]?.array?.count == 2)
        let left = try apply(#"{"ports":[{"port":53,"protocol":"UDP"}]}"#, "bob", both)
        #expect(left["spec"]?.text() == #"{"ports":[{"port":53,"protocol":"UDP"}]}"#)
        let gone = try apply("{}", "alice", left)
        #expect(gone["spec", "ports"]?.array?.count == 1)
    }

    @Test func `times alone are no difference`() throws {
        let kind = ServerSideApply(schema: try Self.schema("", "ConfigMap"), isBuiltIn: true)
        var object = UnstructuredObject()
        object.apiVersion = "v1"
        object.kind = "ConfigMap"
        object.name = "c"
        let manager = ServerSideApply.Manager("a", apiVersion: "v1")
        object["data", "x"] = "1"
        let one = kind.update(from: nil, to: object, manager: manager, time: "2026-01-01T00:00:00Z")
        let two = kind.update(from: nil, to: object, manager: manager, time: "2026-01-02T00:00:00Z")
        #expect(one != two)
        #expect(ServerSideApply.differOnlyInTimes(one, two))
        object["data", "x"] = "2"
        let three = kind.update(from: one, to: object, manager: manager, time: "2026-01-01T00:00:00Z")
        #expect(!ServerSideApply.differOnlyInTimes(one, three))
    }

    @Test func `an object of very many fields, and many who claim them, is worked through`() throws {
        let kind = ServerSideApply(schema: try Self.schema("", "ConfigMap"), isBuiltIn: true)
        var data = JSONObject()
        for index in 0..<5000 { data["key-\(index)"] = "value" }
        var object = UnstructuredObject()
        object.apiVersion = "v1"
        object.kind = "ConfigMap"
        object.name = "c"
        object["data"] = .object(data)
        let entries = (0..<500).map { index in
            ManagedFieldsEntry(
                manager: "m\(index)",
                operation: .apply,
                apiVersion: "v1",
                fields: FieldSet([[.field("data"), .field("key-\(index)")]])
            ).json
        }
        object["metadata", "managedFields"] = .array(entries)
        let manager = ServerSideApply.Manager("a", apiVersion: "v1")
        let created = kind.update(from: nil, to: object, manager: manager, time: "2026-01-01T00:00:00Z")
        #expect(created["metadata", "managedFields"]?.array?.count == 1)
        object["metadata", "managedFields"] = nil
        let applied = try kind.apply(
            object,
            to: created,
            manager: manager,
            force: false,
            time: "2026-01-01T00:00:00Z"
        )
        #expect(applied["metadata", "managedFields"]?.array?.count == 2)
    }

    @Test(
        arguments: [
            #"{"f:a":1}"#, #"{"g:a":{}}"#, #"{"k:[]":{}}"#, #"{"k:{":{}}"#, #"{"i:x":{}}"#, #"{"":{}}"#,
            #"{"f":{}}"#,
            "[]", "null",
        ]
    )
    func `what is no set of fields is none`(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(FieldSet(value) == nil)
    }
}
