import Testing

@testable import Telemetry

@Suite("Sampling of allowed requests")
struct RecordSamplerTests {
    @Test func `one in one keeps everything`() {
        for oneIn in [1, 0, -3, Int.min] {
            var sampler = RecordSampler(keepingOneIn: oneIn)
            let kept = (0..<10).map { _ in sampler.keeps(source: "a", destination: "b") }
            #expect(kept == Array(repeating: true, count: 10))
        }
    }

    @Test func `the first of each pair is kept, and then one in so many`() {
        var sampler = RecordSampler(keepingOneIn: 4)
        let same = (0..<9).map { _ in sampler.keeps(source: "a", destination: "b") }
        let others = ["c", "d", "a"].map { sampler.keeps(source: $0, destination: "c") }
        let back = sampler.keeps(source: "b", destination: "a")
        #expect(same == [true, false, false, true, false, false, false, true, false])
        #expect(others == [true, true, true])
        #expect(back)
    }

    @Test func `a flood of pairs makes it keep more, and never grow`() {
        var sampler = RecordSampler(keepingOneIn: .max, rememberingPairs: 10)
        let flood = (0..<1000).map { sampler.keeps(source: "\($0)", destination: "x") }
        let recent = (990..<1000).map { sampler.keeps(source: "\($0)", destination: "x") }
        let forgotten = sampler.keeps(source: "1", destination: "x")
        #expect(!flood.contains(false))
        #expect(!recent.contains(true))
        #expect(forgotten)
    }
}
