import ArgumentParser
import JSONText
import MeshAPI

/// `nullius status`: who is in the mesh of this machine, and what is wrong with it.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the workloads of this machine's mesh, and what needs mending.",
        discussion: "Exit status: 0 all is well, 1 something needs mending, 2 no control plane answers."
    )

    @OptionGroup var options: OperatorOptions

    func run() async throws {
        let status = try await options.ask { client, call in
            try await client.status(WireStatusRequest(), options: call)
        }
        try StatusReport(status).output(options.output).finish()
    }
}

/// The state of the mesh, for people and programs.
struct StatusReport {
    let status: WireStatusResponse

    init(_ status: WireStatusResponse) {
        self.status = status
    }

    func output(_ format: OutputFormat) -> CommandOutput {
        let needsMending =
            status.problems.contains { $0.severity == .error }
            || status.workloads.contains { !$0.connected || !$0.refusal.isEmpty }
        return CommandOutput(
            text: format == .text ? text : json.text(),
            status: needsMending ? .no : .yes
        )
    }

    private var text: String {
        var lines = [
            "Trust domain \(status.trustDomain), policy revision \(status.policyRevision), "
                + "control plane \(status.pid) at \(status.meshAddress)"
        ]
        if status.workloads.isEmpty { lines.append("No workload runs.") }
        for workload in status.workloads {
            lines.append("  \(workload.spiffeID)  process \(workload.pid)  \(Self.condition(of: workload))")
            for listener in workload.listeners {
                let parts = listener.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { lines.append("    port \(parts[0]) at \(parts[1])") }
            }
        }
        for problem in status.problems {
            let place = problem.line == 0 ? problem.file : "\(problem.file):\(problem.line)"
            lines.append("\(Self.word(problem.severity)): \(place): \(problem.message)")
            if !problem.hint.isEmpty { lines.append("  hint: \(problem.hint)") }
            if problem.earlierVersionInForce { lines.append("  its last good version stays in force") }
        }
        return lines.joined(separator: "\n")
    }

    private static func condition(of workload: WireWorkloadStatus) -> String {
        guard workload.refusal.isEmpty else { return "refuses what it was sent: \(workload.refusal)" }
        guard workload.connected else { return "its proxy is not connected" }
        return workload.policyAcknowledged < workload.policySent ? "is taking up a change" : "is up to date"
    }

    private static func word(_ severity: WireProblem.Severity) -> String {
        severity == .error ? "error" : "warning"
    }

    private var json: JSONValue {
        [
            "trustDomain": .string(status.trustDomain),
            "pid": .int(status.pid),
            "meshAddress": .string(status.meshAddress),
            "revision": .int(status.policyRevision),
            "trustVersion": .int(status.trustVersion),
            "workloads": .array(status.workloads.map(Self.json(of:))),
            "problems": .array(
                status.problems.map { problem in
                    [
                        "severity": .string(Self.word(problem.severity)),
                        "file": .string(problem.file),
                        "line": .int(problem.line),
                        "message": .string(problem.message),
                        "hint": .string(problem.hint),
                        "lastGoodInForce": .bool(problem.earlierVersionInForce),
                    ]
                }
            ),
        ]
    }

    private static func json(of workload: WireWorkloadStatus) -> JSONValue {
        let listeners = workload.listeners.compactMap { text -> (String, JSONValue)? in
            let parts = text.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), .string(String(parts[1]))) : nil
        }
        return [
            "id": .string(workload.workloadID),
            "namespace": .string(workload.namespace),
            "workload": .string(workload.workloadName),
            "identity": .string(workload.spiffeID),
            "pid": .int(workload.pid),
            "connected": .bool(workload.connected),
            "listeners": .object(JSONObject(listeners)),
            "policySent": .int(workload.policySent),
            "policyAcknowledged": .int(workload.policyAcknowledged),
            "refusal": .string(workload.refusal),
        ]
    }
}
