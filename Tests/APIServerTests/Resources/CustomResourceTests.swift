import JSONText
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
            let widgets = try await api.get(Self.widgets)
            #expect(gone.code == 404)
            #expect(widgets.code == 404)
        }
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
