import JSONText
import Testing

extension Integration {
    @Suite("Opaque TCP, with redis")
    struct OpaqueTests {
        @Test func `redis answers through the mesh, with large values too`()
            async throws
        {
            try await Mesh.with { mesh in
                _ = try await mesh.runLedger()
                let ledger = try await mesh.runCaller("payments", of: "ledger.shop:6379")
                let seen = try await peer("opaque.py", ledger)
                #expect(seen["pong"]?.string == "PONG")
                #expect(seen["large"]?.bool == true)
            }
        }

        @Test func `a client that ended its half still gets the answer`() async throws {
            try await Mesh.with { mesh in
                try await mesh.runPeer("half_close.py", as: "ledger", port: 6379)
                let ledger = try await mesh.runCaller("payments", of: "ledger.shop:6379")
                let seen = try await peer("half_close.py", ledger)
                #expect(seen["counted"]?.int == seen["sent"]?.int)
            }
        }

        @Test func `redis-cli of a workload without permission gets no answer`() async throws {
            try await Mesh.with { mesh in
                _ = try await mesh.runLedger()
                let ledger = try await mesh.runCaller("orders", of: "ledger.shop:6379")
                let port = String(ledger.split(separator: ":")[1])
                let outcome = try await run(["timeout", "20", "redis-cli", "-p", port, "PING"])
                #expect(!outcome.output.contains("PONG"))
                let denial = try await eventually("the record of the denial") {
                    try mesh.records().first { $0["verdict"]?.string == "deny" }
                }
                #expect(denial["source"]?["identity"]?.string == "spiffe://cluster.local/ns/shop/sa/orders")
            }
        }
    }
}
