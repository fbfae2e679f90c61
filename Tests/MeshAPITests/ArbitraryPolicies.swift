import Authorization
import CanonicalHTTP
import Identity
import NetworkTypes
import TestSupport
import Testing

@testable import MeshAPI

/// Makes policies of every shape the engine knows, from a seed.
struct ArbitraryPolicies {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func policies() throws -> WorkloadPolicies {
        WorkloadPolicies(
            workload: try WorkloadID(parsing: "web-\(number(1...9999))"),
            revision: PolicyRevision(generator.next()),
            ports: try (0..<number(0...4)).map { try port(8000 + $0) }
        )
    }

    private mutating func port(_ number: Int) throws -> PortPolicy {
        PortPolicy(
            port: try #require(Port(number)),
            revision: PolicyRevision(generator.next()),
            coverage: try coverage(),
            fallback: one(of: DefaultInbound.allCases),
            serves: one(of: ServedProtocol.allCases),
            probes: try list(2) { ProbeExemption(path: "/health/\($0.name())", sources: [try $0.network()]) },
            relaxations: Set(Relaxation.allCases.filter { _ in isHeads() })
        )
    }

    private mutating func coverage() throws -> Coverage {
        switch number(0...5) {
        case 0: .unselected
        case 1: .unknown(.notReceived)
        case 2: .unknown(.unreadablePolicy(name()))
        case 3: .unknown(.unknownPort)
        default:
            .selected(
                try list(3) { source in
                    let id = PolicyID(namespace: source.name(), name: source.name())
                    return CompiledPolicy(
                        id: id,
                        mode: source.one(of: Rule.Mode.allCases),
                        rules: try source.list(4) { try $0.rule(of: id) }
                    )
                }
            )
        }
    }

    private mutating func rule(of policy: PolicyID) throws -> Rule {
        Rule(
            id: RuleID(namespace: policy.namespace, policy: policy.name, rule: name()),
            action: one(of: Rule.Action.allCases),
            peers: try list(4) { try $0.peer() },
            operations: try list(3) { try $0.operation() },
            token: isHeads() ? token() : nil,
            unresolved: number(0...9) == 0 ? name() : nil
        )
    }

    private mutating func peer() throws -> Peer {
        let domain = try TrustDomain(parsing: "\(name()).example")
        switch number(0...6) {
        case 0:
            return .serviceAccount(
                try WorkloadIdentity(trustDomain: domain, namespace: name(), serviceAccount: name())
            )
        case 1: return .namespace(domain, name())
        case 2: return .identity(IdentityPattern(try SPIFFEID(parsing: "spiffe://\(domain)/a/\(name())")))
        case 3: return .identity(try IdentityPattern(parsing: "spiffe://\(domain)/\(name())/*"))
        case 4: return .network(try network(), except: try list(2) { try $0.network() })
        case 5: return .authenticated
        default: return .anyone
        }
    }

    private mutating func operation() throws -> OperationMatch {
        guard isHeads() else {
            return .grpc(GRPCMatch(service: "shop.\(name())", methods: list(3) { $0.name() }))
        }
        return .http(
            HTTPMatch(
                methods: list(3) { $0.one(of: ["GET", "POST", "DELETE"]) },
                path: isHeads() ? try path() : nil,
                hosts: try list(2) { source in
                    let text = (source.isHeads() ? "*." : "") + "\(source.name()).example"
                    return try #require(HostPattern(text))
                },
                headers: list(2) { source in
                    HeaderMatch(
                        name: "x-\(source.name())",
                        condition: source.isHeads() ? .present : .oneOf(source.list(3) { $0.name() })
                    )
                }
            )
        )
    }

    private mutating func path() throws -> PathPattern {
        switch number(0...2) {
        case 0: try PathPattern(.exact, "/\(name())/\(name())")
        case 1: try PathPattern(.prefix, "/\(name())")
        default: try PathPattern(.template, "/\(name())/{id}")
        }
    }

    private mutating func token() -> TokenCondition {
        TokenCondition(
            issuer: "https://\(name()).example",
            audiences: (0..<number(0...2)).map { _ in name() },
            claims: (0..<number(0...2)).map { _ in
                TokenCondition.Claim(name: name(), values: [name(), name()])
            }
        )
    }

    private mutating func network() throws -> CIDR {
        isHeads()
            ? try CIDR(parsing: "10.\(number(0...255)).0.0/\(number(16...24))")
            : try CIDR(parsing: "2001:db8:\(number(1...9))::/\(number(48...64))")
    }

    private mutating func name() -> String {
        String((0..<number(1...12)).map { _ in one(of: Array("abcdefghijklmnopqrstuvwxyz")) })
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    private mutating func isHeads() -> Bool { number(0...1) == 0 }

    private mutating func one<Element>(of elements: [Element]) -> Element {
        elements[number(0...(elements.count - 1))]
    }

    private mutating func list<Element>(
        _ limit: Int,
        _ make: (inout Self) throws -> Element
    ) rethrows -> [Element] {
        var result: [Element] = []
        for _ in 0..<number(0...limit) { result.append(try make(&self)) }
        return result
    }
}
