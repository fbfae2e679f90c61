import Synchronization
import TestSupport
import Testing

@testable import Telemetry

@Suite("Metrics")
struct MetricRegistryTests {
    let registry = MetricRegistry()

    @Test func `a counter only grows`() {
        let counter = registry.counter("a_total", "A.")
        counter.increment()
        counter.increment(by: 41)
        counter.increment(by: -5)
        counter.increment(by: 0)
        #expect(counter.value == 42)
    }

    @Test func `a gauge goes up and down, from many threads at once`() async {
        let gauge = registry.gauge("g", "G.")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        gauge.increment()
                        gauge.increment()
                        gauge.decrement()
                    }
                }
            }
        }
        #expect(gauge.value == 4000)
    }

    @Test func `a histogram counts up to and including its bounds`() {
        let histogram = Histogram(bounds: [1, 2])
        for value in [0, 1, 1.5, 2, 2.0001, -1, .infinity, .nan, -.infinity] { histogram.observe(value) }
        histogram.observe(.milliseconds(1500))
        let snapshot = histogram.snapshot
        #expect(snapshot.counts == [3, 3, 1])
        #expect(abs(snapshot.sum - 7.0001) < 1e-9)
    }

    @Test func `the text has help, type, and buckets that add up`() {
        let counters = registry.counters(
            "requests_total",
            "Line\nand \\.",
            labels: ["path", "code"],
            limit: 4
        )
        counters.series("/a\"\\\nä", "200").increment(by: 3)
        registry.gauge("up", "Whether it is.").set(true)
        registry.histograms("took_seconds", "Time.", labels: ["way"], limit: 2, bounds: [0.5, 1]).series("in")
            .observe(0.75)

        let text = String(decoding: registry.exposition(), as: UTF8.self)
        let expected = #"""
            # HELP requests_total Line\nand \\.
            # TYPE requests_total counter
            requests_total{path="/a\"\\\nä",code="200"} 3
            # HELP up Whether it is.
            # TYPE up gauge
            up 1
            # HELP took_seconds Time.
            # TYPE took_seconds histogram
            took_seconds_bucket{way="in",le="0.5"} 0
            took_seconds_bucket{way="in",le="1"} 1
            took_seconds_bucket{way="in",le="+Inf"} 1
            took_seconds_sum{way="in"} 0.75
            took_seconds_count{way="in"} 1

            """#
        #expect(text == expected)
    }

    @Test(
        "Numbers are written as Prometheus reads them",
        arguments: [
            (0, "0"), (-0.5, "-0.5"), (1_795_219_200, "1795219200"), (1e300, "1e+300"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"), (.nan, "NaN"), (0.00025, "0.00025"),
        ] as [(Double, String)]
    )
    func numbers(value: Double, text: String) {
        let written = Exposition.number(value)
        #expect(written == text)
    }

    @Test func `label values beyond the limit count together as other`() {
        let family = registry.counters("rules_total", "R.", labels: ["rule", "verdict"], limit: 3)
        for index in 0..<1000 { family.series("rule-\(index)", "allowed").increment() }
        family.series("rule-0", "allowed").increment()
        family.series("one value too few").increment()

        let all = family.all.map { ($0.values, $0.series.value) }
        #expect(
            all.map(\.0).sorted { $0[0] < $1[0] }.map { $0[0] } == ["other", "rule-0", "rule-1", "rule-2"]
        )
        #expect(family.series("other", "other").value == 998)
        #expect(family.series("rule-0", "allowed").value == 2)
    }

    @Test func `a very long label value is not kept`() {
        let family = registry.counters("long_total", "L.", labels: ["a", "b"], limit: 10)
        family.series(String(repeating: "x", count: 257), "y").increment()
        #expect(family.all.map(\.values) == [["other", "y"]])
    }

    @Test func `counters that are hidden at zero appear when they count`() {
        let family = registry.counters("h_total", "H.", labels: ["a"], limit: 2, hidesZero: true)
        let counter = family.series("x")
        let before = String(decoding: registry.exposition(), as: UTF8.self)
        counter.increment()
        let after = String(decoding: registry.exposition(), as: UTF8.self)
        #expect(before == "# HELP h_total H.\n# TYPE h_total counter\n")
        #expect(after == before + "h_total{a=\"x\"} 1\n")
    }
}
