import JSONText
import NetworkTypes
import SystemPackage

/// A program in the mesh, started by `nullius run`.
struct Workload: Sendable {
    /// The `nullius run` process.
    var process: Child
    /// Where its sidecar takes connections for its first port; `host:port`.
    var inbound: String
    /// Where its sidecar shows itself; `host:port`.
    var admin: String
}

extension Mesh {
    /// Starts any program as a workload, and waits until its sidecar serves.
    func runWorkload(
        _ account: String,
        port: Int? = nil,
        program: UInt16? = nil,
        upstreams: [String: UInt16] = [:],
        _ words: [String],
        environment: [String: String] = [:]
    ) async throws -> Workload {
        var options = ["--namespace", "shop", "--service-account", account]
        if let port, let program { options += ["--port", "\(port)=127.0.0.1:\(program)"] }
        for (destination, local) in upstreams {
            options += ["--upstream", "\(destination)=127.0.0.1:\(local)"]
        }
        let nullius = try Place.build().appending("nullius").string
        let process = try await start(
            account,
            [nullius, "run"] + options + ["--"] + words,
            environment: environment.merging(["NULLIUS_DATA": data.string]) { mine, _ in mine }
        )
        let known = try await eventually("the sidecar of \(account)") {
            guard process.isRunning else { throw Trouble("\(account) ended: \(process.said())") }
            return try await self.sidecar(of: account)
        }
        return Workload(process: process, inbound: known.inbound, admin: known.admin)
    }

    /// What the control plane knows of a workload's sidecar; `nil` until it listens.
    private func sidecar(of account: String) async throws -> (inbound: String, admin: String)? {
        let outcome = try await nullius("status", "-o", "json")
        guard outcome.succeeded else { return nil }
        let status = try JSONValue(parsing: outcome.output)
        let workload = status["workloads"]?.array?.first { $0["serviceAccount"]?.string == account }
        guard let workload, let inbound = workload["listening"]?[0]?["address"]?.string else { return nil }
        return (inbound, workload["admin"]?.string ?? "")
    }
}
