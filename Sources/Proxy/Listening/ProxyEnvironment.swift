import CanonicalHTTP
public import FoundationEssentials
import Telemetry

/// What the state of the proxy does not decide: time and chance, so that tests can.
public struct ProxyEnvironment: Sendable {
    /// Wall time, for certificates, tokens and records.
    public var now: @Sendable () -> Date
    /// 64 random bits, for the ids of decisions and traces.
    public var random: @Sendable () -> UInt64

    public init(
        now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.now = now
        self.random = random
    }

    /// A decision's id: 128 random bits as 32 hexadecimal digits.
    func makeDecisionID() -> String {
        [random(), random()].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// Continues the trace that a request is part of, or begins one, unsampled, and writes it into the fields.
    ///
    /// Several `traceparent` fields are none (W3C Trace Context, section 3.2.2); then `tracestate` goes too.
    func continueTrace(in fields: inout HeaderFields) -> TraceContext {
        var generator = Generator(random: random)
        let received = fields.onlyValue(of: "traceparent").flatMap { TraceContext(parsing: $0) }
        if received == nil { fields.removeAll(named: "tracestate") }
        let trace =
            received?.child(using: &generator) ?? TraceContext(isSampled: false, using: &generator)
        // Hexadecimal digits and dashes are a valid value.
        try? fields.replace("traceparent", with: trace.description)
        return trace
    }

    private struct Generator: RandomNumberGenerator {
        let random: @Sendable () -> UInt64

        func next() -> UInt64 { random() }
    }
}
