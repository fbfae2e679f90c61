/// Writes samples as Prometheus text, format 0.0.4.
///
///     # HELP name What it means.
///     # TYPE name counter
///     name{label="value"} 12
struct Exposition {
    private(set) var bytes: [UInt8] = []

    mutating func begin(_ description: MetricRegistry.Description) {
        let help = Self.escaped(description.help, quotes: false)
        append(
            "# HELP \(description.name) \(help)\n# TYPE \(description.name) \(description.kind.rawValue)\n"
        )
    }

    mutating func sample(_ name: String, _ labels: [String], _ values: [String], _ value: UInt64) {
        line(name, labels, values, String(value))
    }

    mutating func sample(_ name: String, _ labels: [String], _ values: [String], _ value: Double) {
        line(name, labels, values, Self.number(value))
    }

    /// Buckets are cumulative, and the last one, `+Inf`, equals the count.
    mutating func histogram(
        _ name: String,
        _ labels: [String],
        _ values: [String],
        bounds: [Double],
        _ snapshot: Histogram.Snapshot
    ) {
        var cumulative: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], snapshot.counts) {
            cumulative &+= count
            line("\(name)_bucket", labels + ["le"], values + [Self.number(bound)], String(cumulative))
        }
        line("\(name)_sum", labels, values, Self.number(snapshot.sum))
        line("\(name)_count", labels, values, String(cumulative))
    }

    private mutating func line(_ name: String, _ labels: [String], _ values: [String], _ value: String) {
        append(name)
        if !labels.isEmpty {
            let pairs = zip(labels, values).map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
            append("{\(pairs.joined(separator: ","))}")
        }
        append(" \(value)\n")
    }

    private mutating func append(_ text: String) {
        bytes += text.utf8
    }

    static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// As Go reads floating point numbers.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // A time in seconds reads better without exponent or fraction.
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return "\(value)"
    }
}
