import SystemPackage

/// The shop's programs as workloads, each test starting the ones it needs.
extension Mesh {
    /// The order book, over HTTP.
    func runOrders(payments: UInt16? = nil) async throws -> Workload {
        let port = try Loopback.freePort()
        let upstream = try payments ?? Loopback.freePort()
        return try await runWorkload(
            "orders",
            port: 8080,
            program: port,
            upstreams: ["payments.shop:50051": upstream],
            [Place.python(), Place.programs.appending("orders.py").string],
            environment: ["LISTEN": "127.0.0.1:\(port)", "PAYMENTS": "127.0.0.1:\(upstream)"]
        )
    }

    /// The cashier, over gRPC; its server is grpcio's.
    func runPayments() async throws -> Workload {
        let port = try Loopback.freePort()
        let ledger = try Loopback.freePort()
        return try await runWorkload(
            "payments",
            port: 50051,
            program: port,
            upstreams: ["ledger.shop:6379": ledger],
            [Place.python(), Place.programs.appending("payments.py").string],
            environment: ["LISTEN": "127.0.0.1:\(port)", "LEDGER": "127.0.0.1:\(ledger)"]
        )
    }

    /// Redis, whose bytes the mesh does not look into.
    func runLedger() async throws -> Workload {
        let port = try Loopback.freePort()
        return try await runWorkload(
            "ledger",
            port: 6379,
            program: port,
            ["redis-server", "--bind", "127.0.0.1", "--port", "\(port)", "--save", "", "--appendonly", "no"]
        )
    }

    /// One of the foreign servers in `Peers/`, in the place of a program of the shop.
    @discardableResult
    func runPeer(_ script: String, as account: String, port declared: Int = 8080) async throws -> Workload {
        let port = try Loopback.freePort()
        return try await runWorkload(
            account,
            port: declared,
            program: port,
            [Place.python(), Place.peers.appending(script).string],
            environment: ["LISTEN": "127.0.0.1:\(port)"]
        )
    }

    /// A workload that only calls.
    ///
    /// - Returns: where one calls the destination in its name; `host:port`.
    func runCaller(_ account: String, of destination: String) async throws -> String {
        let local = try Loopback.freePort()
        _ = try await runWorkload(account, upstreams: [destination: local], ["sleep", "infinity"])
        return "127.0.0.1:\(local)"
    }
}
