import FoundationEssentials
import JSONText
import KubernetesModel
public import Reconciliation
import Synchronization

/// A Lease of an API server (`coordination.k8s.io/v1`), for an election.
///
/// What is written keeps every field that was read, such as labels and owners.
public final class ClusterLease: LeaseStore {
    private let client: APIClient
    private let namespace: String
    private let name: String
    /// As it was read or written last.
    private let held = Mutex<UnstructuredObject?>(nil)

    static let type = ResourceType(
        GroupVersion(group: "coordination.k8s.io", version: "v1"),
        "leases",
        kind: "Lease"
    )

    public init(_ client: APIClient, namespace: String, name: String) {
        self.client = client
        self.namespace = namespace
        self.name = name
    }

    public func read() async throws -> ObservedLease? {
        do throws(ClientError) {
            return keep(try await client.get(Self.type, name: name, in: namespace))
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    public func create(_ claim: LeaderElectionMachine.LeaseClaim) async throws -> ObservedLease {
        let content: JSONObject = [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
        ]
        var lease = UnstructuredObject(content)
        lease.write(claim, at: Self.now)
        return keep(try await client.create(Self.type, lease, in: namespace))
    }

    public func update(
        _ claim: LeaderElectionMachine.LeaseClaim,
        version: String
    ) async throws -> ObservedLease {
        guard var lease = held.withLock({ $0 }), lease.resourceVersion == version else {
            throw ClientError.request("a lease is written on top of what was read last")
        }
        lease.write(claim, at: Self.now)
        return keep(try await client.update(Self.type, lease, in: namespace))
    }

    private func keep(_ lease: UnstructuredObject) -> ObservedLease {
        held.withLock { $0 = lease }
        return ObservedLease(record: lease.leaseRecord, version: lease.resourceVersion)
    }

    private static var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) ?? .epoch
    }
}

extension UnstructuredObject {
    /// What a Lease says; missing fields read as those of a lease that nobody holds.
    var leaseRecord: LeaseRecord {
        LeaseRecord(
            holder: self["spec", "holderIdentity"]?.string ?? "",
            duration: .seconds(max(self["spec", "leaseDurationSeconds"]?.int ?? 0, 0)),
            transitions: max(self["spec", "leaseTransitions"]?.int ?? 0, 0),
            acquireTime: self["spec", "acquireTime"]?.string ?? "",
            renewTime: self["spec", "renewTime"]?.string ?? ""
        )
    }

    /// Claims a Lease, renewed at a time.
    mutating func write(_ claim: LeaderElectionMachine.LeaseClaim, at now: Timestamp) {
        let acquired = claim.acquireTime.flatMap { $0.isEmpty ? nil : $0 } ?? now.microTime
        self["spec", "holderIdentity"] = .string(claim.holder)
        self["spec", "leaseDurationSeconds"] = .int(max(claim.duration.components.seconds, 1))
        self["spec", "acquireTime"] = .string(acquired)
        self["spec", "renewTime"] = .string(now.microTime)
        self["spec", "leaseTransitions"] = .int(claim.transitions)
    }
}
