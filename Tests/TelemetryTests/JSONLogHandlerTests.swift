import Authorization
import JSONText
import Logging
import Synchronization
import Testing

@testable import Telemetry

@Suite("Logging")
struct JSONLogHandlerTests {
    /// Where a test's lines go.
    private final class Sink: Sendable {
        private let lines = Mutex<[[UInt8]]>([])
        var all: [String] { lines.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }
        func write(_ line: [UInt8]) { lines.withLock { $0.append(line) } }
    }

    private let sink = Sink()

    private func logger(_ format: JSONLogHandler.Format, level: Logger.Level = .info) -> Logger {
        let sink = sink
        return Logger(label: "proxy") { label in
            JSONLogHandler(
                label: label,
                format: format,
                level: level,
                now: { UTCTime(nanoseconds: 1_795_226_584_005_006_007) },
                write: { sink.write($0) }
            )
        }
    }

    @Test func `an event is one line of JSON`() throws {
        var logger = logger(.json)
        logger[metadataKey: "workload"] = "web"
        logger.warning(
            "refused \"x\"\n",
            metadata: ["port": "\(8080)", "list": ["a", ["k": "v"]], "workload": "orders"]
        )

        let expected = [
            #"{"time":"2026-11-21T02:03:04.005006007Z","level":"warning","logger":"proxy","message":"refused \"x\"\n","#
                + #""metadata":{"list":["a",{"k":"v"}],"port":"8080","workload":"orders"}}"# + "\n"
        ]
        #expect(sink.all == expected)
    }

    @Test func `an event is one line of text for a terminal`() {
        let logger = logger(.text)
        logger.error(
            "it\u{1B}[31m broke\nreally",
            metadata: ["b": "two words", "a": "1", "empty": "", "c": "x=\"\u{9B}"]
        )
        let expected = [
            #"2026-11-21T02:03:04.005006007Z ERROR proxy: it\u001b[31m broke\nreally "#
                + #"a=1 b="two words" c="x=\"\u009b" empty="""# + "\n"
        ]
        #expect(sink.all == expected)
    }

    @Test func `levels below the logger's are not written`() {
        let logger = logger(.json, level: .error)
        logger.warning("no")
        logger.error("yes")
        #expect(sink.all.count == 1)
    }

    @Test func `an error that goes with an event is named`() throws {
        let logger = logger(.json)
        logger.error("failed", error: JSONError(.unexpectedEnd, at: 7))
        let line = try #require(sink.all.first)
        let value = try JSONValue(parsing: String(line.dropLast()))
        #expect(value["metadata"]?["error"]?.string == "the JSON ends too early at byte 7")
    }

    @Test(
        "A line is bounded, whatever is logged",
        arguments: JSONLogHandler.Format.allCases
    )
    func bounded(format: JSONLogHandler.Format) throws {
        let logger = logger(format)
        var deep: Logger.MetadataValue = "x"
        for _ in 0..<10_000 { deep = ["k": deep] }
        let wide = Logger.MetadataValue.array(
            Array(repeating: .string(String(repeating: "é", count: 9999)), count: 99)
        )
        logger.info("\(String(repeating: "\u{1}", count: 100_000))", metadata: ["deep": deep, "wide": wide])

        let line = try #require(sink.all.first)
        // A byte becomes six at most.
        let most = 6 * (LogLine.longestText + 64) * (LogLine.mostEntries + 2)
        #expect(sink.all.count == 1)
        #expect(line.utf8.count < most)
        #expect(line.contains("… (100000 bytes)"))
        #expect(line.split(separator: "\n").count == 1)
    }
}
