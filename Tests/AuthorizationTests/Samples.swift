import Authorization
import CanonicalHTTP
import Identity
import NetworkTypes

/// Small ways to write questions and rules.
enum Sample {
    static let domain = TrustDomain.default

    static func caller(_ text: String?, from address: String = "10.1.2.3") throws -> Caller {
        Caller(identity: try text.map { try SPIFFEID(parsing: $0) }, address: try IPAddress(parsing: address))
    }

    static func workload(_ namespace: String, _ serviceAccount: String) throws -> SPIFFEID {
        try WorkloadIdentity(trustDomain: domain, namespace: namespace, serviceAccount: serviceAccount)
            .spiffeID
    }

    static func request(
        _ method: String,
        _ target: String,
        host: String = "orders.shop:8080",
        headers: [(String, String)] = []
    ) throws -> CanonicalRequest {
        var fields = HeaderFields()
        for (name, value) in headers { try fields.append(name: name.utf8, value: value.utf8) }
        let head = RequestHead(
            method: method,
            target: Array(target.utf8),
            authorities: [Array(host.utf8)],
            fields: fields,
            version: .http1_1
        )
        return try CanonicalRequest(canonicalizing: head)
    }

    static func rule(
        _ name: String,
        _ action: Rule.Action,
        _ peers: [Peer] = [.anyone],
        to operations: [OperationMatch] = [],
        when token: TokenCondition? = nil,
        unresolved: String? = nil
    ) -> Rule {
        Rule(
            id: id(name),
            action: action,
            peers: peers,
            operations: operations,
            token: token,
            unresolved: unresolved
        )
    }

    static func id(_ name: String) -> RuleID { RuleID(namespace: "shop", policy: "orders", rule: name) }

    static func policy(named name: String = "orders", _ rules: [Rule]) -> CompiledPolicy {
        policy(.enforce, named: name, rules)
    }

    static func policy(
        _ mode: Rule.Mode,
        named name: String = "orders",
        _ rules: [Rule]
    ) -> CompiledPolicy {
        CompiledPolicy(id: PolicyID(namespace: "shop", name: name), mode: mode, rules: rules)
    }

    static func port(
        _ coverage: Coverage,
        fallback: DefaultInbound = .deny,
        serves: ServedProtocol = .detected,
        probes: [ProbeExemption] = []
    ) throws -> PortPolicy {
        PortPolicy(
            port: try Port(parsing: "8080"),
            revision: PolicyRevision(7),
            coverage: coverage,
            fallback: fallback,
            serves: serves,
            probes: probes
        )
    }

    static func reads(_ path: PathPattern? = nil) -> OperationMatch {
        .http(HTTPMatch(methods: ["GET"], path: path))
    }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
