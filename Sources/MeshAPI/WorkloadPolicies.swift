public import Authorization
internal import NetworkTypes

/// All that is needed to judge what arrives at one workload.
public struct WorkloadPolicies: Equatable, Sendable {
    public var workload: WorkloadID
    /// Which state of the manifests these were compiled from.
    public var revision: PolicyRevision
    /// One per port.
    public var ports: [PortPolicy]

    public init(workload: WorkloadID, revision: PolicyRevision, ports: [PortPolicy]) {
        self.workload = workload
        self.revision = revision
        self.ports = ports
    }
}

extension WorkloadPolicies {
    public init(_ wire: WirePolicies) throws(WireError) {
        workload = try WorkloadID(parsing: wire.workloadID)
        revision = PolicyRevision(wire.revision)
        ports = try WireCheck.count(wire.ports, "ports", limit: WireLimits.portsPerWorkload)
            .converted { port throws(WireError) in try PortPolicy(port) }
        guard Set(ports.map(\.port)).count == ports.count else { throw .repeated("ports.port") }
    }

    public var wire: WirePolicies {
        var wire = WirePolicies()
        wire.workloadID = workload.text
        wire.revision = revision.number
        wire.ports = ports.map(\.wire)
        return wire
    }
}
