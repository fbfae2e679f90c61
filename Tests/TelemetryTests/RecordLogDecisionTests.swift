import Authorization
import CanonicalHTTP
import Identity
import JSONText
import NetworkTypes
import TestSupport
import Testing

@testable import Telemetry

@Suite("Decisions in the log")
struct RecordLogDecisionTests {
    private let destination: DecisionRecord.Destination

    init() throws {
        destination = DecisionRecord.Destination(
            namespace: "shop",
            workload: "orders",
            identity: "spiffe://cluster.local/ns/shop/sa/orders",
            port: try #require(Port(8080))
        )
    }

    /// What a port whose default is this answers to somebody without identity.
    private func record(_ id: String, _ fallback: DefaultInbound, from address: String = "10.0.0.1") throws
        -> DecisionRecord
    {
        let policy = PortPolicy(
            port: destination.port,
            revision: PolicyRevision(7),
            coverage: .unselected,
            fallback: fallback
        )
        let caller = Caller(identity: nil, address: try IPAddress(parsing: address))
        let request = AccessRequest(caller: caller, operation: .connection)
        return DecisionRecord(
            id: id,
            time: 0,
            request: request,
            judgement: policy.judge(request),
            destination: destination,
            wire: .opaque,
            revision: PolicyRevision(7)
        )
    }

    @Test func `denials and would-be denials are all kept, allows by the sampling rule`() throws {
        var fixture = try LogFixture()
        fixture.configuration.allowsKeptOneIn = 1000
        let log = try fixture.open()
        for index in 1...3 {
            log.append(try record("allow-\(index)", .allow))
            log.append(try record("deny-\(index)", .deny))
            log.append(try record("audit-\(index)", .audit))
        }
        log.append(try record("allow-4", .allow, from: "10.0.0.2"))
        log.close()

        let records = try fixture.lines().map { try JSONValue(parsing: $0) }
        let ids = records.compactMap { $0["id"]?.string }
        let kept = ["allow-1", "deny-1", "audit-1", "deny-2", "audit-2", "deny-3", "audit-3", "allow-4"]
        #expect(ids == kept)
        #expect(fixture.metrics.allowsSampled.value == 2)
        #expect(fixture.metrics.denialsWritten.value == 6)
    }
}
