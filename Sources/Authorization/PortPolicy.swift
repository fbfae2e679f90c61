public import CanonicalHTTP
public import NetworkTypes

/// Everything needed to judge what arrives at one port of one workload: an immutable value, compiled by the
/// control plane, carried to the proxy, and asked by the proxy, the command line, tests and replay alike.
public struct PortPolicy: Equatable, Sendable {
    public var port: Port
    public var revision: PolicyRevision
    public var coverage: Coverage
    public var fallback: DefaultInbound
    public var serves: ServedProtocol
    public var probes: [ProbeExemption]
    public var relaxations: Set<Relaxation>

    public init(
        port: Port,
        revision: PolicyRevision,
        coverage: Coverage,
        fallback: DefaultInbound = .deny,
        serves: ServedProtocol = .detected,
        probes: [ProbeExemption] = [],
        relaxations: Set<Relaxation> = []
    ) {
        self.port = port
        self.revision = revision
        self.coverage = coverage
        self.fallback = fallback
        self.serves = serves
        self.probes = probes
        self.relaxations = relaxations
    }
}

/// What the policy set says about one port of one workload.
public enum Coverage: Equatable, Sendable {
    /// No policy selects it; the default applies.
    case unselected
    /// Some policy selects it: what no rule lists is denied.
    case selected([CompiledPolicy])
    /// The answer is not known.
    case unknown(LookupFailure)
}

/// What may be spoken on a port.
public enum ServedProtocol: String, CaseIterable, Sendable {
    /// Told by the first bytes.
    case detected
    /// HTTP/1.1 or HTTP/2; anything else is refused.
    case http
    /// Never looked into; also for servers that speak first.
    case opaque
}

/// A probe of the kubelet that passes without a rule: exactly this path, from these addresses.
public struct ProbeExemption: Hashable, Sendable {
    /// Canonical, without query.
    public var path: String
    public var sources: [CIDR]

    public init(path: String, sources: [CIDR]) {
        self.path = path
        self.sources = sources
    }
}
