import Synchronization

/// All that a process measures, under the names that it tells to Prometheus.
///
/// Families are declared when the process starts. A name declared twice or outside the grammar is our own mistake
/// and stops the process there and then.
public final class MetricRegistry: Sendable {
    /// How a family is described; the page of metrics in the manual is compared with this.
    public struct Description: Equatable, Sendable {
        public enum Kind: String, Sendable {
            case counter, gauge, histogram
        }

        public var name: String
        public var kind: Kind
        public var help: String
        public var labels: [String]
    }

    struct Entry: Sendable {
        let description: Description
        /// Appends the samples, without the HELP and TYPE lines.
        let write: @Sendable (inout Exposition) -> Void
    }

    private let entries = Mutex<[Entry]>([])

    public init() {}

    /// In the order of their declaration.
    public var descriptions: [Description] { entries.withLock { $0.map(\.description) } }

    public func counter(_ name: String, _ help: String) -> Counter {
        counters(name, help, labels: [], limit: 1).series([])
    }

    /// Declares counters told apart by labels.
    ///
    /// With `hidesZero` a series appears when it first counted something.
    public func counters(
        _ name: String,
        _ help: String,
        labels: [String],
        limit: Int,
        hidesZero: Bool = false
    ) -> MetricFamily<Counter> {
        let family = MetricFamily(name: name, labels: labels, limit: limit) { Counter() }
        declare(name, .counter, help, labels) { output in
            for (values, counter) in family.all {
                let value = counter.value
                if hidesZero, value == 0 { continue }
                output.sample(name, labels, values, value)
            }
        }
        return family
    }

    public func gauge(_ name: String, _ help: String) -> Gauge {
        gauges(name, help, labels: [], limit: 1).series([])
    }

    public func gauges(
        _ name: String,
        _ help: String,
        labels: [String],
        limit: Int
    ) -> MetricFamily<Gauge> {
        let family = MetricFamily(name: name, labels: labels, limit: limit) { Gauge() }
        declare(name, .gauge, help, labels) { output in
            for (values, gauge) in family.all {
                output.sample(name, labels, values, gauge.value)
            }
        }
        return family
    }

    public func histograms(
        _ name: String,
        _ help: String,
        labels: [String],
        limit: Int,
        bounds: [Double] = Histogram.latencyBounds
    ) -> MetricFamily<Histogram> {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "\(name): bounds must grow")
        let family = MetricFamily(name: name, labels: labels, limit: limit) { Histogram(bounds: bounds) }
        declare(name, .histogram, help, labels) { output in
            for (values, histogram) in family.all {
                output.histogram(name, labels, values, bounds: bounds, histogram.snapshot)
            }
        }
        return family
    }

    /// Declares a metric without labels that is read when somebody asks.
    public func measured(
        _ name: String,
        _ kind: Description.Kind,
        _ help: String,
        read: @escaping @Sendable () -> Double
    ) {
        precondition(kind != .histogram, "\(name): a histogram is more than one number")
        declare(name, kind, help, []) { $0.sample(name, [], [], read()) }
    }

    /// The whole as Prometheus text, format 0.0.4.
    public func exposition() -> [UInt8] {
        var output = Exposition()
        for entry in entries.withLock({ $0 }) {
            output.begin(entry.description)
            entry.write(&output)
        }
        return output.bytes
    }

    /// What an HTTP answer with ``exposition()`` says it is.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private func declare(
        _ name: String,
        _ kind: Description.Kind,
        _ help: String,
        _ labels: [String],
        write: @escaping @Sendable (inout Exposition) -> Void
    ) {
        precondition(Self.isName(name), "\(name) is not a metric's name")
        precondition(labels.allSatisfy { Self.isName($0) && $0 != "le" }, "\(name): bad label")
        let description = Description(name: name, kind: kind, help: help, labels: labels)
        entries.withLock { entries in
            precondition(!entries.contains { $0.description.name == name }, "\(name) is declared twice")
            entries.append(Entry(description: description, write: write))
        }
    }

    /// Lower-case letters, digits and underscores: narrower than Prometheus allows, as its conventions ask.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: byte == UInt8(ascii: "_")
            }
        }
    }
}
