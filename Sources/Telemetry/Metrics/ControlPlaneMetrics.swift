/// What the control plane measures, as handles that are resolved already.
public struct ControlPlaneMetrics: Sendable {
    /// What became of something that was asked for or offered.
    public enum Result: String, CaseIterable, Sendable {
        case accepted
        case refused
    }

    /// A kind of message to proxies.
    public enum Update: String, CaseIterable, Sendable {
        case policies
        case trust
        case destination
        case issuerKeys = "issuer-keys"
    }

    /// The state of a key of the certificate authority.
    public enum SlotState: String, CaseIterable, Sendable {
        case prepared
        case active
        case retired
    }

    public let registry: MetricRegistry

    public let workloadsRegistered: Gauge
    public let proxiesConnected: Gauge
    public let policyRevision: Gauge
    public let policiesAccepted: Gauge
    /// Manifests that could not be read or compiled, and so are not in force.
    public let manifestsRefused: Gauge
    public let manifestReloads: Counter
    public let certificateExpiry: Gauge

    private let updates: LabelTable<Counter>
    private let acknowledgements: LabelTable<Counter>
    private let certificates: LabelTable<Counter>
    private let attestations: LabelTable<Counter>
    private let keyRefreshes: LabelTable<Counter>
    private let slots: LabelTable<Gauge>

    public init(registry: MetricRegistry = MetricRegistry()) {
        self.registry = registry
        workloadsRegistered = registry.gauge(
            "nullius_control_plane_workloads_registered",
            "Workloads that are registered now."
        )
        proxiesConnected = registry.gauge(
            "nullius_control_plane_proxies_connected",
            "Proxies whose stream is open now."
        )
        policyRevision = registry.gauge(
            "nullius_control_plane_policy_revision",
            "Revision of the compiled policies."
        )
        policiesAccepted = registry.gauge(
            "nullius_control_plane_policies_accepted",
            "Access policies in force."
        )
        manifestsRefused = registry.gauge(
            "nullius_control_plane_manifests_refused",
            "Manifests that could not be read or compiled, and so are not in force."
        )
        manifestReloads = registry.counter(
            "nullius_control_plane_manifest_reloads_total",
            "Times the manifests were read again after a change."
        )
        certificateExpiry = registry.gauge(
            "nullius_control_plane_ca_certificate_expiry_timestamp_seconds",
            "When the certificate authority's active certificate expires, in seconds since 1970."
        )
        let results = ["result"]
        updates = LabelTable(
            registry.counters(
                "nullius_control_plane_updates_sent_total",
                "Updates sent to proxies.",
                labels: ["kind"],
                limit: 8
            ),
            Update.labels
        )
        acknowledgements = LabelTable(
            registry.counters(
                "nullius_control_plane_updates_answered_total",
                "Answers of proxies to updates.",
                labels: ["kind", "result"],
                limit: 16
            ),
            Update.labels,
            Result.labels
        )
        certificates = LabelTable(
            registry.counters(
                "nullius_control_plane_certificate_requests_total",
                "Certificate requests, by what became of them.",
                labels: results,
                limit: 2
            ),
            Result.labels
        )
        attestations = LabelTable(
            registry.counters(
                "nullius_control_plane_attestations_total",
                "Connections to the sockets of workloads, by whether the peer was who it must be.",
                labels: results,
                limit: 2
            ),
            Result.labels
        )
        keyRefreshes = LabelTable(
            registry.counters(
                "nullius_control_plane_issuer_key_refreshes_total",
                "Attempts to read the keys of token issuers.",
                labels: results,
                limit: 2
            ),
            Result.labels
        )
        slots = LabelTable(
            registry.gauges(
                "nullius_control_plane_ca_slots",
                "Keys of the certificate authority, by state.",
                labels: ["state"],
                limit: 3
            ),
            SlotState.labels
        )
        ProcessMetrics.declare(in: registry)
    }

    public func updateSent(_ kind: Update) { updates[kind.labelIndex].increment() }

    public func updateAnswered(_ kind: Update, _ result: Result) {
        acknowledgements[kind.labelIndex, result.labelIndex].increment()
    }

    public func certificateRequested(_ result: Result) { certificates[result.labelIndex].increment() }
    public func peerAttested(_ result: Result) { attestations[result.labelIndex].increment() }
    public func issuerKeysRefreshed(_ result: Result) { keyRefreshes[result.labelIndex].increment() }
    public func slots(_ state: SlotState, _ count: Int) { slots[state.labelIndex].set(count) }
}
