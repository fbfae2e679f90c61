import Authorization
import NetworkTypes
import Testing

@Suite("Judging")
struct JudgementTests {
    @Test func `a port that nothing is known about denies`() throws {
        let port = try #require(Port(8080))
        let policy = PortPolicy(
            port: port,
            revision: PolicyRevision(1),
            coverage: .unknown(.notReceived),
            fallback: .allow
        )
        let caller = Caller(identity: nil, address: .loopback)
        let judgement = policy.judge(AccessRequest(caller: caller, operation: .connection))
        #expect(judgement.enforced == .deny(.undecidable(.notReceived)))
        #expect(judgement.wouldBe == .deny(.undecidable(.notReceived)))
    }
}
