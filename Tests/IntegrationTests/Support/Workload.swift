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
        let admin = try Loopback.freePort()
        options += ["--admin-port", "\(admin)", "--drain-deadline", "2s"]
        let nullius = try Place.build().appending("nullius").string
        let process = try await start(
            account,
            [nullius, "run"] + options + ["--"] + words,
            environment: environment.merging(["NULLIUS_DATA": data.string]) { mine, _ in mine }
        )
        try await eventually("the sidecar of \(account)") {
            guard process.isRunning else { throw Trouble("\(account) ended: \(process.said())") }
            return (try? await curl("http://127.0.0.1:\(admin)/ready"))?.status == 200 ? true : nil
        }
        guard let program else { return Workload(process: process, inbound: "", admin: "127.0.0.1:\(admin)") }
        try await eventually("the program of \(account)") {
            guard process.isRunning else { throw Trouble("\(account) ended: \(process.said())") }
            return try Loopback.isListening(program) ? true : nil
        }
        let inbound = try await eventually("the listener of \(account)") {
            try await self.listener(of: account)
        }
        return Workload(process: process, inbound: inbound, admin: "127.0.0.1:\(admin)")
    }

    /// Where a workload's sidecar listens, as the control plane knows it; `nil` until it does.
    private func listener(of account: String) async throws -> String? {
        let status = try JSONValue(parsing: try await nullius("status", "-o", "json").output)
        let workload = status["workloads"]?.array?.first { workload in
            workload["identity"]?.string?.hasSuffix("/sa/\(account)") ?? false
        }
        return workload?["listeners"]?.object?.members.first?.value.string
    }
}
