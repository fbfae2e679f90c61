import NIOCore
import NetworkTypes
import Proxy
import Testing

@Suite("Limits of time and number")
struct LimitTests {
    private func settings(_ change: (inout ProxySettings) -> Void) -> ProxySettings {
        var settings = TestMesh.patient
        change(&settings)
        return settings
    }

    @Test func `a client that says nothing is closed`() async throws {
        let program = try await TestProgram.http()
        let hurried = settings { $0.handshakeTimeout = .milliseconds(100) }
        try await TestMesh.with(program: program.endpoint, settings: hurried) { mesh in
            let inbound = try await RawClient.with(mesh.inbound) { await $0.readToEnd() }
            let outbound = try await RawClient.with(mesh.upstream) { await $0.readToEnd() }
            #expect(inbound == "")
            #expect(outbound == "")
        }
        await program.end()
    }

    @Test func `a head that trickles is cut off`() async throws {
        let program = try await TestProgram.http()
        let hurried = settings { $0.headTimeout = .milliseconds(100) }
        try await TestMesh.with(program: program.endpoint, settings: hurried) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\nX:")
                return await connection.readToEnd()
            }
            #expect(answer == "")
            #expect(program.connections == 0)
        }
        await program.end()
    }

    @Test func `a connection without requests is closed after a while`() async throws {
        let program = try await TestProgram.http()
        let hurried = settings { $0.idleTimeout = .milliseconds(100) }
        try await TestMesh.with(program: program.endpoint, settings: hurried) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send("GET /once HTTP/1.1\r\nHost: a\r\n\r\n")
                return await connection.readToEnd()
            }
            #expect(answer.contains("GET /once\n"))
        }
        await program.end()
    }

    @Test func `a program that does not answer is a 504`() async throws {
        let program = try await TestProgram.http()
        let hurried = settings { $0.responseTimeout = .milliseconds(100) }
        try await TestMesh.with(program: program.endpoint, settings: hurried) { mesh in
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET /never HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 504"))
        }
        await program.end()
    }

    @Test func `connections beyond the limit are closed, those within it served`() async throws {
        let program = try await TestProgram.http()
        let narrow = settings { $0.maximumConnections = 2 }
        try await TestMesh.with(program: program.endpoint, settings: narrow) { mesh in
            try await RawClient.with(mesh.upstream) { first in
                try await first.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = await first.read(until: "GET /1\n")
                try await RawClient.with(mesh.upstream) { second in
                    try await second.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
                    let served = await second.read(until: "GET /2\n")
                    let refused = try await RawClient.with(mesh.upstream) { await $0.readToEnd() }
                    #expect(served.contains("GET /2\n"))
                    #expect(refused == "")
                }
            }
        }
        await program.end()
    }

    @Test func `an opaque connection on which nothing moves is closed`() async throws {
        let program = try await TestProgram.echo()
        let hurried = settings { $0.opaqueIdleTimeout = .seconds(2) }
        try await TestMesh.with(program: program.endpoint, settings: hurried) { mesh in
            let answer = try await RawClient.with(mesh.upstream) { connection in
                try await connection.send("*hello")
                // Ends, though neither side closes; on a slow machine even before the echo.
                return await connection.readToEnd()
            }
            #expect(["", "*hello"].contains(answer))
        }
        await program.end()
    }
}
