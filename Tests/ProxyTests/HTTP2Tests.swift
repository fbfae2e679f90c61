import Authorization
import CanonicalHTTP
import NIOCore
import NetworkTypes
import Proxy
import Telemetry
import Testing

@Suite("Forwarding HTTP/2 between two proxies, with curl as the client")
struct HTTP2Tests {
    private static let curl = "curl -s --max-time 20 --http2-prior-knowledge"

    @Test func `a request goes through both proxies and its answer comes back`() async throws {
        let program = try await TestProgram.http2()
        try await TestMesh.with(program: program.endpoint, policy: TestMesh.requestsOfWeb) { mesh in
            let answer = try await Tool.shell(
                "\(Self.curl) http://\(mesh.upstream)/orders/7?page=2 -H 'nullius-caller: x'"
            )
            #expect(answer.output.hasPrefix("GET /orders/7?page=2\n"))
            #expect(answer.output.contains("nullius-caller: spiffe://cluster.local/ns/shop/sa/web\n"))
            #expect(!answer.output.contains("nullius-caller: x"))
            #expect(mesh.observer.all.judged.map(\.wire) == [.http2])
        }
        await program.end()
    }

    @Test func `ten megabytes go both ways`() async throws {
        let program = try await TestProgram.http2()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let up = try await Tool.shell(
                "head -c 10485760 /dev/zero | \(Self.curl) -T - http://\(mesh.upstream)/echo | wc -c"
            )
            let down = try await Tool.shell("\(Self.curl) http://\(mesh.upstream)/big | wc -c")
            #expect(up.output == "10485760\n")
            #expect(down.output == "10485760\n")
        }
        await program.end()
    }

    @Test func `many clients share the connections between the proxies`() async throws {
        let program = try await TestProgram.http2()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await Tool.shell(
                "seq 40 | xargs -P 8 -I{} \(Self.curl) -o /dev/null -w '%{http_code}\\n' http://\(mesh.upstream)/{} | sort | uniq -c"
            )
            #expect(answer.output.contains("40 200"))
            // One per event loop.
            #expect(mesh.observer.all.opened <= System.coreCount)
        }
        await program.end()
    }

    @Test func `trailers arrive`() async throws {
        let program = try await TestProgram.http2()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await Tool.shell("\(Self.curl) -i http://\(mesh.upstream)/grpc")
            #expect(answer.output.contains("grpc-status: 0"))
            #expect(answer.output.contains("answer"))
        }
        await program.end()
    }

    @Test func `a denied gRPC call gets a status in trailers-only form`() async throws {
        let program = try await TestProgram.http2()
        let policy = TestMesh.policy(
            allowing: ["web"],
            to: [.grpc(GRPCMatch(service: "shop.Orders", methods: ["List"]))]
        )
        try await TestMesh.with(program: program.endpoint, policy: policy) { mesh in
            let call = "\(Self.curl) -i -X POST -H 'content-type: application/grpc' http://\(mesh.upstream)"
            let denied = try await Tool.shell("\(call)/shop.Orders/Delete")
            let allowed = try await Tool.shell("\(call)/shop.Orders/List")
            #expect(denied.output.contains("HTTP/2 200"))
            #expect(denied.output.contains("grpc-status: 7"))
            #expect(denied.output.contains("nullius-decision: "))
            #expect(allowed.output.contains("POST /shop.Orders/List"))
            #expect(mesh.observer.all.judged.map(\.wire) == [.grpc, .grpc])
        }
        await program.end()
    }

    @Test func `a denied request is problem details`() async throws {
        let program = try await TestProgram.http2()
        try await TestMesh.with(program: program.endpoint, policy: TestMesh.policy(allowing: [])) { mesh in
            let answer = try await Tool.shell("\(Self.curl) -i -d hello http://\(mesh.upstream)/")
            #expect(answer.output.contains("HTTP/2 403"))
            #expect(answer.output.contains("application/problem+json"))
            #expect(answer.output.contains("no-rule-matched"))
        }
        await program.end()
    }

    @Test func `a stream that breaks off is reset for the client`() async throws {
        let program = try await TestProgram.http2()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await Tool.shell("\(Self.curl) -o /dev/null http://\(mesh.upstream)/reset")
            // 92: the stream was not closed cleanly.
            #expect(answer.status == 92)
        }
        await program.end()
    }

    @Test func `without an endpoint the answer is a 503`() async throws {
        let program = try await TestProgram.http2()
        try await TestMesh.with(program: program.endpoint) { mesh in
            mesh.destinations.install(nil, named: "orders.shop:8080")
            let answer = try await Tool.shell("\(Self.curl) -i http://\(mesh.upstream)/")
            #expect(answer.output.contains("HTTP/2 503"))
        }
        await program.end()
    }
}
