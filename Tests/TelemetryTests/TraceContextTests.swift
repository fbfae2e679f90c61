import TestSupport
import Testing

@testable import Telemetry

@Suite("Trace context")
struct TraceContextTests {
    static let trace = "0af7651916cd43dd8448eb211c80319c"
    static let parent = "b7ad6b7169203331"

    @Test(
        "What W3C Trace Context allows is read, and written as version 00",
        arguments: [
            ("00-\(trace)-\(parent)-01", "01"), ("00-\(trace)-\(parent)-00", "00"),
            ("00-\(trace)-\(parent)-03", "01"),
            ("00-\(trace)-\(parent)-fe", "00"), ("01-\(trace)-\(parent)-01", "01"),
            ("cc-\(trace)-\(parent)-01-what-the-future-brings", "01"), ("fe-\(trace)-\(parent)-01-", "01"),
        ]
    )
    func valid(value: String, flags: String) {
        let context = TraceContext(parsing: value)
        #expect(context?.description == "00-\(Self.trace)-\(Self.parent)-\(flags)")
    }

    @Test(
        "Anything else is no context",
        arguments: [
            "", "00", "00-\(trace)-\(parent)", "00-\(trace)-\(parent)-", "00-\(trace)-\(parent)-0",
            "00-\(trace)-\(parent)-01-",
            "00-\(trace)-\(parent)-01-x", "00-\(trace)-\(parent)-011", "01-\(trace)-\(parent)-011",
            "ff-\(trace)-\(parent)-01",
            "0-\(trace)-\(parent)-01", "000-\(trace)-\(parent)-1", "0x-\(trace)-\(parent)-01",
            "00-00000000000000000000000000000000-\(parent)-01", "00-\(trace)-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-\(parent)-01", "00-\(trace)-\(parent)-0g",
            "00_\(trace)_\(parent)_01",
            " 00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01 ", "00-\(trace)\(parent)--01",
            "00-\(trace)-\(parent)-é",
        ]
    )
    func invalid(value: String) {
        #expect(TraceContext(parsing: value) == nil)
    }

    @Test func `a child stays in the trace and has its own id`() throws {
        var generator = SeededGenerator(seed: 1)
        let root = TraceContext(isSampled: true, using: &generator)
        let child = root.child(using: &generator)
        #expect(child.traceID == root.traceID)
        #expect(child.parentID != root.parentID)
        #expect(child.isSampled)
        #expect(TraceContext(parsing: child.description) == child)
    }

    @Test func `identifiers are never zero, whatever the generator says`() {
        var zeros = Zeros()
        let root = TraceContext(isSampled: false, using: &zeros)
        #expect(root.description == "00-00000000000000000000000000000001-0000000000000001-00")
        #expect(TraceContext(parsing: root.description) == root)
    }

    @Test func `noise is read or refused`() {
        var generator = SeededGenerator(seed: 2)
        let valid = Array("00-\(Self.trace)-\(Self.parent)-01".utf8)
        for _ in 0..<2000 {
            var bytes = valid
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                in: 0...255,
                using: &generator
            )
            if Bool.random(using: &generator) {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            }
            guard let context = TraceContext(parsing: bytes) else { continue }
            let again = TraceContext(parsing: context.description)
            #expect(again == context)
        }
    }

    private struct Zeros: RandomNumberGenerator {
        mutating func next() -> UInt64 { 0 }
    }
}
