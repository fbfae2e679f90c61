import JSONText
import KubernetesModel
import RBAC
import Testing

@testable import APIServer

@Suite("What works beside the requests")
struct ControllerTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"

    private func owned(_ name: String, by owner: JSONValue, blocks: Bool = false) -> String {
        let uid = owner["metadata"]?["uid"]?.string ?? ""
        let ownerName = owner["metadata"]?["name"]?.string ?? ""
        return """
            {"metadata": {"name": "\(name)", "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap",
             "name": "\(ownerName)", "uid": "\(uid)", "blockOwnerDeletion": \(blocks)}]}}
            """
    }

    @Test func `a namespace is furnished, and emptied before it goes`() async throws {
        let api = try await TestAPI()
        try await api.withControllers {
            try await api.create("/api/v1/namespaces", "{\"metadata\": {\"name\": \"x\"}}")
            let account = try await api.eventually("/api/v1/namespaces/x/serviceaccounts/default") {
                $0.code == 200
            }
            let authorities = try await api.eventually("/api/v1/namespaces/x/configmaps/kube-root-ca.crt") {
                $0.code == 200
            }
            try await api.create("/api/v1/namespaces/x/secrets", "{\"metadata\": {\"name\": \"s\"}}")
            let deleted = try await api.send("DELETE", "/api/v1/namespaces/x")
            let gone = try await api.eventually("/api/v1/namespaces/x") { $0.code == 404 }
            let secret = try await api.get("/api/v1/namespaces/x/secrets/s")
            #expect(account.code == 200)
            #expect(authorities.value["data"]?["ca.crt"] == "CA")
            #expect(deleted.value["status"]?["phase"] == "Terminating")
            #expect(gone.code == 404)
            #expect(secret.code == 404)
        }
    }

    @Test func `nothing is made in a namespace that is not there or is ending`() async throws {
        let api = try await TestAPI()
        let missing = try await api.send(
            "POST",
            "/api/v1/namespaces/x/secrets",
            "{\"metadata\": {\"name\": \"s\"}}"
        )
        try await api.create("/api/v1/namespaces", "{\"metadata\": {\"name\": \"x\"}}")
        _ = try await api.send("DELETE", "/api/v1/namespaces/x")
        let ending = try await api.send(
            "POST",
            "/api/v1/namespaces/x/secrets",
            "{\"metadata\": {\"name\": \"s\"}}"
        )
        let immortal = try await api.send("DELETE", "/api/v1/namespaces/default")
        #expect(missing.code == 404)
        #expect(missing.message == "namespaces \"x\" not found")
        #expect(ending.code == 403)
        #expect(ending.value["details"]?["causes"]?[0]?["reason"] == "NamespaceTerminating")
        #expect(immortal.message == "namespaces \"default\" is forbidden: this namespace may not be deleted")
    }

    @Test func `what nobody owns any more is deleted`() async throws {
        let api = try await TestAPI()
        try await api.withControllers {
            let owner = try await api.create(Self.maps, "{\"metadata\": {\"name\": \"owner\"}}")
            try await api.create(Self.maps, owned("child", by: owner))
            _ = try await api.send("DELETE", "\(Self.maps)/owner")
            let child = try await api.eventually("\(Self.maps)/child") { $0.code == 404 }
            #expect(child.code == 404)
        }
    }

    @Test func `a foreground deletion waits for dependents, and an orphaning one leaves them`() async throws {
        let api = try await TestAPI()
        try await api.withControllers {
            let owner = try await api.create(Self.maps, "{\"metadata\": {\"name\": \"owner\"}}")
            var held = try JSONValue(parsing: owned("child", by: owner, blocks: true))
            var content = try #require(UnstructuredObject(held))
            content.finalizers = ["example.com/x"]
            held = content.json
            try await api.create(Self.maps, held.text())
            _ = try await api.send("DELETE", "\(Self.maps)/owner?propagationPolicy=Foreground")
            let child = try await api.eventually("\(Self.maps)/child") {
                $0.value["metadata"]?["deletionTimestamp"] != nil
            }
            let waiting = try await api.get("\(Self.maps)/owner")
            _ = try await api.send(
                "PATCH",
                "\(Self.maps)/child",
                "{\"metadata\": {\"finalizers\": null}}",
                type: "application/merge-patch+json"
            )
            let gone = try await api.eventually("\(Self.maps)/owner") { $0.code == 404 }

            let other = try await api.create(Self.maps, "{\"metadata\": {\"name\": \"other\"}}")
            try await api.create(Self.maps, owned("left", by: other))
            _ = try await api.send("DELETE", "\(Self.maps)/other?propagationPolicy=Orphan")
            let ownerGone = try await api.eventually("\(Self.maps)/other") { $0.code == 404 }
            let left = try await api.get("\(Self.maps)/left")

            #expect(child.value["metadata"]?["deletionTimestamp"] != nil)
            #expect(waiting.code == 200)
            #expect(gone.code == 404)
            #expect(ownerGone.code == 404)
            #expect(left.value["metadata"]?["ownerReferences"] == nil)
        }
    }

    @Test func `events end after an hour`() async throws {
        let api = try await TestAPI()
        let path = "/api/v1/namespaces/default/events"
        try await api.create(
            path,
            """
            {"metadata": {"name": "e"}, "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"},
             "reason": "Test", "message": "m", "type": "Normal"}
            """
        )
        let expiry = Expiry(writer: api.service.writer)
        let key = ObjectKey(resource: Expiry.events, namespace: "default", name: "e")
        _ = try await expiry.reconcile(key)
        let there = try await api.get("\(path)/e")
        api.clock.advance(.seconds(3700))
        _ = try await expiry.reconcile(key)
        let gone = try await api.get("\(path)/e")
        #expect(there.code == 200)
        #expect(gone.code == 404)
    }

    @Test func `aggregating roles hold what they aggregate, and bindings are in force`() async throws {
        let api = try await TestAPI()
        try await api.withControllers {
            let roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
            try await api.create(
                roles,
                """
                {"metadata": {"name": "mine", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
                 "rules": [{"apiGroups": ["example.com"], "resources": ["widgets"], "verbs": ["get"]}]}
                """
            )
            let view = try await api.eventually("\(roles)/view") { answer in
                answer.value.text().contains("widgets")
            }
            #expect(view.value.text().contains("widgets"))
        }
    }
}
