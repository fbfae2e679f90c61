import APIRegistry
import JSONText
import KubernetesModel
import RBAC
import Testing

@testable import APIServer

@Suite("What is refused, and in which words")
struct RefusalTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"
    private static let rbac = "/apis/rbac.authorization.k8s.io/v1"

    @Test func `a delete with preconditions removes that object and no other`() async throws {
        let api = try await TestAPI()
        let made = try await api.create(Self.maps, "{\"metadata\": {\"name\": \"a\"}}")
        let uid = made["metadata"]?["uid"]?.string ?? ""
        let version = made["metadata"]?["resourceVersion"]?.string ?? ""
        func delete(_ preconditions: String) async throws -> Answer {
            try await api.send("DELETE", "\(Self.maps)/a", "{\"preconditions\": {\(preconditions)}}")
        }
        let wrongUID = try await delete("\"uid\": \"other\"")
        let wrongVersion = try await delete("\"resourceVersion\": \"1\"")
        let right = try await delete("\"uid\": \"\(uid)\", \"resourceVersion\": \"\(version)\"")
        #expect(wrongUID.code == 409)
        #expect(
            wrongUID.message.contains(
                "the UID in the precondition (other) does not match the UID in record (\(uid))"
            )
        )
        #expect(wrongVersion.code == 409)
        #expect(wrongVersion.message.contains("the ResourceVersion in the precondition (1) does not match"))
        #expect(right.code == 200)
    }

    @Test func `an object that is too large is refused as etcd refuses it`() async throws {
        let api = try await TestAPI()
        try await api.create(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            """
            {"metadata": {"name": "blobs.example.com"}, "spec": {"group": "example.com", "scope": "Cluster",
             "names": {"plural": "blobs", "kind": "Blob"}, "versions": [{"name": "v1", "served": true,
             "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
             "text": {"type": "string"}}}}}]}}
            """
        )
        let text = String(repeating: "x", count: 1_600_000)
        let answer = try await api.send(
            "POST",
            "/apis/example.com/v1/blobs",
            """
            {"apiVersion": "example.com/v1", "kind": "Blob", "metadata": {"name": "b"}, "text": "\(text)"}
            """
        )
        #expect(answer.code == 500)
        #expect(answer.message == "etcdserver: request is too large")
    }

    @Test func `a server that is full takes changes and deletions, and nothing new`() async throws {
        let before = try await TestAPI()
        let count = try await before.countObjects()
        var options = StoreOptions()
        options.objects = count + 1
        let api = try await TestAPI(options)
        try await api.create(Self.maps, "{\"metadata\": {\"name\": \"a\"}}")
        let full = try await api.send("POST", Self.maps, "{\"metadata\": {\"name\": \"b\"}}")
        let changed = try await api.send(
            "PATCH",
            "\(Self.maps)/a",
            "{\"data\": {\"k\": \"v\"}}",
            type: "application/merge-patch+json"
        )
        _ = try await api.send("DELETE", "\(Self.maps)/a")
        let room = try await api.send("POST", Self.maps, "{\"metadata\": {\"name\": \"b\"}}")
        #expect(full.code == 507)
        #expect(full.message == "the server stores as many objects as it may: delete some")
        #expect(changed.code == 200)
        #expect(room.code == 201)
    }

    @Test func `binding and escalating need what is granted, or leave to do so`() async throws {
        let api = try await TestAPI()
        try await api.withControllers {
            let eve = UserInfo(name: "eve", groups: ["system:authenticated"])
            let binding = """
                {"metadata": {"name": "mine"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io",
                 "kind": "ClusterRole", "name": "ROLE"}, "subjects": [{"kind": "User", "name": "eve",
                 "apiGroup": "rbac.authorization.k8s.io"}]}
                """
            func bind(_ role: String) async throws -> Answer {
                try await api.send(
                    "POST",
                    "\(Self.rbac)/clusterrolebindings",
                    binding.replacing("ROLE", with: role),
                    as: eve
                )
            }
            let lacking = try await bind("cluster-admin")
            let missing = try await bind("nothing")

            try await api.create(
                "\(Self.rbac)/clusterroles",
                """
                {"metadata": {"name": "granter"}, "rules": [
                 {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"],
                  "resourceNames": ["view"], "verbs": ["bind"]}]}
                """
            )
            try await api.create(
                "\(Self.rbac)/clusterrolebindings",
                binding.replacing("\"mine\"", with: "\"granters\"").replacing("ROLE", with: "granter")
            )
            // Rules come into force a moment after they are written.
            let right = ResourceAttributes(
                verb: "bind",
                group: "rbac.authorization.k8s.io",
                resource: "clusterroles",
                name: "view"
            )
            let deadline = ContinuousClock.now + .seconds(30)
            while !api.service.access.snapshot().decide(.resource(right), by: eve).isGranted,
                ContinuousClock.now < deadline
            {
                try await Task.sleep(for: .milliseconds(20))
            }
            let other = try await bind("admin")
            let allowed = try await bind("view")
            let role = """
                {"metadata": {"name": "more"}, "rules": [{"apiGroups": [""], "resources": ["secrets"],
                 "verbs": ["get"]}]}
                """
            let escalating = try await api.send("POST", "\(Self.rbac)/clusterroles", role, as: eve)
            #expect(lacking.code == 403)
            #expect(lacking.message.contains("is attempting to grant RBAC permissions not currently held"))
            #expect(missing.code == 404)
            #expect(missing.message == "clusterroles.rbac.authorization.k8s.io \"nothing\" not found")
            #expect(other.code == 403)
            #expect(allowed.code == 201)
            #expect(escalating.code == 403)
        }
    }

    @Test func `a watch from before the history is answered by an ERROR event`() async throws {
        var options = StoreOptions()
        options.historyCount = 10
        options.recentCount = 10
        let api = try await TestAPI(options)
        let old = try await api.get(Self.maps).value["metadata"]?["resourceVersion"]?.string ?? ""
        let revision = try #require(UInt64(old))
        try await api.create(Self.maps, "{\"metadata\": {\"name\": \"a\"}}")
        var number = 0
        while api.store.oldestRevision <= revision {
            number += 1
            _ = try await api.send(
                "PATCH",
                "\(Self.maps)/a",
                "{\"data\": {\"n\": \"\(number)\"}}",
                type: "application/merge-patch+json"
            )
        }
        let watch = try await api.get("\(Self.maps)?watch=1&resourceVersion=\(old)")
        let events = try await #require(watch.lines).first(2)
        #expect(watch.code == 200)
        #expect(events.count == 1)
        #expect(events.first?["type"] == "ERROR")
        #expect(events.first?["object"]?["kind"] == "Status")
        #expect(events.first?["object"]?["code"] == 410)
        #expect(events.first?["object"]?["reason"] == "Expired")
    }
}

extension TestAPI {
    /// How many objects there are before a test makes any.
    func countObjects() async throws -> Int {
        var count = 0
        for definition in StoredResources(service.catalogue.snapshot()).all {
            count += try await store.all(definition.storage).count
        }
        return count
    }
}
