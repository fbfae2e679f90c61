import JSONText
import KubernetesModel
import RBAC
import Testing

@testable import APIServer

/// Ways around authorization that a reviewer found, each closed.
@Suite("Ways around authorization")
struct BypassTests {
    @Test(
        "A namespace is reached in itself or by its name, never through another one's paths",
        arguments: [
            ("GET", "/api/v1/namespaces/mine/namespaces"),
            ("GET", "/api/v1/namespaces/mine/namespaces?watch=true"),
            ("GET", "/api/v1/namespaces/mine/namespaces/victim"),
            ("DELETE", "/api/v1/namespaces/mine/namespaces/victim"),
            ("DELETE", "/api/v1/namespaces/mine/namespaces"),
            ("POST", "/api/v1/namespaces/mine/namespaces"),
            ("PUT", "/api/v1/namespaces/mine/namespaces/victim/finalize"),
            ("PATCH", "/api/v1/namespaces/mine/namespaces/victim/status"),
        ]
    )
    func namespaces(_ method: String, _ target: String) async throws {
        let api = try await TestAPI()
        for name in ["mine", "victim"] {
            try await api.create("/api/v1/namespaces", "{\"metadata\": {\"name\": \"\(name)\"}}")
        }
        let answer = try await api.send(
            method,
            target,
            method == "GET" ? "" : "{\"metadata\":{\"name\":\"victim\"}}"
        )
        #expect(answer.code == 404)
        let victim = try await api.get("/api/v1/namespaces/victim")
        #expect(victim.code == 200)
        #expect(victim.value["metadata"]?["deletionTimestamp"] == nil)
    }

    @Test func `a definition cannot bring another version of what is built in`() async throws {
        let api = try await TestAPI()
        let answer = try await api.send(
            "POST",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            """
            {"metadata": {"name": "clusterroles.rbac.authorization.k8s.io",
              "annotations": {"api-approved.kubernetes.io": "https://example.com"}},
             "spec": {"group": "rbac.authorization.k8s.io", "scope": "Cluster",
              "names": {"plural": "clusterroles", "kind": "ClusterRole"},
              "versions": [{"name": "v1beta9", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}}
            """
        )
        #expect(answer.code == 422)
        #expect(answer.message.contains("spec.group: Forbidden"))
    }

    @Test func `a label that aggregates a role into others is a grant`() async throws {
        let api = try await TestAPI()
        let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin"
        let patch = #"{"metadata":{"labels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"}}}"#
        let type = "application/merge-patch+json"
        let tenant = UserInfo(name: "tenant", groups: ["system:authenticated"])
        let refused = try await api.send("PATCH", path, patch, type: type, as: tenant)
        #expect(refused.code == 403)
        #expect(refused.message.contains("is attempting to grant RBAC permissions not currently held"))
        let allowed = try await api.send("PATCH", path, patch, type: type)
        #expect(allowed.code == 200)
    }

    @Test(
        "No quality of a media type stops the server",
        arguments: ["nan", "inf", "-inf", "1e400", "-1", "2", "0x1p4", "", "0.5"]
    )
    func quality(_ value: String) async throws {
        let api = try await TestAPI()
        let answer = try await api.send(
            "GET",
            "/api/v1/namespaces/default",
            accept: "application/json;q=\(value), application/json"
        )
        #expect(answer.code == 200)
    }
}
