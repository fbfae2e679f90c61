/// What a proxy measures, as handles that are resolved already.
///
/// Every label value but a rule's name comes from an enumeration of ours; a client chooses none of them. Counting a
/// request takes two atomic additions and the histogram's short lock, without looking anything up.
public struct ProxyMetrics: Sendable {
    public let registry: MetricRegistry

    private let requests: LabelTable<Counter>
    private let durations: LabelTable<Histogram>
    private let ruleVerdicts: MetricFamily<Counter>
    private let open: LabelTable<Gauge>
    private let connections: LabelTable<Counter>
    private let handshakeFailures: LabelTable<Counter>

    /// The `notAfter` of the certificate in use, in seconds since 1970.
    public let certificateExpiry: Gauge
    public let certificatesIssued: Counter
    public let certificateRenewalFailures: Counter

    public let policyRevision: Gauge
    /// When the policy in force was received, in seconds since 1970.
    public let policyReceived: Gauge
    /// Updates of the control plane that were refused.
    public let updatesRefused: Counter
    /// 1 while the stream to the control plane is open, else 0.
    public let controlPlaneConnected: Gauge

    public let records: RecordMetrics

    public init(registry: MetricRegistry = MetricRegistry()) {
        self.registry = registry
        requests = LabelTable(
            registry.counters(
                "nullius_proxy_requests_total",
                "Requests, and opaque connections, by what came of them and why.",
                labels: ["direction", "protocol", "verdict", "reason"],
                limit: 1024,
                hidesZero: true
            ),
            TrafficDirection.labels,
            TrafficProtocol.labels,
            Outcome.labels,
            VerdictReason.labels
        )
        durations = LabelTable(
            registry.histograms(
                "nullius_proxy_request_duration_seconds",
                "Time from a request's head to the last byte of its answer.",
                labels: ["direction", "protocol"],
                limit: 16
            ),
            TrafficDirection.labels,
            TrafficProtocol.labels
        )
        ruleVerdicts = registry.counters(
            "nullius_proxy_rule_verdicts_total",
            "Verdicts by the rule, written namespace/policy/rule, that decided them.",
            labels: ["rule", "verdict"],
            limit: 500
        )
        open = LabelTable(
            registry.gauges(
                "nullius_proxy_connections_open",
                "Connections that are open now.",
                labels: ["direction"],
                limit: 2
            ),
            TrafficDirection.labels
        )
        connections = LabelTable(
            registry.counters(
                "nullius_proxy_connections_total",
                "Connections accepted.",
                labels: ["direction"],
                limit: 2
            ),
            TrafficDirection.labels
        )
        handshakeFailures = LabelTable(
            registry.counters(
                "nullius_proxy_tls_handshake_failures_total",
                "TLS handshakes that came to nothing, by reason.",
                labels: ["direction", "reason"],
                limit: 64,
                hidesZero: true
            ),
            TrafficDirection.labels,
            HandshakeFailure.labels
        )
        certificateExpiry = registry.gauge(
            "nullius_proxy_certificate_expiry_timestamp_seconds",
            "When the certificate in use expires, in seconds since 1970."
        )
        certificatesIssued = registry.counter(
            "nullius_proxy_certificates_issued_total",
            "Certificates received from the certificate authority."
        )
        certificateRenewalFailures = registry.counter(
            "nullius_proxy_certificate_renewal_failures_total",
            "Attempts to renew the certificate that failed."
        )
        policyRevision = registry.gauge(
            "nullius_proxy_policy_revision",
            "Revision of the policy in force; 0 before the first."
        )
        policyReceived = registry.gauge(
            "nullius_proxy_policy_received_timestamp_seconds",
            "When the policy in force was received, in seconds since 1970."
        )
        updatesRefused = registry.counter(
            "nullius_proxy_updates_refused_total",
            "Updates of the control plane that this proxy could not accept."
        )
        controlPlaneConnected = registry.gauge(
            "nullius_proxy_control_plane_connected",
            "1 while the control plane is connected, else 0."
        )
        records = RecordMetrics(registry: registry)
        ProcessMetrics.declare(in: registry)
    }

    /// Counts a request, or an opaque connection, when it ended.
    public func requestEnded(
        _ direction: TrafficDirection,
        _ protocol: TrafficProtocol,
        _ outcome: Outcome,
        because reason: VerdictReason,
        after duration: Duration
    ) {
        requests[direction.labelIndex, `protocol`.labelIndex, outcome.labelIndex, reason.labelIndex]
            .increment()
        durations[direction.labelIndex, `protocol`.labelIndex].observe(duration)
    }

    /// Counts an opaque connection when it is judged: it has no answer whose time could be measured.
    public func connectionJudged(
        _ direction: TrafficDirection,
        _ outcome: Outcome,
        because reason: VerdictReason
    ) {
        requests[
            direction.labelIndex,
            TrafficProtocol.opaque.labelIndex,
            outcome.labelIndex,
            reason.labelIndex
        ].increment()
    }

    /// The counter for a rule that decides; keep it beside the rule, since finding it takes a lock.
    public func verdicts(of rule: String, _ outcome: Outcome) -> Counter {
        ruleVerdicts.series(rule, outcome.rawValue)
    }

    public func connectionOpened(_ direction: TrafficDirection) {
        connections[direction.labelIndex].increment()
        open[direction.labelIndex].increment()
    }

    public func connectionClosed(_ direction: TrafficDirection) {
        open[direction.labelIndex].decrement()
    }

    public func handshakeFailed(_ direction: TrafficDirection, because reason: HandshakeFailure) {
        handshakeFailures[direction.labelIndex, reason.labelIndex].increment()
    }
}
