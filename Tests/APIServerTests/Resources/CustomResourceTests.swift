import JSONText
import KubernetesModel
import TestSupport
import Testing

@testable import APIServer

@Suite("Kinds of users' own")
struct CustomResourceTests {
    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    private static let widgets = "/apis/example.com/v1/namespaces/default/widgets"

    private static let definition = """
        {"metadata": {"name": "widgets.example.com"}, "spec": {"group": "example.com", "scope": "Namespaced",
         "names": {"plural": "widgets", "kind": "Widget"},
         "versions": [{"name": "v1", "served": true, "storage": true, "subresources": {"status": {},
           "scale": {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"}},
           "schema": {"openAPIV3Schema": {"type": "object", "properties": {
             "spec": {"type": "object", "properties": {"size": {"type": "integer", "minimum": 1, "default": 2}}},
             "status": {"type": "object", "properties": {"size": {"type": "integer"}}}}}}}]}}
        """

    @Test func `a kind is served at once, by its schema`() async throws {
        let api = try await TestAPI()
        let made = try await api.send("POST", Self.definitions, Self.definition)
        let conditions = made.value["status"]?["conditions"]?.array ?? []
        let widget = try await api.send(
            "POST",
            Self.widgets,
            "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Widget\", \"metadata\": {\"name\": \"w\"}, \"spec\": {\"odd\": 1}, \"status\": {\"size\": 7}}"
        )
        let wrong = try await api.send(
            "POST",
            Self.widgets,
            "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Widget\", \"metadata\": {\"name\": \"x\"}, \"spec\": {\"size\": 0}}"
        )
        let scaled = try await api.send(
            "PATCH",
            "\(Self.widgets)/w/scale",
            "{\"spec\": {\"replicas\": 5}}",
            type: "application/merge-patch+json"
        )
        let read = try await api.get("\(Self.widgets)/w")
        let strategic = try await api.send(
            "PATCH",
            "\(Self.widgets)/w",
            "{}",
            type: "application/strategic-merge-patch+json"
        )
        #expect(made.code == 201)
        #expect(conditions.contains { $0["type"] == "Established" && $0["status"] == "True" })
        #expect(widget.value["spec"] == ["size": 2])
        #expect(widget.value["status"] == nil)
        #expect(widget.warnings == ["unknown field \"spec.odd\""])
        #expect(wrong.code == 422)
        #expect(scaled.value["spec"]?["replicas"] == 5)
        #expect(read.value["spec"]?["size"] == 5)
        #expect(strategic.code == 415)
    }

    @Test func `a definition takes its objects with it`() async throws {
        let api = try await TestAPI()
        try await api.withControllers {
            try await api.create(Self.definitions, Self.definition)
            try await api.create(
                Self.widgets,
                "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Widget\", \"metadata\": {\"name\": \"w\"}}"
            )
            _ = try await api.send("DELETE", "\(Self.definitions)/widgets.example.com")
            let gone = try await api.eventually("\(Self.definitions)/widgets.example.com") { $0.code == 404 }
            let widgets = try await api.eventually(Self.widgets) { $0.code == 404 }
            #expect(gone.code == 404)
            #expect(widgets.code == 404)
        }
    }

    @Test func `a name that is taken keeps a definition from being served`() async throws {
        let api = try await TestAPI()
        try await api.create(Self.definitions, Self.definition)
        let second = Self.definition.replacing("widgets", with: "gadgets")
        let made = try await api.create(Self.definitions, second)
        let unserved = try await api.get("/apis/example.com/v1/namespaces/default/gadgets")
        #expect(Self.condition("NamesAccepted", of: made)?["reason"] == "ListKindConflict")
        #expect(Self.condition("NamesAccepted", of: made)?["message"] == "\"WidgetList\" is already in use")
        #expect(Self.condition("Established", of: made)?["status"] == "False")
        #expect(unserved.code == 404)
    }

    private static func condition(_ type: String, of definition: JSONValue) -> JSONValue? {
        (definition["status"]?["conditions"]?.array ?? []).first { $0["type"]?.string == type }
    }

    private static let twoVersions = """
        {"metadata": {"name": "widgets.example.com"}, "spec": {"group": "example.com", "scope": "Namespaced",
         "names": {"plural": "widgets", "kind": "Widget"}, "versions": [
         {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
          "properties": {"size": {"type": "integer"}}}}},
         {"name": "v2", "served": true, "storage": false, "schema": {"openAPIV3Schema": {"type": "object",
          "properties": {"size": {"type": "integer"}}}}}]}}
        """

    @Test func `what is served in two versions is stored once`() async throws {
        let api = try await TestAPI()
        let definition = try await api.create(Self.definitions, Self.twoVersions)
        let second = Self.widgets.replacing("/v1/", with: "/v2/")
        let made = try await api.create(
            second,
            "{\"apiVersion\": \"example.com/v2\", \"kind\": \"Widget\", \"metadata\": {\"name\": \"w\"}, \"size\": 3}"
        )
        let first = try await api.get("\(Self.widgets)/w")
        let again = try await api.send(
            "POST",
            Self.widgets,
            "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Widget\", \"metadata\": {\"name\": \"w\"}}"
        )
        let list = try await api.get(second)
        let stored = try await api.store.all(GroupResource(group: "example.com", resource: "widgets"))
        #expect(definition["status"]?["storedVersions"] == ["v1"])
        #expect(made["apiVersion"] == "example.com/v2")
        #expect(first.value["apiVersion"] == "example.com/v1")
        #expect(first.value["size"] == 3)
        #expect(first.value["metadata"]?["uid"] == made["metadata"]?["uid"])
        #expect(again.code == 409)
        #expect(list.names == ["w"])
        #expect(stored.map(\.object.apiVersion) == ["example.com/v1"])
    }

    @Test func `kinds and their objects are there again after a restart`() async throws {
        let directory = try TemporaryDirectory()
        let first = try await TestAPI(at: directory.path)
        try await first.create(Self.definitions, Self.twoVersions)
        let made = try await first.create(
            Self.widgets,
            "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Widget\", \"metadata\": {\"name\": \"w\"}}"
        )
        await first.store.close()
        let second = try await TestAPI(at: directory.path)
        let read = try await second.get("\(Self.widgets.replacing("/v1/", with: "/v2/"))/w")
        let more = try await second.send(
            "POST",
            Self.widgets,
            "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Widget\", \"metadata\": {\"name\": \"x\"}}"
        )
        await second.store.close()
        #expect(read.code == 200)
        #expect(read.value["metadata"]?["uid"] == made["metadata"]?["uid"])
        #expect(more.code == 201)
    }

    @Test func `conversion by webhook is refused`() async throws {
        let api = try await TestAPI()
        let text = Self.definition.replacing(
            "\"scope\": \"Namespaced\",",
            with: "\"scope\": \"Namespaced\", \"conversion\": {\"strategy\": \"Webhook\"},"
        )
        let answer = try await api.send("POST", Self.definitions, text)
        #expect(answer.code == 422)
        #expect(answer.message.contains("spec.conversion.strategy: Forbidden"))
    }
}
