/// The series for every combination of label values that are enumerations, found by counting, not by hashing.
struct LabelTable<Series: Sendable>: Sendable {
    private let sizes: [Int]
    private let series: [Series]

    /// Resolves all combinations at once.
    init(_ family: MetricFamily<Series>, _ values: [String]...) {
        sizes = values.map(\.count)
        let combinations = values.reduce([[]]) { prefixes, values in
            prefixes.flatMap { prefix in values.map { prefix + [$0] } }
        }
        series = combinations.map { family.series($0) }
    }

    subscript(_ a: Int) -> Series { series[a] }
    subscript(_ a: Int, _ b: Int) -> Series { series[a * sizes[1] + b] }
    subscript(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Series {
        series[((a * sizes[1] + b) * sizes[2] + c) * sizes[3] + d]
    }
}

extension CaseIterable where Self: RawRepresentable<String> & Equatable {
    static var labels: [String] { allCases.map(\.rawValue) }

    /// The case's place among all; the enumerations of labels have a dozen.
    var labelIndex: Int {
        var index = 0
        for other in Self.allCases {
            if other == self { break }
            index += 1
        }
        return index
    }
}
