import ControlPlane
import Glibc
import Identity
import JSONText
import KubernetesModel
import NetworkTypes
import SystemPackage

/// What `nullius up` says once it serves.
struct StartReport {
    /// The Kubernetes API, and the file by which clients reach it.
    struct API {
        var url: String
        var kubeconfig: String
    }

    let started: ControlPlaneStarted
    /// `nil` when none was wanted.
    let api: API?

    init(_ started: ControlPlaneStarted, api: API? = nil) {
        self.started = started
        self.api = api
    }

    func text(_ format: OutputFormat) -> String {
        switch format {
        case .text: people
        case .json: json.text() + "\n"
        }
    }

    private var people: String {
        var lines = [
            "Nullius is up: trust domain \(started.trustDomain), policy revision \(started.revision).",
            "",
        ]
        lines += Self.table(
            title: started.workloads.isEmpty ? "No workloads are declared." : "Workloads",
            rows: started.workloads.map { workload in
                let ports = workload.ports.map(\.description).joined(separator: ", ")
                return [
                    workload.name.description, workload.identity.description,
                    ports.isEmpty ? "no ports" : "port \(ports)",
                ]
            }
        )
        lines += Self.table(
            title: started.policies.isEmpty
                ? "No policies: every port denies what nobody allows." : "Policies",
            rows: started.policies.map { policy in
                let selects = policy.selects.map(\.name).joined(separator: ", ")
                let rules = policy.rules == 1 ? "1 rule" : "\(policy.rules) rules"
                return [
                    policy.name.description, policy.isEnforced ? rules : "\(rules), audit only",
                    selects.isEmpty ? "selects nothing" : "for \(selects)",
                ]
            }
        )
        if !started.problems.isEmpty {
            lines.append("Problems")
            for problem in started.problems {
                lines += problem.description.split(separator: "\n").map { "  \($0)" }
            }
            lines.append("")
        }
        if started.restored > 0 { lines.append("\(started.restored) running workloads were found again.") }
        if let api { lines.append("Kubernetes API at \(api.url); export KUBECONFIG=\(api.kubeconfig)") }
        lines += [
            "Proxies connect to \(started.mesh); metrics are at http://\(started.admin)/metrics.",
            "Start a workload: nullius run --namespace NAMESPACE --service-account NAME\(dataOption) -- PROGRAM",
            "Stop with Ctrl-C.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Only where the other commands would not find the directory by themselves.
    private var dataOption: String {
        started.data == DataDirectory.standard() ? "" : " --data \(started.data)"
    }

    private static func table(title: String, rows: [[String]]) -> [String] {
        guard !rows.isEmpty else { return [title, ""] }
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        let lines = rows.map { row in
            "  "
                + row.enumerated().map { column, cell in
                    column == row.count - 1
                        ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
                }.joined(separator: "  ")
        }
        return [title] + lines + [""]
    }

    private var json: JSONValue {
        var members: JSONObject = [
            "trustDomain": .string(started.trustDomain.name),
            "pid": .int(getpid()),
            "data": .string(started.data.string),
            "controlSocket": .string(started.controlSocket.string),
            "meshAddress": .string(started.mesh.description),
            "adminAddress": .string(started.admin.description),
            "revision": .int(started.revision),
            "restored": .int(started.restored),
            "workloads": .array(
                started.workloads.map { workload in
                    [
                        "name": .string(workload.name.name),
                        "namespace": .string(workload.name.namespace),
                        "kind": .string(workload.kind),
                        "identity": .string(workload.identity.description),
                        "ports": .array(workload.ports.map { .int($0.number) }),
                    ]
                }
            ),
            "policies": .array(
                started.policies.map { policy in
                    [
                        "name": .string(policy.name.name),
                        "namespace": .string(policy.name.namespace),
                        "rules": .int(policy.rules),
                        "enforced": .bool(policy.isEnforced),
                        "selects": .strings(policy.selects.map(\.description)),
                    ]
                }
            ),
            "problems": .array(started.problems.map(\.json)),
        ]
        if let api { members["api"] = ["url": .string(api.url), "kubeconfig": .string(api.kubeconfig)] }
        return .object(members)
    }
}
