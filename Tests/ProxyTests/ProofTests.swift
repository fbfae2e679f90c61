import Authorization
import CanonicalHTTP
import FoundationEssentials
import NIOCore
import NIOEmbedded
import NetworkTypes
import ProxyCore
import Telemetry
import Testing

@testable import Proxy

@Suite("What is proved, and until when")
struct ProofTests {
    private let clock = Shared(Date(timeIntervalSince1970: 1_700_000_000))
    private let observer = TestObserver()
    private let policies = PolicyInForce()
    private let loop = EmbeddedEventLoop()

    private func services(_ tokens: any TokenSource = TokensInForce()) throws -> InboundServices {
        let clock = clock
        return InboundServices(
            port: TestMesh.port,
            program: try SocketEndpoint(parsing: "127.0.0.1:1"),
            policies: policies,
            tokens: tokens,
            credentials: CredentialsInForce(),
            observer: observer,
            environment: ProxyEnvironment(now: { clock.value })
        )
    }

    private func caller(_ name: String) throws -> Caller {
        Caller(
            identity: try TestAuthority().identity(name),
            address: try IPAddress(parsing: "192.0.2.7")
        )
    }

    // MARK: - Certificates

    @Test(
        "a certificate proves a name until its last moment, and not from then on",
        arguments: [(-1.0, true), (0, false), (3600, false)]
    )
    func certificate(afterItsEnd: Double, isProved: Bool) throws {
        policies.install([TestMesh.requestsOfWeb])
        let dialer = Dialer(loop: loop, settings: ProxySettings(), observer: observer, now: { Date() })
        let gate = InboundGate(
            services: try services(),
            caller: try caller("web"),
            provedUntil: clock.value.addingTimeInterval(-afterItsEnd),
            pool: UpstreamPool(dialer: dialer, credentials: CredentialsInForce())
        )
        let admission = gate.admit(.test())
        let event = try #require(observer.all.judged.first)
        #expect((event.request.caller.identity != nil) == isProved)
        switch admission {
        case .forward(let request):
            #expect(isProved)
            #expect(request.fields.contains("nullius-caller"))
        case .refuse(let refusal):
            #expect(!isProved)
            #expect(refusal.status == 403)
        }
    }

    @Test func `a kept connection outlives its caller's certificate, the caller's name does not`()
        async throws
    {
        let clock = Shared<TimeInterval>(0)
        let later = ProxyEnvironment(now: { Date().addingTimeInterval(clock.value) })
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint, ordersEnvironment: later) { mesh in
            let answers = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
                let first = await connection.read(until: "GET /1\n")
                connection.forget()
                clock.update { $0 = 7200 }
                try await connection.send("GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                return (first, await connection.readToEnd())
            }
            let callers = mesh.observer.all.judged.map(\.request.caller.identity)
            #expect(answers.0.contains("GET /1\n"))
            #expect(answers.1.contains("HTTP/1.1 403"))
            #expect(callers == [try mesh.authority.identity("web"), nil])
            #expect(mesh.observer.all.opened == 1)
        }
        await program.end()
    }

    // MARK: - Tokens

    /// Allows requests with a token of one issuer.
    private func askingForToken(revision: UInt64) -> PortPolicy {
        var policy = TestMesh.policy(allowing: [], revision: revision)
        let rule = Rule(
            id: RuleID(namespace: "shop", policy: "orders", rule: "people"),
            action: .allow,
            peers: [.anyone],
            token: TokenCondition(issuer: TestTokens.issuer)
        )
        policy.coverage = .selected([
            CompiledPolicy(id: PolicyID(namespace: "shop", name: "orders"), rules: [rule])
        ])
        return policy
    }

    /// A tunnel whose request brought a token and was judged with the evidence given.
    private func tunnel(judgedWith evidence: TokenEvidence) throws -> EmbeddedChannel {
        var head = RequestHead.test()
        try head.fields.append("authorization", "Bearer good")
        let question = AccessRequest(
            caller: try caller("web"),
            operation: .http(try CanonicalRequest(canonicalizing: head)),
            token: evidence
        )
        let services = try services(TestTokens(end: clock.value.addingTimeInterval(60)))
        let channel = EmbeddedChannel(handler: GentleCloseHandler(), loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        ConnectionJudge(services: services, question: question, wire: .http1).watch(channel)
        return channel
    }

    @Test func `a tunnel that is judged again by a new rule about tokens is judged with its token`() throws {
        policies.install([TestMesh.policy(allowing: ["web"])])
        // No rule asked for a token when it began, so nobody looked for one.
        let channel = try tunnel(judgedWith: .absent)
        policies.install([askingForToken(revision: 2)])
        loop.run()
        let isActive = channel.isActive
        #expect(isActive)
        #expect(observer.all.judged.isEmpty)
    }

    @Test func `a tunnel that is judged again after its token's end is closed`() throws {
        policies.install([askingForToken(revision: 1)])
        let channel = try tunnel(judgedWith: .verified(TestTokens.claims))
        let before = channel.isActive
        clock.update { $0.addTimeInterval(60) }
        policies.install([askingForToken(revision: 2)])
        loop.run()
        let isActive = channel.isActive
        #expect(before)
        #expect(!isActive)
        #expect(observer.all.judged.map(\.request.token) == [.unverifiable(.expired)])
    }
}

/// Knows one token, and when it ends.
private struct TestTokens: TokenSource {
    static let issuer = "https://issuer.example"
    static let claims = TokenClaims(issuer: issuer, subject: "ann", audiences: [], values: [:])

    let end: Date

    func evidence(in fields: HeaderFields, at now: Date) -> TokenEvidence {
        guard let value = fields.onlyValue(of: "authorization") else { return .absent }
        guard value.elementsEqual("Bearer good".utf8) else { return .unverifiable(.malformed) }
        return now < end ? .verified(Self.claims) : .unverifiable(.expired)
    }
}
