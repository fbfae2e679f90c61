import JSONText
import KubernetesModel
import Reconciliation
import Testing

@testable import KubernetesClient

@Suite("Leases of a cluster")
struct ClusterLeaseTests {
    private func claim(_ holder: String, acquired: String?) -> LeaderElectionMachine.LeaseClaim {
        .init(holder: holder, duration: .seconds(15), transitions: 3, acquireTime: acquired)
    }

    @Test func `a claim is written as Kubernetes writes it, and what else there was stays`() throws {
        let content: JSONObject = [
            "metadata": ["name": "leader", "labels": ["a": "b"]],
            "spec": ["strategy": "OldestEmulationVersion"],
        ]
        var lease = UnstructuredObject(content)
        let now = try #require(Timestamp("2026-01-02T03:04:05.000006Z"))
        lease.write(claim("me", acquired: nil), at: now)
        let spec = lease["spec"]?.object
        #expect(
            spec == [
                "strategy": "OldestEmulationVersion", "holderIdentity": "me", "leaseDurationSeconds": 15,
                "acquireTime": "2026-01-02T03:04:05.000006Z", "renewTime": "2026-01-02T03:04:05.000006Z",
                "leaseTransitions": 3,
            ]
        )
        #expect(lease.labels == ["a": "b"])
        let record = lease.leaseRecord
        #expect(record.holder == "me")
        #expect(record.duration == .seconds(15))
    }

    @Test func `a renewal keeps when the tenure began`() throws {
        var lease = UnstructuredObject(JSONObject())
        let now = try #require(Timestamp("2026-01-02T03:04:05Z"))
        lease.write(claim("me", acquired: "2025-12-31T00:00:00.000000Z"), at: now)
        let record = lease.leaseRecord
        #expect(record.acquireTime == "2025-12-31T00:00:00.000000Z")
        #expect(record.renewTime == "2026-01-02T03:04:05.000000Z")
        #expect(record.transitions == 3)
    }

    @Test func `a lease that says nonsense is one that nobody holds`() {
        let content: JSONObject = [
            "spec": ["holderIdentity": 3, "leaseDurationSeconds": -5, "leaseTransitions": "many"]
        ]
        let record = UnstructuredObject(content).leaseRecord
        #expect(record == LeaseRecord(holder: "", duration: .zero))
    }
}
