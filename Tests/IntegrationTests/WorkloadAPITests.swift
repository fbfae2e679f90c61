import JSONText
import Subprocess
import SystemPackage
import Testing

extension Integration {
    @Suite("The SPIFFE Workload API, with the PyPI package spiffe")
    struct WorkloadAPITests {
        @Test func `a program fetches its identity and sees it rotate`() async throws {
            try await Mesh.with("--svid-ttl", "8s") { mesh in
                let program = try await mesh.start(
                    "identity",
                    [
                        Place.build().appending("nullius").string, "run", "--namespace", "shop",
                        "--service-account", "orders", "--",
                        Place.python(), Place.peers.appending("workload_identity.py").string, "2",
                    ],
                    environment: ["NULLIUS_DATA": mesh.data.string]
                )
                let status = try await program.end(within: .seconds(90))
                #expect(status.isSuccess, "\(program.said())")
                let lines = try read(program.output).split(separator: "\n").compactMap {
                    try? JSONValue(parsing: String($0))
                }
                let first = try #require(lines.first)
                let name = "spiffe://cluster.local/ns/shop/sa/orders"
                #expect(first["x509"]?.string == name)
                #expect(first["jwt"]?.string == name)
                #expect(first["validated"]?.string == name)
                #expect(first["otherAudience"]?.string != "accepted")
                #expect(first["authorities"]?.int == 1)
                #expect((first["keys"]?.int ?? 0) >= 1)
                let rotations = lines.compactMap { $0["rotation"]?.int }
                #expect(rotations == [1, 2])
            }
        }

        @Test func `a process that is not the workload's gets nothing from its socket`() async throws {
            try await Mesh.with { mesh in
                _ = try await mesh.runCaller("web", of: "orders.shop:8080")
                let workloads = mesh.data.appending("workloads")
                let workload = try #require(try list(workloads).first)
                let socket = workloads.appending(workload).appending("agent.sock")
                let outcome = try await run(
                    [Place.python(), Place.peers.appending("workload_identity.py").string, "0"],
                    environment: ["SPIFFE_ENDPOINT_SOCKET": "unix://\(socket)"]
                )
                #expect(!outcome.succeeded)
                #expect(!outcome.output.contains("spiffe://"))
            }
        }
    }
}
