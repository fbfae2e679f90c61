import Authorization
import CertificateAuthority
import NIOCore
import NetworkTypes
import Proxy
import Testing

@Suite("What changes while connections are open")
struct ChangeTests {
    @Test func `certificates change under load without one failed request`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let failures = Shared<[String]>([])
            let isOver = Shared(false)
            let done = Shared(0)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for client in 0..<4 {
                    tasks.addTask {
                        try await RawClient.with(mesh.upstream) { connection in
                            var number = 0
                            while !isOver.value {
                                number += 1
                                try await connection.send(
                                    "GET /\(client)-\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
                                )
                                let answer = await connection.read(until: "/\(client)-\(number)\n")
                                if !answer.contains("/\(client)-\(number)\n") {
                                    failures.update { $0.append(answer) }
                                    return
                                }
                                done.update { $0 += 1 }
                                connection.forget()
                            }
                        }
                    }
                }
                for generation in UInt64(2)...12 {
                    let before = done.value
                    mesh.webCredentials.install(try mesh.authority.credentials("web", generation: generation))
                    mesh.ordersCredentials.install(
                        try mesh.authority.credentials("orders", generation: generation)
                    )
                    // Until each client had an answer after the change.
                    while done.value < before + 12, failures.value.isEmpty {
                        await Task.yield()
                    }
                }
                isOver.update { $0 = true }
                try await tasks.waitForAll()
            }
            let failed = failures.value
            #expect(failed == [])
            // New certificates were really used: there were new connections.
            #expect(mesh.observer.all.opened >= 11)
        }
        await program.end()
    }

    @Test func `draining lets an open request finish and ends idle connections`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            try await RawClient.with(mesh.upstream) { busy in
                try await RawClient.with(mesh.upstream) { idle in
                    try await idle.send("GET /idle HTTP/1.1\r\nHost: a\r\n\r\n")
                    _ = await idle.read(until: "GET /idle\n")
                    try await busy.send(
                        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello"
                    )
                    _ = await busy.read(until: "hello")
                    async let drained: Void = mesh.web.drain(within: .seconds(20))
                    _ = await idle.readToEnd()
                    try await busy.send("world")
                    let answer = await busy.readToEnd()
                    await drained
                    #expect(answer.contains("world"))
                }
            }
        }
        await program.end()
    }

    @Test func `draining ends what does not finish in time`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            try await RawClient.with(mesh.upstream) { connection in
                try await connection.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
                await mesh.web.drain(within: .milliseconds(50))
                let answer = await connection.readToEnd()
                #expect(answer == "")
            }
        }
        await program.end()
    }

    @Test func `a slow reader does not grow memory`() async throws {
        let program = try await TestProgram.echo()
        try await TestMesh.with(program: program.endpoint) { mesh in
            try await RawClient.with(mesh.upstream) { connection in
                try await connection.stopReading()
                // What the kernel's buffers of six sockets and our own marks may hold, and not a byte more.
                let block = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
                let written = Shared(0)
                for _ in 0..<128 {
                    connection.push(block).whenSuccess { written.update { $0 += 1 } }
                }
                var last = -1
                var rounds = 0
                while rounds < 50 {
                    let now = written.value
                    rounds = now == last ? rounds + 1 : 0
                    last = now
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(last < 100)
                try await connection.startReading()
                let received = await connection.read(atLeast: 16 << 20)
                #expect(received >= 16 << 20)
            }
        }
        await program.end()
    }

    @Test func `a client that asks and never reads does not grow memory`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint, policy: TestMesh.policy(allowing: [])) { mesh in
            try await RawClient.with(mesh.inbound) { connection in
                try await connection.stopReading()
                let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                let block = ByteBuffer(string: String(repeating: request, count: 4_000))
                let written = Shared(0)
                for _ in 0..<64 {
                    connection.push(block).whenSuccess { written.update { $0 += 1 } }
                }
                var last = -1
                var rounds = 0
                while rounds < 50 {
                    let now = mesh.observer.all.judged.count
                    rounds = now == last ? rounds + 1 : 0
                    last = now
                    try await Task.sleep(for: .milliseconds(50))
                }
                // Each answer is longer than its question: when they are not taken, no more is asked.
                #expect(written.value < 64)
                #expect(last < 64 * 4_000)
            }
        }
        await program.end()
    }

    @Test func `a connection whose certificate ends is ended after its request`() async throws {
        let program = try await TestProgram.http()
        try await TestMesh.with(program: program.endpoint) { mesh in
            let (svid, key) = try mesh.authority.issue("web", lifetime: .seconds(25))
            let bundles = try TrustBundles([mesh.authority.authority.bundle])
            mesh.webCredentials.install(
                try Credentials(generation: 2, svid: svid, key: key, bundles: bundles)
            )
            let answer = try await RawClient.exchange(
                mesh.upstream,
                "GET /short HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.contains("GET /short\n"))
            while mesh.observer.all.closed == 0 { try await Task.sleep(for: .milliseconds(50)) }
            #expect(mesh.observer.all.closed == 1)
        }
        await program.end()
    }
}
