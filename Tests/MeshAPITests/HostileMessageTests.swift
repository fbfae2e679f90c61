import Authorization
import CanonicalHTTP
import FoundationEssentials
import SwiftProtobuf
import TestSupport
import Testing

@testable import MeshAPI

/// A message that a peer should not send, and what is said of it.
struct HostileUpdate: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var message: WireControlMessage
    var error: WireError

    init(_ title: String, _ error: WireError, _ make: (inout WireControlMessage) -> Void) {
        testDescription = title
        self.error = error
        message = WireControlMessage()
        message.version = 1
        make(&message)
    }

    /// As above, about one port that is fine but for what is changed.
    init(port title: String, _ error: WireError, _ change: (inout WirePortPolicy) -> Void) {
        self.init(title, error) { message in
            var port = WirePortPolicy()
            port.port = 8080
            port.unselected = WirePortPolicy.Unselected()
            port.fallback = .deny
            port.serves = .http
            change(&port)
            message.policies.workloadID = "web-1"
            message.policies.ports = [port]
        }
    }

    /// As above, about one rule that is fine but for what is changed.
    init(rule title: String, _ error: WireError, _ change: (inout WireRule) -> Void) {
        self.init(port: title, error) { port in
            var rule = WireRule()
            rule.name = "r"
            rule.action = .allow
            rule.peers = [.with { $0.anyone = WirePeer.Anyone() }]
            change(&rule)
            var policy = WireCompiledPolicy()
            policy.namespace = "shop"
            policy.name = "p"
            policy.mode = .enforce
            policy.rules = [rule]
            port.selected.policies = [policy]
        }
    }

    static let all: [HostileUpdate] = [
        HostileUpdate("no version", .missing("version")) { $0.version = 0 },
        HostileUpdate("nothing inside", .missing("resource")) { _ in },
        HostileUpdate("an id that walks up", .malformed("workload id", expected: expectedID)) {
            $0.policies.workloadID = "a/../../etc"
        },
        HostileUpdate("the same port twice", .repeated("ports.port")) { message in
            var port = WirePortPolicy()
            port.port = 1
            port.unselected = WirePortPolicy.Unselected()
            port.fallback = .deny
            port.serves = .http
            message.policies.workloadID = "web"
            message.policies.ports = [port, port]
        },
        HostileUpdate("too many ports", .tooMany("ports", count: 257, limit: 256)) {
            $0.policies.workloadID = "web"
            $0.policies.ports = Array(repeating: WirePortPolicy(), count: 257)
        },
        HostileUpdate(port: "port 0", .outOfRange("port", value: 0)) { $0.port = 0 },
        HostileUpdate(port: "port 65536", .outOfRange("port", value: 65536)) { $0.port = 65536 },
        HostileUpdate(port: "port 2^32-1", .outOfRange("port", value: 4_294_967_295)) { $0.port = .max },
        HostileUpdate(port: "no coverage", .missing("coverage")) { $0.coverage = nil },
        HostileUpdate(port: "unknown for no reason", .missing("unknown.failure")) {
            $0.unknown = WireLookupFailure()
        },
        HostileUpdate(port: "no fallback", .unknownCase("fallback", number: 0)) {
            $0.fallback = .unspecified
        },
        HostileUpdate(port: "a fallback of tomorrow", .unknownCase("fallback", number: 99)) {
            $0.fallback = .UNRECOGNIZED(99)
        },
        HostileUpdate(port: "a protocol of tomorrow", .unknownCase("serves", number: -1)) {
            $0.serves = .UNRECOGNIZED(-1)
        },
        HostileUpdate(port: "a relaxation of tomorrow", .unknownCase("relaxations", number: 7)) {
            $0.relaxations = [.UNRECOGNIZED(7)]
        },
        HostileUpdate(
            port: "too many relaxations",
            .tooMany("relaxations", count: 1000, limit: Relaxation.allCases.count)
        ) {
            $0.relaxations = Array(repeating: .encodedSlash, count: 1000)
        },
        HostileUpdate(port: "a probe from nowhere", .malformed("probes.sources", expected: "a CIDR block")) {
            $0.probes = [
                .with {
                    $0.path = "/"
                    $0.sources = ["10.0.0.0/99"]
                }
            ]
        },
        HostileUpdate(port: "too many rules", .tooMany("rules", count: 10_001, limit: 10_000)) { port in
            port.selected.policies = [.with { $0.rules = Array(repeating: WireRule(), count: 10_001) }]
        },
        HostileUpdate(rule: "no action", .unknownCase("rule.action", number: 0)) { $0.action = .unspecified },
        HostileUpdate(rule: "no name", .missing("rule.name")) { $0.name = "" },
        HostileUpdate(rule: "a name of 1 MiB", .tooLong("rule.name", bytes: 1 << 20, limit: 512)) {
            $0.name = String(repeating: "x", count: 1 << 20)
        },
        HostileUpdate(rule: "a peer of tomorrow", .missing("peer")) { $0.peers = [WirePeer()] },
        HostileUpdate(
            rule: "a service account that is none",
            .malformed("peer.service_account", expected: "a workload's SPIFFE ID")
        ) { $0.peers = [.with { $0.serviceAccount = "spiffe://a.example/x" }] },
        HostileUpdate(
            rule: "an identity that is none",
            .malformed("peer.identity", expected: "a SPIFFE ID or a pattern of one")
        ) { $0.peers = [.with { $0.identity = "spiffe://*/x" }] },
        HostileUpdate(rule: "an operation of tomorrow", .missing("operation.match")) {
            $0.operations = [WireOperationMatch()]
        },
        HostileUpdate(
            rule: "a path that is none",
            .malformed("http.path.text", expected: "a path pattern")
        ) {
            $0.operations = [
                .with {
                    $0.http.path.kind = .exact
                    $0.http.path.text = "no-slash"
                }
            ]
        },
        HostileUpdate(rule: "a header condition of tomorrow", .missing("header.condition")) {
            $0.operations = [.with { $0.http.headers = [.with { $0.name = "x-a" }] }]
        },
        HostileUpdate(
            rule: "a header in capitals",
            .malformed("header.name", expected: "a lower-case field name")
        ) { $0.operations = [.with { $0.http.headers = [.with { $0.name = "X-A" }] }] },
        HostileUpdate(rule: "a token of nobody", .missing("token.issuer")) {
            $0.token = WireTokenCondition()
        },
        HostileUpdate("a destination nowhere", .missing("destination.state")) {
            $0.destination.name = "a.b:1"
        },
        HostileUpdate("no endpoints but reachable", .missing("endpoints")) {
            $0.destination.name = "a.b:1"
            $0.destination.reachable.serves = .http
        },
        HostileUpdate(
            "an endpoint by name",
            .malformed("endpoints.address", expected: "an address and a port")
        ) {
            $0.destination.name = "a.b:1"
            $0.destination.reachable.serves = .http
            $0.destination.reachable.endpoints = [.with { $0.address = "localhost:80" }]
        },
        HostileUpdate("trust in nobody", .missing("bundles")) { $0.trust = WireTrust() },
        HostileUpdate("a domain without roots", .missing("bundles.roots_der")) {
            $0.trust.bundles = [.with { $0.trustDomain = "a.example" }]
        },
        HostileUpdate("a domain twice", .repeated("bundles.trust_domain")) {
            let bundle = WireTrustBundle.with {
                $0.trustDomain = "a.example"
                $0.rootsDer = [.init([1])]
            }
            $0.trust.bundles = [bundle, bundle]
        },
        HostileUpdate("a huge root", .tooLong("bundles.roots_der", bytes: 16_385, limit: 16_384)) {
            $0.trust.bundles = [
                .with {
                    $0.trustDomain = "a.example"
                    $0.rootsDer = [.init(repeating: 0, count: 16_385)]
                }
            ]
        },
        HostileUpdate("huge keys", .tooLong("jwks", bytes: 262_145, limit: 262_144)) {
            $0.issuerKeys.issuer = "https://id.example"
            $0.issuerKeys.jwks = .init(repeating: 0, count: 262_145)
        },
    ]

    private static let expectedID = "lower-case letters, digits, `-` and `.`"
}

