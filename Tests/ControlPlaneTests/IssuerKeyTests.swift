import Authorization
import CanonicalHTTP
import FoundationEssentials
import Glibc
import Identity
import Logging
import MeshAPI
import NetworkTypes
import Telemetry
import TestSupport
import Testing
import TokenVerification

@testable import ControlPlane

@Suite("Issuers' keys", .timeLimit(.minutes(1)))
struct IssuerKeyTests {
    private static let issuer = TokenIssuer.name

    /// Follows one source, as quickly as a test wants it, beside the body.
    private static func follow(
        _ origin: IssuerSource.Origin,
        _ body: @Sendable @escaping (IssuerKeyFollower) async throws -> Void
    ) async throws {
        try await KeyFetcherTests.with { fetcher in
            var follower = IssuerKeyFollower(
                sources: [IssuerSource(issuer: issuer, origin: origin)],
                fetcher: fetcher,
                metrics: ControlPlaneMetrics(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            follower.fileInterval = .milliseconds(20)
            follower.fetchInterval = .milliseconds(20)
            follower.retryInterval = .milliseconds(20)
            let running = follower
            try await withThrowingTaskGroup { group in
                group.addTask { await running.run() }
                defer { group.cancelAll() }
                try await body(running)
            }
        }
    }

    private static func state(
        of follower: IssuerKeyFollower,
        where isRight: (IssuerKeysUpdate.State?) -> Bool
    ) async throws -> IssuerKeysUpdate.State? {
        try await Harness.eventually({ follower.published.value[issuer] }, isRight)
    }

    private static func put(_ text: String, at path: String) throws {
        try writeFile(Array(text.utf8), to: path + ".new")
        rename(path + ".new", path)
    }

    @Test func `keys come from a file, also when it is replaced; a bad one takes nothing away`() async throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/keys.json"
        let (first, second) = (TokenIssuer("k1").document, TokenIssuer("k2").document)
        try Self.put(first, at: path)
        try await Self.follow(.file(path)) { follower in
            #expect(follower.published.value[Self.issuer] == .keys(Array(first.utf8)))
            #expect(follower.problems.isEmpty)

            for bad in ["", "{", #"{"keys":[]}"#, String(repeating: " ", count: KeyFetcher.sizeLimit + 1)] {
                try Self.put(first, at: path)
                _ = try await Harness.eventually({ follower.problems }, \.isEmpty)
                try Self.put(bad, at: path)
                let problems = try await Harness.eventually({ follower.problems }) { !$0.isEmpty }
                #expect(problems.map(\.usesEarlierKeys) == [true])
                #expect(follower.published.value[Self.issuer] == .keys(Array(first.utf8)))
            }
            unlink(path)
            let gone = try await Harness.eventually({ follower.problems.first?.reason }) {
                $0?.contains("opened") == true
            }
            #expect(gone != nil)
            #expect(follower.published.value[Self.issuer] == .keys(Array(first.utf8)))
            let text = String(decoding: follower.metrics.registry.exposition(), as: UTF8.self)
            #expect(text.contains(#"nullius_control_plane_issuer_key_refreshes_total{result="refused"} 5"#))

            try Self.put(second, at: path)
            let mended = try await Self.state(of: follower) { $0 == .keys(Array(second.utf8)) }
            #expect(mended == .keys(Array(second.utf8)))
            #expect(follower.problems.isEmpty)
        }
    }

    @Test func `keys come from a URL; without any, the issuer is unavailable and says why`() async throws {
        let (first, second) = (TokenIssuer("k1").document, TokenIssuer("k2").document)
        try await RawServer.run(.ok("<html>")) { server, address in
            try await Self.follow(.url("http://\(address)/keys")) { follower in
                #expect(follower.published.value[Self.issuer] == .unavailable("not read yet"))
                let none = try await Self.state(of: follower) { $0 != .unavailable("not read yet") }
                #expect(none == .unavailable("it is no key set with a key that can be used"))

                server.answer(.ok(first))
                _ = try await Self.state(of: follower) { $0 == .keys(Array(first.utf8)) }
                server.answer(.bytes("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n"))
                let problems = try await Harness.eventually({ follower.problems }) { !$0.isEmpty }
                #expect(problems.map(\.usesEarlierKeys) == [true])
                #expect(problems.map(\.reason) == ["the server answered 503"])
                #expect(follower.published.value[Self.issuer] == .keys(Array(first.utf8)))

                server.answer(.ok(second))
                let mended = try await Self.state(of: follower) { $0 == .keys(Array(second.utf8)) }
                #expect(mended == .keys(Array(second.utf8)))
            }
        }
    }

    // MARK: All the way to a decision

    private static let policy = """
        apiVersion: nullius.dev/v1alpha1
        kind: AccessPolicy
        metadata: { name: orders, namespace: shop }
        spec:
          target: { podSelector: { matchLabels: { app: orders } } }
          rules:
          - name: support
            action: Allow
            from: [{ serviceAccount: { name: web } }]
            when: { jwt: { issuer: "\(issuer)", audiences: [shop], claims: { role: [support] } } }

        """

    /// What a proxy decides that has been told these policies and keys.
    private static func decision(
        _ policies: WorkloadPolicies,
        _ keys: [UInt8],
        token: String?
    ) throws -> Decision {
        let head = RequestHead(
            method: "GET",
            target: Array("/orders".utf8),
            authorities: [Array("orders.shop:8080".utf8)],
            fields: HeaderFields(),
            version: .http1_1
        )
        let web = try WorkloadIdentity(trustDomain: .default, namespace: "shop", serviceAccount: "web")
        let verifier = TokenVerifier(issuers: [issuer: .keys(try KeySet(parsing: keys))])
        let values = token.map { [Array("Bearer \($0)".utf8)[...]] } ?? []
        let request = AccessRequest(
            caller: Caller(identity: web.spiffeID, address: .loopback),
            operation: .http(try CanonicalRequest(canonicalizing: head)),
            token: verifier.evidence(for: values, at: Int64(Date().timeIntervalSince1970))
        )
        return try #require(policies.ports.first).judge(request).enforced
    }

    private static func keys(
        _ proxy: FakeProxy,
        where isRight: ([UInt8]) -> Bool = { _ in true }
    ) async throws -> [UInt8] {
        let update = try await proxy.update(of: .issuerKeys(issuer)) { update in
            guard case .issuerKeys(let keys) = update.resource, case .keys(let bytes) = keys.state else {
                return false
            }
            return isRight(bytes)
        }
        guard case .issuerKeys(let keys) = update.resource, case .keys(let bytes) = keys.state else {
            return []
        }
        return bytes
    }

    @Test func `a rule about a token is judged with the keys that came on the stream`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/keys.json"
        let (old, new) = (TokenIssuer("k1"), TokenIssuer("k2"))
        try Self.put(old.document, at: path)
        try await Harness.run(
            manifests: ["shop.yaml": Harness.shop, "policy.yaml": Self.policy],
            in: directory.path,
            configure: { $0.issuers = [IssuerSource(issuer: Self.issuer, origin: .file(path))] }
        ) { mesh in
            let orders = try await mesh.register("orders")
            try await FakeProxy.run(
                orders.workloadID,
                with: try await .issued(to: orders),
                at: orders.meshAddress
            ) { proxy in
                let policies = try await proxy.policies()
                let keys = try await Self.keys(proxy)
                let support = try old.token(role: "support")
                let allowed = try Self.decision(policies, keys, token: support)
                #expect(allowed.isAllowed)
                let otherRole = try Self.decision(policies, keys, token: old.token(role: "guest"))
                #expect(otherRole == .deny(.unmatched(considered: 1)))
                let none = try Self.decision(policies, keys, token: nil)
                #expect(none == .deny(.unmatched(considered: 1)))
                let forged = try Self.decision(
                    policies,
                    keys,
                    token: TokenIssuer("k1").token(role: "support")
                )
                #expect(forged == .deny(.badToken(.badSignature)))

                try Self.put(new.document, at: path)
                let newer = try await Self.keys(proxy) { $0 != keys }
                let withdrawn = try Self.decision(policies, newer, token: support)
                #expect(withdrawn == .deny(.badToken(.unknownKey)))
                let renewed = try Self.decision(policies, newer, token: new.token(role: "support"))
                #expect(renewed.isAllowed)

                try Self.put("{", at: path)
                let status = try await Harness.eventually(mesh.status) { !$0.problems.isEmpty }
                #expect(status.problems.map(\.earlierVersionInForce) == [true])
                #expect(status.problems.map(\.file) == [path])
                #expect(status.problems.first?.message.contains(Self.issuer) == true)
            }
        }
    }

