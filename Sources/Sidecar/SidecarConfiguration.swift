public import Identity
public import NetworkTypes
public import ProxyCore
public import SystemPackage

/// Everything a sidecar can be told: read once at start, passed down by value.
public struct SidecarConfiguration: Sendable {
    /// What the registration is called at the control plane.
    public var workloadID: String
    /// What the manifests call the workload; for records.
    public var workloadName: String
    public var namespace: String
    public var identity: SPIFFEID
    /// The Unix socket on which our identity is issued to us.
    public var agentSocket: FilePath
    /// Where the control plane serves policies, over mTLS.
    public var control: SocketEndpoint
    /// Who must answer there.
    public var controlPlaneID: SPIFFEID
    public var inbound: [InboundBinding]
    public var upstreams: [UpstreamBinding]
    /// The address on which inbound listeners are opened.
    public var listenAddress: IPAddress
    /// Where `/live`, `/ready`, `/metrics` and `/config` are served; `nil` port means any free one.
    public var adminAddress: IPAddress
    public var adminPort: Port?
    /// The file of decision records.
    public var records: FilePath
    public var drainDeadline: Duration
    /// The process that started us, with which we end.
    public var parent: Int32?
}
