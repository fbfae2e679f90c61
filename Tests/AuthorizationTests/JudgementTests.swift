import Authorization
import Identity
import NetworkTypes
import Testing

@Suite("Judging")
struct JudgementTests {
    private let web = "spiffe://cluster.local/ns/shop/sa/web"

    private func ask(
        _ policy: PortPolicy,
        _ method: String = "GET",
        _ target: String = "/orders",
        by identity: String? = "spiffe://cluster.local/ns/shop/sa/web",
        from address: String = "10.1.2.3",
        token: TokenEvidence = .absent
    ) throws -> Judgement {
        let caller = try Sample.caller(identity, from: address)
        let request = try Sample.request(method, target)
        return policy.judge(AccessRequest(caller: caller, operation: .http(request), token: token))
    }

    private func connect(_ policy: PortPolicy, by identity: String? = nil) throws -> Judgement {
        policy.judge(AccessRequest(caller: try Sample.caller(identity), operation: .connection))
    }

    // MARK: Coverage

    @Test(
        "what is not known is denied, however relaxed the port is",
        arguments: [.notReceived, .unreadablePolicy("shop/orders"), .unknownPort] as [LookupFailure]
    )
    func unknown(_ failure: LookupFailure) throws {
        let probe = ProbeExemption(path: "/orders", sources: PolicyCompiler.loopback)
        let policy = try Sample.port(.unknown(failure), fallback: .allow, probes: [probe])
        let judgement = try ask(policy)
        #expect(judgement.enforced == .deny(.undecidable(failure)))
        #expect(judgement.wouldBe == .deny(.undecidable(failure)))
        let probing = try ask(policy, by: nil, from: "127.0.0.1")
        #expect(probing.enforced == .deny(.undecidable(failure)))
        let connection = try connect(policy)
        #expect(connection.enforced == .deny(.undecidable(failure)))
    }

    @Test(
        "a port that no policy selects does what its default says",
        arguments: [
            (.deny, "spiffe://cluster.local/ns/shop/sa/web", false, false), (.deny, nil, false, false),
            (.audit, "spiffe://cluster.local/ns/shop/sa/web", true, false), (.audit, nil, true, false),
            (.authenticated, "spiffe://cluster.local/ns/shop/sa/web", true, true),
            (.authenticated, "spiffe://partner.example/x", true, true), (.authenticated, nil, false, false),
            (.allow, "spiffe://cluster.local/ns/shop/sa/web", true, true), (.allow, nil, true, true),
        ] as [(DefaultInbound, String?, Bool, Bool)]
    )
    func fallback(_ fallback: DefaultInbound, _ identity: String?, _ enforced: Bool, _ wouldBe: Bool) throws {
        let judgement = try ask(Sample.port(.unselected, fallback: fallback), by: identity)
        #expect(judgement.enforced.isAllowed == enforced)
        #expect(judgement.wouldBe.isAllowed == wouldBe)
        if enforced {
            #expect(judgement.enforced.reason.name == "default-\(fallback.rawValue)")
        } else {
            #expect(judgement.enforced == .deny(.uncovered))
        }
        let connection = try connect(Sample.port(.unselected, fallback: fallback), by: identity)
        #expect(connection.enforced.isAllowed == enforced)
    }

    @Test func `a policy without rules selects, and allows nothing`() throws {
        let judgement = try ask(Sample.port(.selected([Sample.policy([])]), fallback: .allow))
        #expect(judgement.enforced == .deny(.unmatched(considered: 0)))
    }

    @Test func `what no rule of a selecting policy lists is denied, whatever the default`() throws {
        let policy = Sample.policy([Sample.rule("reads", .allow, to: [Sample.reads()])])
        let judgement = try ask(Sample.port(.selected([policy]), fallback: .allow), "POST")
        #expect(judgement.enforced == .deny(.unmatched(considered: 1)))
    }

    // MARK: Rules

    @Test func `a matching Allow lets pass and is named`() throws {
        let policy = Sample.policy([
            Sample.rule("reads", .allow, to: [Sample.reads(try PathPattern(.exact, "/orders"))])
        ])
        let judgement = try ask(Sample.port(.selected([policy])))
        #expect(judgement.enforced.rule == Sample.id("reads"))
        #expect(judgement.enforced.isAllowed)
        #expect(judgement.route == "/orders")
    }

    @Test func `any matching Deny wins over any number of Allows`() throws {
        let policy = Sample.policy([
            Sample.rule("a", .allow), Sample.rule("b", .deny, to: [Sample.reads()]), Sample.rule("c", .allow),
        ])
        let judgement = try ask(Sample.port(.selected([policy])))
        #expect(judgement.enforced == .deny(.forbidden(by: Sample.id("b"))))
        let post = try ask(Sample.port(.selected([policy])), "POST")
        #expect(post.enforced.rule == Sample.id("a"))
    }

