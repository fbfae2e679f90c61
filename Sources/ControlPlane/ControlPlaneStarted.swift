public import Identity
public import KubernetesModel
public import NetworkTypes
public import SystemPackage

/// What a control plane serves, as it says once it does.
public struct ControlPlaneStarted: Sendable {
    public struct WorkloadSummary: Sendable {
        public var name: ObjectName
        public var kind: String
        public var identity: SPIFFEID
        public var ports: [Port]
    }

    public struct PolicySummary: Sendable {
        public var name: ObjectName
        public var rules: Int
        public var isEnforced: Bool
        /// The workloads it selects.
        public var selects: [ObjectName]
    }

    public var trustDomain: TrustDomain
    public var data: FilePath
    public var controlSocket: FilePath
    public var mesh: SocketEndpoint
    public var admin: SocketEndpoint
    public var revision: UInt64
    public var workloads: [WorkloadSummary]
    public var policies: [PolicySummary]
    public var problems: [Diagnostic]
    /// Workloads that ran already when the control plane started.
    public var restored: Int
}
