import Synchronization

/// The series of one name, told apart by the values of its labels.
///
/// The number of series is bounded: once `limit` exist, label values not seen before all count in one series
/// whose labels say `other`. So memory stays bounded even where a value comes from outside. Resolve a series once and
/// keep it where requests pass; resolving takes a lock.
public final class MetricFamily<Series: Sendable>: Sendable {
    let name: String
    let labels: [String]
    private let limit: Int
    private let make: @Sendable () -> Series
    private let state = Mutex<[[String]: Series]>([:])

    init(name: String, labels: [String], limit: Int, make: @escaping @Sendable () -> Series) {
        self.name = name
        self.labels = labels
        self.limit = limit
        self.make = make
    }

    /// The series with these values, in the order in which the labels were declared.
    ///
    /// Values of another number than the labels belong to no series; they count as `other`.
    public func series(_ values: [String]) -> Series {
        state.withLock { series in
            if let known = series[values] { return known }
            let fits = values.count == labels.count && series.count < limit
            let key = fits ? values.map(Self.bounded) : labels.map { _ in Self.overflow }
            if let known = series[key] { return known }
            let new = make()
            series[key] = new
            return new
        }
    }

    public func series(_ values: String...) -> Series { series(values) }

    /// By label values, sorted, so that two scrapes are alike.
    var all: [(values: [String], series: Series)] {
        state.withLock { $0.map { (values: $0.key, series: $0.value) } }
            .sorted { $0.values.lexicographicallyPrecedes($1.values) }
    }

    /// What labels say when there were too many.
    static var overflow: String { "other" }

    /// Long values would make the bound on the number of series worthless.
    private static func bounded(_ value: String) -> String {
        value.utf8.count <= 256 ? value : overflow
    }
}
