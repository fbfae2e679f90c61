import Authorization
import NIOCore
import NetworkTypes
import Proxy
import Telemetry
import Testing

@Suite("Carrying bytes that are not HTTP")
struct OpaqueTests {
    @Test func `bytes go both ways, and each direction ends on its own`() async throws {
        let program = try await TestProgram.echo()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send("*1\r\n$4\r\nPING\r\n")
                _ = await connection.read(until: "PING")
                try await connection.closeOutput()
                // The echo says good-bye only after it saw our end.
                return await connection.readToEnd()
            }
            #expect(answer == "*1\r\n$4\r\nPING\r\nbye")
            #expect(mesh.observer.all.judged.map(\.wire) == [.opaque])
        }
        await program.end()
    }

    @Test func `a server that speaks first is heard when its port says so`() async throws {
        let program = try await TestProgram.greeter("220 ready\r\n")
        try await TestMesh.with(
            program: program.endpoint,
            policy: TestMesh.policy(allowing: ["web"], serves: .opaque),
            serves: .opaque
        ) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                await connection.read(until: "ready\r\n")
            }
            #expect(answer == "220 ready\r\n")
        }
        await program.end()
    }

    @Test func `bytes on a port with HTTP rules are refused`() async throws {
        let program = try await TestProgram.echo()
        let policy = TestMesh.policy(allowing: ["web"], serves: .http)
        try await TestMesh.with(program: program.endpoint, policy: policy) { mesh in
            let answer = try await RawClient.exchange(mesh.upstream, "*1\r\n$4\r\nPING\r\n")
            #expect(answer == "")
            #expect(program.connections == 0)
            #expect(mesh.observer.all.judged.first?.judgement.enforced == .deny(.notHTTP))
        }
        await program.end()
    }

    @Test func `a connection that a new policy does not allow is closed`() async throws {
        let program = try await TestProgram.echo()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send("*hello")
                _ = await connection.read(until: "hello")
                mesh.policies.install([TestMesh.policy(allowing: ["other"], revision: 2)])
                return await connection.readToEnd()
            }
            #expect(answer == "*hello")
            #expect(mesh.observer.all.judged.last?.judgement.enforced.isAllowed == false)
        }
        await program.end()
    }

    @Test func `a connection that a new policy still allows stays`() async throws {
        let program = try await TestProgram.echo()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send("*one")
                _ = await connection.read(until: "one")
                mesh.policies.install([TestMesh.policy(allowing: ["web", "other"], revision: 2)])
                try await connection.send("*two")
                return await connection.read(until: "two")
            }
            #expect(answer == "*one*two")
        }
        await program.end()
    }
}