    @Test func `a Deny of one policy wins over an Allow of another`() throws {
        let allow = Sample.policy(named: "a", [Sample.rule("yes", .allow)])
        let deny = Sample.policy(named: "b", [Sample.rule("no", .deny)])
        let judgement = try ask(Sample.port(.selected([allow, deny])))
        #expect(judgement.enforced == .deny(.forbidden(by: Sample.id("no"))))
    }

    @Test func `all three parts of a rule must match`() throws {
        let token = TokenCondition(issuer: "https://id.example")
        let rule = Sample.rule("r", .allow, [.authenticated], to: [Sample.reads()], when: token)
        let policy = try Sample.port(.selected([Sample.policy([rule])]))
        let claims = TokenClaims(issuer: "https://id.example", subject: nil, audiences: [], values: [:])
        #expect(try ask(policy, token: .verified(claims)).enforced.isAllowed)
        #expect(try !ask(policy, by: nil, token: .verified(claims)).enforced.isAllowed)
        #expect(try !ask(policy, "POST", token: .verified(claims)).enforced.isAllowed)
        #expect(try !ask(policy).enforced.isAllowed)
    }

    @Test func `a rule for nobody matches nobody`() throws {
        let policy = try Sample.port(.selected([Sample.policy([Sample.rule("r", .allow, [])])]))
        #expect(try !ask(policy).enforced.isAllowed)
    }

    @Test func `a rule that cannot be resolved denies if it denies, and allows nothing if it allows`() throws
    {
        let no = Sample.rule("no", .deny, [], to: [Sample.reads()], unresolved: "lost")
        let yes = Sample.rule("yes", .allow, unresolved: "lost")
        let allow = Sample.rule("allow", .allow)
        let denied = try ask(Sample.port(.selected([Sample.policy([no, allow])])), "POST", "/elsewhere")
        #expect(denied.enforced == .deny(.forbidden(by: Sample.id("no"))))
        let unmatched = try ask(Sample.port(.selected([Sample.policy([yes])])))
        #expect(unmatched.enforced == .deny(.unmatched(considered: 1)))
    }

    // MARK: Audit

    @Test func `a policy in audit mode is judged and blocks nothing`() throws {
        let audit = Sample.policy(.audit, named: "audit", [Sample.rule("no", .deny)])
        let enforce = Sample.policy(named: "enforce", [Sample.rule("yes", .allow)])
        let judgement = try ask(Sample.port(.selected([audit, enforce])))
        #expect(judgement.enforced.isAllowed)
        #expect(judgement.wouldBe == .deny(.forbidden(by: Sample.id("no"))))
    }

    @Test func `a policy in audit mode allows nothing either`() throws {
        let audit = Sample.policy(.audit, named: "audit", [Sample.rule("yes", .allow)])
        let enforce = Sample.policy(named: "enforce", [])
        let judgement = try ask(Sample.port(.selected([audit, enforce])))
        #expect(judgement.enforced == .deny(.unmatched(considered: 0)))
        #expect(judgement.wouldBe.isAllowed)
    }

    @Test func `a port that only audit policies select keeps its default`() throws {
        let policy = try Sample.port(.selected([Sample.policy(.audit, [])]), fallback: .allow)
        let judgement = try ask(policy)
        #expect(judgement.enforced.reason == .defaultAllow)
        #expect(judgement.wouldBe == .deny(.unmatched(considered: 0)))
    }

    @Test func `an audit rule about HTTP leaves connections alone`() throws {
        let audit = Sample.policy(.audit, [Sample.rule("reads", .allow, to: [Sample.reads()])])
        let policy = try Sample.port(.selected([audit]), fallback: .allow)
        #expect(!policy.requiresHTTP)
        let judgement = try connect(policy)
        #expect(judgement.enforced.isAllowed)
        #expect(judgement.wouldBe == .deny(.notHTTP))
    }

    // MARK: Protocols

    @Test(
        "a port with any rule about requests serves HTTP only",
        arguments: [
            Sample.rule("http", .allow, to: [Sample.reads()]),
            Sample.rule("grpc", .deny, to: [.grpc(GRPCMatch(service: "a.B"))]),
            Sample.rule("jwt", .allow, when: TokenCondition(issuer: "https://id.example")),
        ]
    )
    func notHTTP(_ rule: Rule) throws {
        // The connection-level rule beside it must not be what bytes fall through to.
        let policy = try Sample.port(.selected([Sample.policy([Sample.rule("all", .allow), rule])]))
        #expect(policy.requiresHTTP)
        let judgement = try connect(policy, by: web)
        #expect(judgement.enforced == .deny(.notHTTP))
    }

