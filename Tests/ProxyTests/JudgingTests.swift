import Authorization
import CanonicalHTTP
import Identity
import NIOCore
import NetworkTypes
import Proxy
import ProxyCore
import Testing

@Suite("Judging at the inbound listener")
struct JudgingTests {
    private func denyingAdmin(revision: UInt64 = 1) throws -> PortPolicy {
        var policy = TestMesh.policy(allowing: ["web"], revision: revision)
        let rule = Rule(
            id: RuleID(namespace: "shop", policy: "orders", rule: "no-admin"),
            action: .deny,
            peers: [.anyone],
            operations: [.http(HTTPMatch(path: try PathPattern(.prefix, "/admin")))]
        )
        let denying = CompiledPolicy(id: PolicyID(namespace: "shop", name: "admin"), rules: [rule])
        if case .selected(let policies) = policy.coverage {
            policy.coverage = .selected(policies + [denying])
        }
        return policy
    }

    @Test func `a denial is problem details with the decision's id`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint, policy: try denyingAdmin()) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET /admin/keys HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            let decision = mesh.observer.all.judged.first?.decision ?? "none"
            #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
            #expect(answer.contains("content-type: application/problem+json\r\n"))
            #expect(answer.contains("nullius-decision: \(decision)\r\n"))
            #expect(answer.contains("\"reason\":\"forbidden\""))
            #expect(!answer.contains("no-admin"))
        }
        await program.end()
    }

    @Test func `a denied request leaves the connection usable`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint, policy: try denyingAdmin()) { mesh in
            let answer = try await RawClient.exchange(
                mesh.inboundPlaintext,
                "GET /admin HTTP/1.1\r\nHost: a\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.components(separatedBy: "HTTP/1.1 403").count == 3)
        }
        await program.end()
    }

    @Test(
        "no spelling of a denied path reaches the program",
        arguments: [
            "/admin", "//admin", "/./admin", "/x/../admin", "/%61dmin", "/x/%2e%2e/admin", "/admin/",
            "/admin?x=1",
            "\\admin", "/\\admin", "/x\\..\\admin", "/%2fadmin", "/x/..%2fadmin", "/admin;x", "/;x/admin",
            "/%5cadmin",
            "/admin%00", "http://a/admin", "http://a//admin", "/admin#x", "/%252e%252e/admin", "/../admin",
            "/x/../../admin", "/ADMIN/../admin", "/admin/%2e", "/.//admin",
        ]
    )
    func confusion(target: String) async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint, policy: try denyingAdmin()) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            let isTwiceEncoded = target == "/%252e%252e/admin"
            #expect(answer.hasPrefix("HTTP/1.1 4") || isTwiceEncoded)
            #expect(!answer.contains("GET /admin"))
        }
        await program.end()
    }

    @Test func `forged identity fields do not reach the program`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint, policy: TestMesh.requestsOfWeb) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                """
                GET / HTTP/1.1\r
                Host: a\r
                nullius-caller: spiffe://cluster.local/ns/shop/sa/root\r
                Nullius_Caller: spiffe://cluster.local/ns/shop/sa/root\r
                X-Forwarded-Client-Cert: By=root\r
                Connection: close, nullius-caller, authorization\r
                Authorization: Basic eDp5\r
                \r

                """
            )
            let callers = answer.split(separator: "\n").filter { $0.hasPrefix("nullius-caller") }
            #expect(callers == ["nullius-caller: spiffe://cluster.local/ns/shop/sa/web"])
            #expect(!answer.contains("root"))
            #expect(answer.contains("authorization: Basic eDp5"))
        }
        await program.end()
    }

    @Test func `a plaintext caller is judged as one without identity`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.exchange(
                mesh.inboundPlaintext,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 403"))
            #expect(answer.contains("no-rule-matched"))
            #expect(mesh.observer.all.judged.first?.request.caller.identity == nil)
        }
        await program.end()
    }

    @Test func `as long as no policy was received, nothing passes`() async throws {
        let program = try await TestProgram.http()
        let unknown = PortPolicy(
            port: TestMesh.port,
            revision: PolicyRevision(0),
            coverage: .unknown(.notReceived)
        )
        try await TestMesh.with(program: program.endpoint, policy: unknown) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 503"))
            #expect(answer.contains("policy-not-received"))
        }
        await program.end()
    }

    @Test func `a change of policy reaches the next request on an open connection`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            try await RawClient.with(mesh.upstream) { connection in
                try await connection.send("GET /admin HTTP/1.1\r\nHost: a\r\n\r\n")
                let before = await connection.read(until: "GET /admin\n")
                #expect(before.hasPrefix("HTTP/1.1 200"))
                mesh.policies.install([try denyingAdmin(revision: 2)])
                try await connection.send("GET /admin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let after = await connection.readToEnd()
                #expect(after.contains("HTTP/1.1 403"))
            }
            let revisions = mesh.observer.all.judged.map(\.policy.revision.number)
            #expect(revisions == [1, 2])
        }
        await program.end()
    }

    @Test(
        "messages that two parsers could read differently are refused",
        arguments: [
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n",
            "GET / HTTP/1.1\nHost: a\n\n",
            "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
            "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        ]
    )
    func smuggling(message: String) async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send(message)
                try await connection.closeOutput()
                return await connection.readToEnd()
            }
            #expect(answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5"))
            #expect(program.connections == 0)
        }
        await program.end()
    }
}

extension TestMesh {
    /// The inbound listener, for callers that speak plaintext to it.
    var inboundPlaintext: SocketEndpoint { inbound }
}
