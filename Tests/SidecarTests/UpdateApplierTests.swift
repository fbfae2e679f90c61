import Authorization
import CertificateAuthority
import FoundationEssentials
import Identity
import KubernetesModel
import Logging
import MeshAPI
import NetworkTypes
import Proxy
import Telemetry
import Testing

@testable import Sidecar

/// A sidecar's state without its sockets.
struct Held {
    let workload: WorkloadID
    let policies = PolicyInForce()
    let destinations = DestinationsInForce()
    let store = CredentialStore(inForce: CredentialsInForce())
    let metrics = ProxyMetrics()
    let applier: UpdateApplier

    init() throws {
        workload = try WorkloadID(parsing: "web-1")
        applier = UpdateApplier(
            workload: workload,
            policies: policies,
            destinations: destinations,
            credentials: store,
            tokens: IssuerKeysInForce(),
            metrics: metrics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}

/// A certificate authority and what it signs.
struct Authority {
    let domain: TrustDomain
    let signer: SigningAuthority
    let id: SPIFFEID

    init(_ name: String = "cluster.local") throws {
        domain = try TrustDomain(parsing: name)
        var random = SystemRandomNumberGenerator()
        signer = try SigningAuthority.makeRoot(
            trustDomain: domain,
            lifetime: .seconds(3600),
            at: Date(),
            using: &random
        )
        id = try WorkloadIdentity(trustDomain: domain, namespace: "shop", serviceAccount: "web").spiffeID
    }

    func issue(trustVersion: UInt64) throws -> (IssuedIdentity, SVIDKey) {
        let key = SVIDKey()
        var random = SystemRandomNumberGenerator()
        let svid = try Issuer(signer).issue(
            for: id,
            request: CertificateRequest(der: CertificateRequest.make(for: id, key: key)),
            at: Date(),
            using: &random
        )
        return (IssuedIdentity(svid: svid, trust: trust, trustVersion: trustVersion), key)
    }

    var trust: TrustUpdate { TrustUpdate(roots: [domain: signer.bundle.der]) }
}

@Suite("Taking updates from the control plane")
struct UpdateApplierTests {
    @Test func `a policy is in force when it is acknowledged`() throws {
        let held = try Held()
        let port = try Port(parsing: "8080")
        let policy = PortPolicy(port: port, revision: PolicyRevision(7), coverage: .unselected)
        let update = ControlUpdate(
            version: 3,
            resource: .policies(
                WorkloadPolicies(workload: held.workload, revision: PolicyRevision(7), ports: [policy])
            )
        )

        let answer = held.applier.apply(update.wire)

        #expect(answer == .acknowledged(.policies, version: 3))
        #expect(held.policies.policy(for: port) == policy)
    }

    @Test func `the policies of another workload are refused and change nothing`() throws {
        let held = try Held()
        let update = ControlUpdate(
            version: 3,
            resource: .policies(
                WorkloadPolicies(
                    workload: try WorkloadID(parsing: "ledger-1"),
                    revision: PolicyRevision(7),
                    ports: []
                )
            )
        )

        let answer = held.applier.apply(update.wire)

        guard case .refused(.policies, 3, let reason) = answer else {
            Issue.record("not refused: \(String(describing: answer))")
            return
        }
        #expect(reason.contains("ledger-1"))
        #expect(!held.policies.isKnown)
    }

    @Test func `a message that cannot be read is refused by name`() throws {
        let held = try Held()
        var wire = WireControlMessage()
        wire.version = 9
        wire.trust = WireTrust()

        let answer = held.applier.apply(wire)

        #expect(answer == .refused(.trust, version: 9, reason: "bundles is missing"))
    }

    @Test func `a message without a resource has no name to refuse`() throws {
        let held = try Held()
        let answer = held.applier.apply(WireControlMessage())
        #expect(answer == nil)
    }

    @Test func `roots that are no certificates are refused`() throws {
        let held = try Held()
        let update = ControlUpdate(
            version: 2,
            resource: .trust(TrustUpdate(roots: [.default: [[1, 2, 3]]]))
        )
        let answer = held.applier.apply(update.wire)
        guard case .refused(.trust, 2, _) = answer else {
            Issue.record("not refused: \(String(describing: answer))")
            return
        }
    }

    @Test func `that nothing serves a name is an answer too`() async throws {
        let held = try Held()
        let name = try ServiceAddress(parsing: "orders.shop:8080")
        let update = ControlUpdate(
            version: 1,
            resource: .destination(DestinationUpdate(name: name, state: .unreachable(.noEndpoints)))
        )
        let answer = held.applier.apply(update.wire)
        #expect(answer == .acknowledged(.destination(name), version: 1))
        #expect(held.destinations.all.isEmpty)
    }
}

@Suite("Joining certificate and roots")
struct CredentialStoreTests {
    @Test func `there are no credentials before a certificate came`() throws {
        let held = try Held()
        try held.store.install(try Authority().trust, version: 1)
        #expect(held.store.inForce.credentials() == nil)
    }

    @Test func `each change is a new generation`() throws {
        let held = try Held()
        let authority = try Authority()
        let (issued, key) = try authority.issue(trustVersion: 1)
        try held.store.install(issued, key: key)
        let first = try #require(held.store.inForce.credentials())
        try held.store.install(authority.trust, version: 2)
        let second = try #require(held.store.inForce.credentials())
        #expect(first.identity == authority.id)
        #expect(second.generation > first.generation)
    }

    @Test func `roots that came with a certificate do not undo later ones`() throws {
        let held = try Held()
        let authority = try Authority()
        let partner = try Authority("partner.example")
        var both = authority.trust
        both.roots[partner.domain] = partner.signer.bundle.der
        try held.store.install(both, version: 5)

        let (issued, key) = try authority.issue(trustVersion: 4)
        try held.store.install(issued, key: key)

        let bundles = try #require(held.store.inForce.credentials()).bundles
        #expect(bundles.trustDomains == [authority.domain, partner.domain])
    }

    @Test func `roots older than those in force are ignored`() throws {
        let held = try Held()
        let authority = try Authority()
        let (issued, key) = try authority.issue(trustVersion: 6)
        try held.store.install(issued, key: key)
        try held.store.install(try Authority("partner.example").trust, version: 5)
        let bundles = try #require(held.store.inForce.credentials()).bundles
        #expect(bundles.trustDomains == [authority.domain])
    }
}