@Suite("Messages that should not be sent")
struct HostileMessageTests {
    @Test("An update is refused, and the reason names the field", arguments: HostileUpdate.all)
    func update(_ sample: HostileUpdate) {
        let error = #expect(throws: WireError.self) { try ControlUpdate(sample.message) }
        #expect(error == sample.error)
    }

    @Test func `random bytes are refused or read, and never crash`() {
        var generator = SeededGenerator(seed: 11)
        var read = 0
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...64, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            guard let message = try? WireControlMessage(serializedBytes: bytes) else { continue }
            read += 1
            _ = try? ControlUpdate(message)
        }
        #expect(read > 0)
    }

    @Test func `a message that was cut or changed on its way never crashes`() throws {
        var source = ArbitraryPolicies(seed: 3)
        let sent = ControlUpdate(version: 1, resource: .policies(try source.policies()))
        let bytes: [UInt8] = try sent.wire.serializedBytes()
        var generator = SeededGenerator(seed: 12)
        var differences = 0
        for _ in 0..<2_000 {
            var changed = Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &generator)))
            changed[Int.random(in: changed.indices, using: &generator)] = .random(
                in: 0...255,
                using: &generator
            )
            guard let message = try? WireControlMessage(serializedBytes: changed) else { continue }
            if (try? ControlUpdate(message)) != sent { differences += 1 }
        }
        #expect(differences > 0)
    }

    static let reports: [(WireProxyMessage, WireError)] = [
        (WireProxyMessage(), .missing("message")),
        (.with { $0.hello.workloadID = "" }, .tooLong("workload id", bytes: 0, limit: 128)),
        (.with { $0.ack.version = 1 }, .unknownCase("resource.kind", number: 0)),
        (
            .with {
                $0.ack.resource.kind = .destination
                $0.ack.resource.name = "nowhere"
            }, .malformed("destination", expected: "`service.namespace:port`")
        ),
        (
            .with { $0.want.destination = "Orders.Shop:8080" },
            .malformed("destination", expected: "`service.namespace:port`")
        ),
        (
            .with { $0.listening.listeners = Array(repeating: WireInboundListener(), count: 257) },
            .tooMany("listeners", count: 257, limit: 256)
        ),
        (
            .with { $0.listening.listeners = [.with { $0.port = 70_000 }] },
            .outOfRange("listeners.port", value: 70_000)
        ),
    ]

    @Test("A proxy's message is refused, and the reason names the field", arguments: reports)
    func report(_ message: WireProxyMessage, _ expected: WireError) {
        let error = #expect(throws: WireError.self) { try ProxyReport(message) }
        #expect(error == expected)
    }

    @Test func `a reason of a megabyte is cut, not refused`() throws {
        let message = WireProxyMessage.with {
            $0.nack.resource.kind = .policies
            $0.nack.version = 1
            $0.nack.reason = String(repeating: "é", count: 1 << 19)
        }
        let report = try ProxyReport(message)
        #expect(
            report == .refused(.policies, version: 1, reason: String(repeating: "é", count: 512))
        )
    }
}
