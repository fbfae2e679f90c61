import JSONText
import KubernetesModel
import Testing

@testable import APIServer

@Suite("What is created under a pod's name")
struct PodVerbTests {
    private static let pods = "/api/v1/namespaces/default/pods"
    private static let budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
    private static let merge = "application/merge-patch+json"

    private func apiWithPod() async throws -> TestAPI {
        let api = try await TestAPI()
        try await api.create(
            Self.pods,
            """
            {"metadata": {"name": "p", "labels": {"app": "a"}},
             "spec": {"containers": [{"name": "c", "image": "i"}]}}
            """
        )
        return api
    }

    @Test func `a pod is bound to a node once`() async throws {
        let api = try await apiWithPod()
        let binding = """
            {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "p"},
             "target": {"kind": "Node", "name": "n"}}
            """
        let dry = try await api.send("POST", "\(Self.pods)/p/binding?dryRun=All", binding)
        let unbound = try await api.get("\(Self.pods)/p")
        let bound = try await api.send("POST", "\(Self.pods)/p/binding", binding)
        let pod = try await api.get("\(Self.pods)/p")
        let again = try await api.send("POST", "\(Self.pods)/p/binding", binding)
        let conditions = pod.value["status"]?["conditions"]?.array ?? []
        #expect(dry.code == 201)
        #expect(unbound.value["spec"]?["nodeName"] == nil)
        #expect(bound.code == 201)
        #expect(pod.value["spec"]?["nodeName"] == "n")
        #expect(conditions.contains { $0["type"] == "PodScheduled" && $0["status"] == "True" })
        #expect(again.code == 409)
        #expect(again.message.hasSuffix("pod p is already assigned to node \"n\""))
    }

    @Test func `an eviction takes from the budget, and is refused when nothing is left`() async throws {
        let api = try await apiWithPod()
        let eviction = """
            {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "p"},
             "deleteOptions": {"gracePeriodSeconds": 0}}
            """
        let running = try await api.send(
            "PATCH",
            "\(Self.pods)/p/status",
            "{\"status\": {\"phase\": \"Running\"}}",
            type: Self.merge
        )
        try await api.create(
            Self.budgets,
            """
            {"metadata": {"name": "b"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "a"}}}}
            """
        )
        func allow(_ count: Int) async throws -> Answer {
            try await api.send(
                "PATCH",
                "\(Self.budgets)/b/status",
                """
                {"status": {"observedGeneration": 1, "disruptionsAllowed": \(count), "currentHealthy": 1,
                 "desiredHealthy": 1, "expectedPods": 1}}
                """,
                type: Self.merge
            )
        }
        let unprocessed = try await api.send("POST", "\(Self.pods)/p/eviction", eviction)
        let none = try await allow(0)
        let refused = try await api.send("POST", "\(Self.pods)/p/eviction", eviction)
        _ = try await allow(1)
        let evicted = try await api.send("POST", "\(Self.pods)/p/eviction", eviction)
        let pod = try await api.get("\(Self.pods)/p")
        let budget = try await api.get("\(Self.budgets)/b")
        #expect(running.code == 200)
        #expect(none.code == 200)
        #expect(unprocessed.code == 429)
        #expect(unprocessed.value["details"]?["retryAfterSeconds"] == 10)
        #expect(refused.code == 429)
        #expect(refused.message == "Cannot evict pod as it would violate the pod's disruption budget.")
        #expect(refused.value["details"]?["causes"]?[0]?["reason"] == "DisruptionBudget")
        #expect(evicted.code == 201)
        #expect(pod.code == 404)
        #expect(budget.value["status"]?["disruptionsAllowed"] == 0)
        #expect(budget.value["status"]?["disruptedPods"]?["p"] != nil)
    }

    @Test func `a pod that is not there is neither bound nor evicted`() async throws {
        let api = try await TestAPI()
        let bound = try await api.send(
            "POST",
            "\(Self.pods)/x/binding",
            "{\"metadata\": {\"name\": \"x\"}, \"target\": {\"name\": \"n\"}}"
        )
        let evicted = try await api.send(
            "POST",
            "\(Self.pods)/x/eviction",
            "{\"metadata\": {\"name\": \"x\"}}"
        )
        #expect(bound.code == 404)
        #expect(evicted.code == 404)
    }
}