    @Test func `keys from a URL need the host and the flag, and come on the stream too`() async throws {
        let issuer = TokenIssuer("k1")
        try await RawServer.run(.ok(issuer.document)) { server, address in
            for isAllowed in [false, true] {
                let directory = try TemporaryDirectory()
                try await Harness.run(
                    manifests: ["shop.yaml": Harness.shop, "policy.yaml": Self.policy],
                    in: directory.path,
                    configure: {
                        $0.issuers = [
                            IssuerSource(issuer: Self.issuer, origin: .url("http://\(address)/keys"))
                        ]
                        $0.allowedKeyHosts = ["127.0.0.1"]
                        $0.allowsLoopbackHTTP = isAllowed
                    }
                ) { mesh in
                    let orders = try await mesh.register("orders")
                    try await FakeProxy.run(
                        orders.workloadID,
                        with: try await .issued(to: orders),
                        at: orders.meshAddress
                    ) { proxy in
                        if isAllowed {
                            let decision = try Self.decision(
                                try await proxy.policies(),
                                try await Self.keys(proxy),
                                token: issuer.token(role: "support")
                            )
                            #expect(decision.isAllowed)
                        } else {
                            let update = try await proxy.update(of: .issuerKeys(Self.issuer)) { update in
                                update.resource
                                    == .issuerKeys(
                                        IssuerKeysUpdate(
                                            issuer: Self.issuer,
                                            state: .unavailable(KeyFetchError.notHTTPS.description)
                                        )
                                    )
                            }
                            #expect(update.version > 0)
                            let status = try await mesh.status()
                            #expect(status.problems.map(\.earlierVersionInForce) == [false])
                        }
                    }
                }
            }
            #expect(server.asked >= 1)
        }
    }
}

extension Decision {
    fileprivate var isAllowed: Bool {
        if case .allow = self { true } else { false }
    }
}
