import Authorization
import CanonicalHTTP
import NIOCore
import NetworkTypes
import Proxy
import Telemetry
import Testing

@Suite("Forwarding HTTP/1.1 between two proxies")
struct ForwardingTests {
    @Test func `a request goes through both proxies and its answer comes back`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint, policy: TestMesh.requestsOfWeb) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET /orders/7?page=2 HTTP/1.1\r\nHost: orders.shop:8080\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("GET /orders/7?page=2\n"))
            #expect(answer.contains("nullius-caller: spiffe://cluster.local/ns/shop/sa/web\n"))
            #expect(answer.contains("traceparent: 00-"))
            let judged = mesh.observer.all.judged
            #expect(judged.count == 1)
            #expect(judged.first?.judgement.enforced.isAllowed == true)
        }
        await program.end()
    }

    @Test func `pipelined requests are answered in order`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let requests = (1...20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send(requests)
                try await connection.closeOutput()
                return await connection.readToEnd()
            }
            // A line feed after a carriage return is one Character with it, so the lines are told apart by bytes.
            let lines = answer.utf8.split(separator: UInt8(ascii: "\n")).map {
                String(decoding: $0, as: UTF8.self)
            }
            let order = lines.filter { $0.hasPrefix("GET /") }
            #expect(order == (1...20).map { "GET /\($0)" })
        }
        await program.end()
    }

    @Test func `a chunked body is passed on as it comes, with its trailers`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send(
                    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                        + "5\r\nhello\r\n"
                )
                let first = await connection.read(until: "hello")
                #expect(first.contains("hello"))
                try await connection.send("6;x=y\r\n world\r\n0\r\nX-Sum: 11\r\nHost: b\r\n\r\n")
                return await connection.readToEnd()
            }
            #expect(answer.contains(" world"))
            #expect(answer.contains("x-sum: 11"))
            #expect(!answer.contains("host: b"))
        }
        await program.end()
    }

    @Test func `ten megabytes go both ways`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let up = try await Tool.shell(
                "head -c 10485760 /dev/zero | curl -s -T - -H 'Expect:' http://\(mesh.upstream)/echo | wc -c"
            )
            let down = try await Tool.shell("curl -s http://\(mesh.upstream)/big | wc -c")
            #expect(up.output == "10485760\n")
            #expect(down.output == "10485760\n")
        }
        await program.end()
    }

    @Test func `curl waits for 100 and gets it from the program`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await Tool.shell(
                "curl -sv -H 'Expect: 100-continue' -d hello http://\(mesh.upstream)/anything"
            )
            #expect(answer.status == 0)
            #expect(answer.output.contains("expect: 100-continue"))
        }
        await program.end()
    }

    @Test func `connections between the proxies are used again`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            for _ in 0..<20 {
                let answer = try await RawClient.exchange(
                    mesh.upstream,
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                )
                #expect(answer.hasPrefix("HTTP/1.1 200"))
            }
            // One per event loop at most, since each client came on its own connection.
            let opened = mesh.observer.all.opened
            #expect(opened <= 8)
            #expect(program.connections <= 8)
        }
        await program.end()
    }

    @Test func `HEAD, 204 and an empty answer keep the connection in step`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
            #expect(!answer.contains("HEAD /a\n"))
            #expect(answer.contains("GET /b\n"))
        }
        await program.end()
    }

    @Test func `an HTTP/1.0 client gets its answer and the end of the connection`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.exchange(mesh.upstream, "GET /old HTTP/1.0\r\nHost: a\r\n\r\n")
            #expect(answer.contains("connection: close"))
            #expect(answer.contains("GET /old\n"))
        }
        await program.end()
    }

    @Test func `no endpoint is a 503 with a reason`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            mesh.destinations.install(
                Destination(name: "orders.shop:8080", endpoints: [], identities: []),
                named: "orders.shop:8080"
            )
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 503"))
            #expect(answer.contains("no-endpoint"))
        }
        await program.end()
    }

    @Test func `an endpoint that is down is passed over`() async throws {
        let program = try await TestProgram.http()
        let gone = try await TestProgram.echo()
        await gone.end()
        try await TestMesh.with(program: program.endpoint) { mesh in
            mesh.destinations.install(
                Destination(
                    name: "orders.shop:8080",
                    endpoints: [gone.endpoint, mesh.inbound],
                    identities: [try mesh.authority.identity("orders")]
                ),
                named: "orders.shop:8080"
            )
            for _ in 0..<4 {
                let answer = try await RawClient.exchange(
                    mesh.upstream,
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                )
                #expect(answer.hasPrefix("HTTP/1.1 200"))
            }
        }
        await program.end()
    }

    @Test func `an answer that breaks off breaks off for the client too`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await Tool.shell("curl -s -o /dev/null http://\(mesh.upstream)/reset")
            // 18: the transfer ended with less than the length said.
            #expect(answer.status == 18)
        }
        await program.end()
    }

    @Test func `a WebSocket upgrade is judged as a request, then bytes go both ways`() async throws {
        let program = try await TestProgram.scripted(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: x\r\n\r\nframe"
        )
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                Self.upgrade
            )
            #expect(answer.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(answer.contains("upgrade: websocket\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nframe"))
            #expect(mesh.observer.all.judged.first?.wire == .http1)
        }
        await program.end()
    }

    private static let upgrade =
        "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

    @Test func `where bytes may pass that nobody reads, the program is told no name`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint, policy: TestMesh.policy(allowing: ["web"])) {
            mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.contains("GET /orders\n"))
            #expect(!answer.contains("nullius-caller"))
            #expect(answer.contains("nullius-decision: \(mesh.observer.all.judged.first?.decision ?? "?")"))
        }
        await program.end()
    }

    @Test func `a 101 that completes no WebSocket handshake is a 502, and opens no tunnel`() async throws {
        let program = try await TestProgram.scripted("HTTP/1.1 101 Switching Protocols\r\n\r\n")
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send(Self.upgrade)
                return await connection.read(until: "\r\n\r\n")
            }
            #expect(answer.hasPrefix("HTTP/1.1 502"))
        }
        await program.end()
    }

    @Test func `a WebSocket that a new policy does not allow is closed`() async throws {
        let program = try await TestProgram.scripted(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: x\r\n\r\nframe",
            keepsOpen: true
        )
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send(Self.upgrade)
                let opened = await connection.read(until: "frame")
                mesh.policies.install([TestMesh.policy(allowing: ["other"], revision: 2)])
                return opened + (await connection.readToEnd())
            }
            #expect(answer.contains("frame"))
            let last = mesh.observer.all.judged.last?.judgement.enforced
            #expect(last == .deny(.unmatched(considered: 1)))
        }
        await program.end()
    }

    @Test func `an upgrade that nobody asked for is a 502`() async throws {
        let program = try await TestProgram.scripted(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        )
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 502"))
        }
        await program.end()
    }

    @Test func `a program that answers rubbish is a 502`() async throws {
        let program = try await TestProgram.scripted("SSH-2.0-OpenSSH\r\n\r\n")
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 502"))
        }
        await program.end()
    }
}

extension String {
    /// As Foundation's, for these tests.
    func components(separatedBy separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
