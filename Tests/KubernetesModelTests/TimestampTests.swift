import KubernetesModel
import TestSupport
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-01-02T03:04:05Z", 1_767_323_045), ("1969-12-31T23:59:59Z", -1),
        ("2024-02-29T23:59:59Z", 1_709_251_199), ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ]) func `text and seconds`(text: String, seconds: Int64) throws {
        let read = try #require(Timestamp(text))
        #expect(read.seconds == seconds)
        #expect(Timestamp(clampingSeconds: seconds).description == text)
    }

    @Test func `fractions and offsets are read`() throws {
        let read = try #require(Timestamp("2026-01-02T05:04:05.25+02:00"))
        #expect(read.description == "2026-01-02T03:04:05Z")
        #expect(read.microTime == "2026-01-02T03:04:05.250000Z")
    }

    @Test(arguments: [
        "", "2026-01-02", "2026-13-02T03:04:05Z", "2026-02-29T03:04:05Z", "2026-01-02T24:00:00Z",
        "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.1234567890Z",
        "2026-01-02 03:04:05Z",
        "2026-01-02T03:04:05Zx", "0000-01-01T00:00:00Z", "2026-01-02T03:04:05+2:00", "٢٠٢٦-01-02T03:04:05Z",
    ]) func `what is no timestamp`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `every second comes back from its text`() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let moment = try #require(
                Timestamp(
                    microseconds: Int64.random(
                        in: -62_135_596_800_000_000...253_402_300_799_999_999,
                        using: &random
                    )
                )
            )
            #expect(Timestamp(moment.microTime) == moment)
        }
    }

    @Test func `lengths are added within the years that can be written`() {
        #expect(Timestamp.epoch.adding(.seconds(90))?.description == "1970-01-01T00:01:30Z")
        #expect(Timestamp.epoch.adding(.seconds(Int64.max)) == nil)
        #expect(Timestamp(clampingSeconds: .max).adding(.seconds(1)) == nil)
    }
}
