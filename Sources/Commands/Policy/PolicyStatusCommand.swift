import ArgumentParser
import JSONText
import KubernetesModel
import MeshAPI

/// `nullius policy status`: which proxies enforce what is written.
struct PolicyStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show which proxies enforce the policies as they are written now."
    )

    @OptionGroup var options: OperatorOptions

    func run() async throws {
        let status = try await options.ask { client, call in
            try await client.policyStatus(WirePolicyStatusRequest(), options: call)
        }
        PolicyProgress(status).output(options.output).print()
    }
}

/// `nullius policy wait`: returns when every proxy enforces what is written.
struct PolicyWaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until every proxy enforces the policies as they are written now.",
        discussion: """
            Exit status: 0 enforced everywhere, 1 not in time, or a proxy refused or a manifest is broken, 2 no control \
            plane answers.
            """
    )

    @OptionGroup var options: OperatorOptions

    @Option(
        help: ArgumentHelp("How long to wait at most.", valueName: "duration"),
        transform: { try Duration(parsing: $0) }
    )
    var timeout: Duration = .seconds(30)

    @Option(
        help: ArgumentHelp("Wait for this revision of the manifests, too.", valueName: "number")
    )
    var revision: UInt64?

    func run() async throws {
        let clock = ContinuousClock()
        let end = clock.now + timeout
        while true {
            let progress = PolicyProgress(
                try await options.ask { client, call in
                    try await client.policyStatus(WirePolicyStatusRequest(), options: call)
                }
            )
            let isDone = progress.isEnforced && progress.status.revision >= revision ?? 0
            guard isDone || progress.isStuck || clock.now >= end else {
                try await Task.sleep(for: .milliseconds(100))
                continue
            }
            var output = progress.output(options.output)
            output.status = isDone ? .yes : .no
            try output.finish()
            return
        }
    }
}

/// How far a revision has come.
struct PolicyProgress {
    let status: WirePolicyStatusResponse

    init(_ status: WirePolicyStatusResponse) {
        self.status = status
    }

    private var behind: [WireWorkloadStatus] {
        status.workloads.filter { !$0.connected || $0.policyAcknowledged < $0.policySent }
    }

    var isEnforced: Bool { behind.isEmpty && !hasErrors }

    /// Whether waiting will not help.
    var isStuck: Bool { status.workloads.contains { !$0.refusal.isEmpty } || hasErrors }

    private var hasErrors: Bool { status.problems.contains { $0.severity == .error } }

    func output(_ format: OutputFormat) -> CommandOutput {
        CommandOutput(text: format == .text ? text : json.text(), status: .yes)
    }

    private var text: String {
        let all = status.workloads.count
        var lines = ["revision \(status.revision): enforced on \(all - behind.count) of \(all) proxies"]
        for workload in behind {
            let reason =
                if !workload.refusal.isEmpty { "refuses \(workload.refusal)" } else if !workload.connected {
                    "is not connected"
                } else { "has not acknowledged revision \(workload.policySent)" }
            lines.append("  \(workload.workloadID) \(reason)")
        }
        for problem in status.problems where problem.severity == .error {
            let note = problem.earlierVersionInForce ? " (its last good version is in force)" : ""
            lines.append("  \(problem.file):\(problem.line): \(problem.message)\(note)")
        }
        return lines.joined(separator: "\n")
    }

    private var json: JSONValue {
        [
            "revision": .int(status.revision),
            "enforced": .bool(isEnforced),
            "workloads": .array(
                status.workloads.map { workload in
                    [
                        "id": .string(workload.workloadID),
                        "identity": .string(workload.spiffeID),
                        "connected": .bool(workload.connected),
                        "sent": .int(workload.policySent),
                        "acknowledged": .int(workload.policyAcknowledged),
                        "refusal": .string(workload.refusal),
                    ]
                }
            ),
            "problems": .array(
                status.problems.map { problem in
                    [
                        "file": .string(problem.file),
                        "line": .int(problem.line),
                        "message": .string(problem.message),
                        "lastGoodInForce": .bool(problem.earlierVersionInForce),
                    ]
                }
            ),
        ]
    }
}
