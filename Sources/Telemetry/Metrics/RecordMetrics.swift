/// What a log of decision records measures.
public struct RecordMetrics: Sendable {
    let denialsWritten: Counter
    let allowsWritten: Counter
    let allowsSampled: Counter
    let allowsDropped: Counter
    let denialsDiverted: Counter
    let denialsLost: Counter
    let pending: Gauge
    let writeFailures: Counter
    let rotations: Counter

    public init(registry: MetricRegistry) {
        let written = registry.counters(
            "nullius_records_written_total",
            "Decision records written to the log.",
            labels: ["verdict"],
            limit: 2
        )
        denialsWritten = written.series("deny")
        allowsWritten = written.series("allow")
        allowsSampled = registry.counter(
            "nullius_records_sampled_out_total",
            "Records of allowed requests left out by the sampling rule."
        )
        let dropped = registry.counters(
            "nullius_records_dropped_total",
            "Decision records lost: allows when the queue was full, denials only when neither the disk nor "
                + "standard error took them.",
            labels: ["verdict"],
            limit: 2
        )
        allowsDropped = dropped.series("allow")
        denialsLost = dropped.series("deny")
        denialsDiverted = registry.counter(
            "nullius_records_diverted_total",
            "Denials written to standard error, because the log could not take them."
        )
        pending = registry.gauge("nullius_records_pending", "Decision records waiting to be written.")
        writeFailures = registry.counter(
            "nullius_records_write_failures_total",
            "Attempts to write or to rotate the log that failed; each is repeated."
        )
        rotations = registry.counter("nullius_records_rotations_total", "Times the log was rotated.")
    }
}
