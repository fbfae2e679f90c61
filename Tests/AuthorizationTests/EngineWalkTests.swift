import Authorization
import CanonicalHTTP
import Identity
import NetworkTypes
import Testing

/// Policies and questions from a small world, so that most rules nearly match.
private struct World {
    var generator: SeededGenerator
    let callers: [Caller]
    let requests: [CanonicalRequest]
    let peers: [Peer]
    let operations: [OperationMatch]
    let issuers = ["https://a.example", "https://b.example"]

    init(seed: UInt64) throws {
        generator = SeededGenerator(seed: seed)
        let identities: [String?] = [
            nil, "spiffe://cluster.local/ns/shop/sa/web", "spiffe://cluster.local/ns/mon/sa/web",
            "spiffe://p.example/ns/shop/sa/web",
        ]
        callers = try identities.flatMap { identity in
            try ["10.1.1.1", "127.0.0.1"].map { try Sample.caller(identity, from: $0) }
        }
        requests = try ["GET", "POST"].flatMap { method in
            try ["/a", "/a/b", "/ready", "/s.S/M"].map { path in
                try Sample.request(method, path, headers: [("content-type", "application/grpc")])
            }
        }
        peers = [
            .serviceAccount(
                try WorkloadIdentity(trustDomain: .default, namespace: "shop", serviceAccount: "web")
            ),
            .namespace(.default, "mon"),
            .identity(try IdentityPattern(parsing: "spiffe://p.example/ns/shop/sa/*")),
            .network(try CIDR(parsing: "10.0.0.0/8"), except: []), .authenticated, .anyone,
        ]
        operations = [
            .http(HTTPMatch(methods: ["GET"])), .http(HTTPMatch(path: try PathPattern(.prefix, "/a"))),
            .http(HTTPMatch(methods: ["POST"], path: try PathPattern(.template, "/a/{x}"))),
            .grpc(GRPCMatch(service: "s.S", methods: ["M"])),
        ]
    }

    mutating func flip(_ chance: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < chance }

    mutating func some<Element>(_ values: [Element], atMost count: Int) -> [Element] {
        Array(values.shuffled(using: &generator).prefix(Int.random(in: 0...count, using: &generator)))
    }

    mutating func rule(_ policy: Int, _ index: Int) -> Rule {
        Rule(
            id: RuleID(namespace: "shop", policy: "p\(policy)", rule: "r\(index)"),
            action: flip(60) ? .allow : .deny,
            peers: some(peers, atMost: 2),
            operations: flip(50) ? [] : some(operations, atMost: 2),
            token: flip(20) ? TokenCondition(issuer: issuers[flip(50) ? 0 : 1]) : nil,
            unresolved: flip(5) ? "lost" : nil
        )
    }

    mutating func policy() throws -> PortPolicy {
        let policies = (0..<Int.random(in: 0...3, using: &generator)).map { number in
            let count = Int.random(in: 0...3, using: &generator)
            return CompiledPolicy(
                id: PolicyID(namespace: "shop", name: "p\(number)"),
                mode: flip(70) ? .enforce : .audit,
                rules: (0..<count).map { rule(number, $0) }
            )
        }
        let coverage: Coverage =
            flip(5) ? .unknown(.notReceived) : policies.isEmpty ? .unselected : .selected(policies)
        return try Sample.port(
            coverage,
            fallback: DefaultInbound.allCases.randomElement(using: &generator) ?? .deny,
            serves: flip(10) ? .http : .detected,
            probes: flip(30) ? [ProbeExemption(path: "/ready", sources: PolicyCompiler.loopback)] : []
        )
    }

    mutating func question() throws -> AccessRequest {
        let caller = try #require(callers.randomElement(using: &generator))
        let request = try #require(requests.randomElement(using: &generator))
        let tokens: [TokenEvidence] = [
            .absent, .absent, .unverifiable(.expired),
            .verified(TokenClaims(issuer: issuers[0], subject: nil, audiences: [], values: [:])),
        ]
        return AccessRequest(
            caller: caller,
            operation: flip(30) ? .connection : .http(request),
            token: try #require(tokens.randomElement(using: &generator))
        )
    }
}