    @Test func `a port declared HTTP refuses bytes, also without a rule`() throws {
        let policy = try Sample.port(.selected([Sample.policy([Sample.rule("all", .allow)])]), serves: .http)
        #expect(policy.requiresHTTP)
        #expect(try connect(policy).enforced == .deny(.notHTTP))
        #expect(try ask(policy).enforced.isAllowed)
    }

    @Test func `rules without operations are about connections too`() throws {
        let peers: [Peer] = [.identity(.init(try Sample.workload("shop", "web")))]
        let policy = try Sample.port(.selected([Sample.policy([Sample.rule("web", .allow, peers)])]))
        #expect(!policy.requiresHTTP)
        #expect(try connect(policy, by: web).enforced.isAllowed)
        #expect(try !connect(policy).enforced.isAllowed)
    }

    // MARK: Tokens

    @Test(
        "a token that cannot be trusted is refused where any rule asks for one",
        arguments: TokenProblem.allCases
    )
    func badToken(_ problem: TokenProblem) throws {
        let token = Sample.rule("person", .allow, when: TokenCondition(issuer: "https://id.example"))
        let rules = [Sample.rule("all", .allow), token]
        let asking = try Sample.port(.selected([Sample.policy(rules)]))
        #expect(asking.requiresToken)
        let judgement = try ask(asking, token: .unverifiable(problem))
        #expect(judgement.enforced == .deny(.badToken(problem)))
        guard case .deny(let denial) = judgement.enforced else { return }
        #expect(denial.status == 401)

        let silent = try Sample.port(.selected([Sample.policy([Sample.rule("all", .allow)])]))
        #expect(!silent.requiresToken)
        #expect(try ask(silent, token: .unverifiable(problem)).enforced.isAllowed)
    }

    @Test func `a token that is absent matches no rule that asks for one, and breaks no other`() throws {
        let token = Sample.rule("person", .deny, when: TokenCondition(issuer: "https://id.example"))
        let policy = try Sample.port(.selected([Sample.policy([Sample.rule("all", .allow), token])]))
        #expect(try ask(policy).enforced.rule == Sample.id("all"))
    }

    @Test func `a token that only an audit rule asks for blocks nothing`() throws {
        let token = Sample.rule("person", .allow, when: TokenCondition(issuer: "https://id.example"))
        let audit = Sample.policy(.audit, named: "audit", [token])
        let policy = try Sample.port(.selected([Sample.policy([Sample.rule("all", .allow)]), audit]))
        #expect(policy.requiresToken)
        let judgement = try ask(policy, token: .unverifiable(.expired))
        #expect(judgement.enforced.isAllowed)
        #expect(judgement.wouldBe == .deny(.badToken(.expired)))
    }

    // MARK: Probes

    @Test(
        "the kubelet's probes pass, and nothing wider",
        arguments: [
            ("GET", "/ready", nil, "127.0.0.1", true), ("HEAD", "/ready", nil, "127.0.0.1", true),
            ("GET", "/ready?full=1", nil, "127.0.0.1", true), ("GET", "/x/../ready", nil, "127.0.0.1", true),
            ("GET", "/ready", nil, "::1", true), ("GET", "/ready", nil, "::ffff:127.0.0.1", true),
            ("POST", "/ready", nil, "127.0.0.1", false), ("OPTIONS", "/ready", nil, "127.0.0.1", false),
            ("GET", "/ready/", nil, "127.0.0.1", false), ("GET", "/ready/x", nil, "127.0.0.1", false),
            ("GET", "/READY", nil, "127.0.0.1", false), ("GET", "/", nil, "127.0.0.1", false),
            ("GET", "/ready", nil, "10.1.2.3", false),
            ("GET", "/ready", "spiffe://cluster.local/ns/shop/sa/web", "127.0.0.1", false),
        ] as [(String, String, String?, String, Bool)]
    )
    func probes(_ method: String, _ path: String, _ identity: String?, _ address: String, _ passes: Bool)
        throws
    {
        let probe = ProbeExemption(path: "/ready", sources: PolicyCompiler.loopback)
        for coverage in [Coverage.unselected, .selected([Sample.policy([])])] {
            let judgement = try ask(
                Sample.port(coverage, probes: [probe]),
                method,
                path,
                by: identity,
                from: address
            )
            #expect(judgement.enforced.isAllowed == passes)
            if passes { #expect(judgement.enforced.reason == .probe) }
        }
    }

    @Test func `a rule that denies a probe path denies probes too`() throws {
        let probe = ProbeExemption(path: "/ready", sources: PolicyCompiler.loopback)
        let policy = Sample.policy([Sample.rule("no", .deny, to: [Sample.reads()])])
        let judgement = try ask(
            Sample.port(.selected([policy]), probes: [probe]),
            "GET",
            "/ready",
            by: nil,
            from: "127.0.0.1"
        )
        #expect(judgement.enforced == .deny(.forbidden(by: Sample.id("no"))))
    }
}
