import APIRegistry
import JSONText
import KubernetesModel
import Synchronization
import Testing

@testable import APIServer

/// Does something between the admission of a write and the write itself, once.
private final class Interruption: Admission {
    private let action = Mutex<(@Sendable () async throws -> Void)?>(nil)

    func next(_ action: @escaping @Sendable () async throws -> Void) {
        self.action.withLock { $0 = action }
    }

    func mutate(_ attributes: AdmissionAttributes, _ warnings: Warnings) async throws(APIStatus)
        -> UnstructuredObject?
    {
        attributes.object
    }

    func validate(_ attributes: AdmissionAttributes, _ warnings: Warnings) async throws(APIStatus) {
        let action = action.withLock { action in
            defer { action = nil }
            return action
        }
        do {
            try await action?()
        } catch {
            throw .internalError("\(error)")
        }
    }
}

@Suite("Writes that come at the wrong moment")
struct RaceTests {
    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    private func definition(_ plural: String, kind: String) -> String {
        """
        {"metadata": {"name": "\(plural).example.com"}, "spec": {"group": "example.com", "scope": "Cluster",
         "names": {"plural": "\(plural)", "kind": "\(kind)"}, "versions": [{"name": "v1", "served": true,
         "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}]}}
        """
    }

    @Test func `nothing is created in a namespace that began to go after it was admitted`() async throws {
        let interruption = Interruption()
        let api = try await TestAPI { _, _ in interruption }
        let secrets = "/api/v1/namespaces/x/secrets"
        try await api.create("/api/v1/namespaces", "{\"metadata\": {\"name\": \"x\"}}")
        interruption.next { _ = try await api.send("DELETE", "/api/v1/namespaces/x") }
        let ending = try await api.send("POST", secrets, "{\"metadata\": {\"name\": \"s\"}}")
        let left = try await api.get(secrets)
        #expect(ending.code == 403)
        #expect(ending.value["details"]?["causes"]?[0]?["reason"] == "NamespaceTerminating")
        #expect(left.names == [])
    }

    @Test func `nothing is created in a namespace that went after it was admitted`() async throws {
        let interruption = Interruption()
        let api = try await TestAPI { _, _ in interruption }
        try await api.create("/api/v1/namespaces", "{\"metadata\": {\"name\": \"x\"}}")
        interruption.next {
            _ = try await api.send("DELETE", "/api/v1/namespaces/x")
            let controller = NamespaceController(writer: api.service.writer, authorities: "CA")
            _ = try await controller.reconcile("x")
        }
        let late = try await api.send(
            "POST",
            "/api/v1/namespaces/x/secrets",
            "{\"metadata\": {\"name\": \"s\"}}"
        )
        let namespace = try await api.get("/api/v1/namespaces/x")
        #expect(namespace.code == 404)
        #expect(late.code == 404)
        #expect(late.message == "namespaces \"x\" not found")
    }

    @Test func `a namespace that only changed does not stand in the way`() async throws {
        let interruption = Interruption()
        let api = try await TestAPI { _, _ in interruption }
        interruption.next {
            _ = try await api.send(
                "PATCH",
                "/api/v1/namespaces/default",
                "{\"metadata\": {\"labels\": {\"a\": \"b\"}}}",
                type: "application/merge-patch+json"
            )
        }
        let made = try await api.send(
            "POST",
            "/api/v1/namespaces/default/secrets",
            "{\"metadata\": {\"name\": \"s\"}}"
        )
        #expect(made.code == 201)
    }

    @Test func `nothing is created of a kind whose definition began to go after it was admitted`()
        async throws
    {
        let interruption = Interruption()
        let api = try await TestAPI { _, _ in interruption }
        let name = "\(Self.definitions)/widgets.example.com"
        let widgets = "/apis/example.com/v1/widgets"
        try await api.create(Self.definitions, definition("widgets", kind: "Widget"))
        interruption.next { _ = try await api.send("DELETE", name) }
        let late = try await api.send(
            "POST",
            widgets,
            "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Widget\", \"metadata\": {\"name\": \"w\"}}"
        )
        #expect(late.code == 405)
        #expect(late.message == "create not allowed while custom resource definition is terminating")
    }

    @Test func `of two definitions that want one name at the same moment, one gets it`() async throws {
        let interruption = Interruption()
        let api = try await TestAPI { _, _ in interruption }
        let other = definition("gadgets", kind: "Widget")
        interruption.next { try await api.create(Self.definitions, other) }
        try await api.create(Self.definitions, definition("widgets", kind: "Widget"))
        let stored = try await api.get("\(Self.definitions)/widgets.example.com")
        let conditions = stored.value["status"]?["conditions"]?.array ?? []
        let accepted = conditions.first { $0["type"] == "NamesAccepted" }
        let served = api.service.catalogue.snapshot().definitions.filter { $0.kind == "Widget" }
        #expect(accepted?["status"] == "False")
        #expect(accepted?["message"] == "\"WidgetList\" is already in use")
        #expect(served.map(\.plural) == ["gadgets"])
    }
}