/// The semantics once more, written as SYSTEM.md says them and as slowly as one likes.
private enum Oracle {
    static func allows(_ policy: PortPolicy, _ question: AccessRequest, wouldBe: Bool) throws -> Bool {
        let selecting: [CompiledPolicy]
        switch policy.coverage {
        case .unknown: return false
        case .unselected: selecting = []
        case .selected(let all): selecting = all.filter { wouldBe || $0.mode == .enforce }
        }
        let rules = selecting.flatMap(\.rules)
        var isHTTP = false
        if case .http = question.operation { isHTTP = true }
        let looksInside = rules.contains { !$0.operations.isEmpty || $0.token != nil }
        if !isHTTP, looksInside || policy.serves == .http { return false }
        if case .unverifiable = question.token, rules.contains(where: { $0.token != nil }) { return false }
        if try rules.contains(where: { try $0.action == .deny && matches($0, question) }) { return false }
        if try isProbe(policy, question) { return true }
        if try rules.contains(where: { try $0.action == .allow && matches($0, question) }) { return true }
        guard selecting.isEmpty else { return false }
        switch policy.fallback {
        case .deny: return false
        case .audit: return !wouldBe
        case .authenticated: return question.caller.identity != nil
        case .allow: return true
        }
    }

    private static func isProbe(_ policy: PortPolicy, _ question: AccessRequest) throws -> Bool {
        guard case .http(let request) = question.operation else { return false }
        return question.caller.identity == nil && question.caller.address.isLoopback
            && request.path == "/ready"
            && request.method == "GET" && !policy.probes.isEmpty
    }

    private static func matches(_ rule: Rule, _ question: AccessRequest) throws -> Bool {
        if rule.unresolved != nil { return rule.action == .deny }
        let isPeer = rule.peers.contains { peer in
            let name = question.caller.identity?.description
            switch peer {
            case .serviceAccount: return name == "spiffe://cluster.local/ns/shop/sa/web"
            case .namespace: return name == "spiffe://cluster.local/ns/mon/sa/web"
            case .identity: return name == "spiffe://p.example/ns/shop/sa/web"
            case .network: return question.caller.address.description == "10.1.1.1"
            case .authenticated: return name != nil
            case .anyone: return true
            }
        }
        guard isPeer else { return false }
        guard !rule.operations.isEmpty || rule.token != nil else { return true }
        guard case .http(let request) = question.operation else { return false }
        if let token = rule.token {
            guard case .verified(let claims) = question.token, claims.issuer == token.issuer else {
                return false
            }
        }
        return rule.operations.isEmpty
            || rule.operations.contains { operation in
                switch operation {
                case .grpc:
                    return request.path == "/s.S/M" && (rule.action == .deny || request.method == "POST")
                case .http(let match):
                    let isMethod = match.methods.isEmpty || match.methods == [request.method]
                    switch match.path?.kind {
                    case nil: return isMethod
                    case .prefix: return isMethod && ["/a", "/a/b"].contains(request.path)
                    default: return isMethod && request.path == "/a/b"
                    }
                }
            }
    }
}

@Suite("The engine at random")
struct EngineWalkTests {
    @Test("it agrees with the semantics written down slowly", arguments: Array(1...8) as [UInt64])
    func oracle(_ seed: UInt64) throws {
        var world = try World(seed: seed)
        var allowed = 0
        for round in 0..<600 {
            let policy = try world.policy()
            let question = try world.question()
            let judgement = policy.judge(question)
            let enforced = try Oracle.allows(policy, question, wouldBe: false)
            let wouldBe = try Oracle.allows(policy, question, wouldBe: true)
            try #require(judgement.enforced.isAllowed == enforced, "seed \(seed), round \(round)")
            try #require(judgement.wouldBe.isAllowed == wouldBe, "seed \(seed), round \(round)")
            if enforced { allowed += 1 }
        }
        #expect((80..<520).contains(allowed))
    }

    @Test("the order of rules and of policies never matters", arguments: Array(11...16) as [UInt64])
    func order(_ seed: UInt64) throws {
        var world = try World(seed: seed)
        for round in 0..<600 {
            let policy = try world.policy()
            let question = try world.question()
            guard case .selected(let policies) = policy.coverage else { continue }
            var shuffled = policy
            shuffled.coverage = .selected(
                policies.shuffled(using: &world.generator).map { one in
                    CompiledPolicy(
                        id: one.id,
                        mode: one.mode,
                        rules: one.rules.shuffled(using: &world.generator)
                    )
                }
            )
            let before = policy.judge(question)
            let after = shuffled.judge(question)
            try #require(before == after, "seed \(seed), round \(round)")
        }
    }

    @Test("explaining decides as judging does", arguments: [21, 22] as [UInt64])
    func explaining(_ seed: UInt64) throws {
        var world = try World(seed: seed)
        for _ in 0..<300 {
            let policy = try world.policy()
            let question = try world.question()
            let explanation = policy.explain(question)
            try #require(explanation.judgement == policy.judge(question))
            for one in explanation.considered where !one.matched {
                try #require(!explanation.sentences(for: one).isEmpty, "\(one)")
            }
            if case .deny(.unmatched) = explanation.judgement.enforced, let nearest = explanation.nearestMiss
            {
                try #require(nearest.rule.action == .allow && nearest.mode == .enforce)
            }
        }
    }
}
