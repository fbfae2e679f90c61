import JSONText
import KubernetesModel

/// Pods, whose status is told from their containers' states.
enum PodTables {
    static let tables: [String: BuiltInTable] = [
        "Pod": BuiltInTable(
            [
                "Name", "Ready", "Status", "Restarts", "Age", "IP*", "Node*", "Nominated Node*",
                "Readiness Gates*",
            ]
        ) { pod, now in
            let spec = pod["spec"]
            let status = pod["status"]
            let summary = Summary(pod, now)
            let address = status?["podIP"] ?? status?["podIPs"]?[0]?["ip"]
            return [
                CellText.name(pod), .string("\(summary.ready)/\(summary.total)"), .string(summary.reason),
                .string(summary.restartText), CellText.age(of: pod, now), CellText.text(address),
                CellText.text(spec?["nodeName"]), CellText.text(status?["nominatedNodeName"]),
                .string(readinessGates(pod)),
            ]
        },
        "PodTemplate": BuiltInTable(["Name", "Containers", "Images", "Pod Labels"]) { object, _ in
            [CellText.name(object)] + CellText.containers(object["template"]?["spec"])
                + [.string(CellText.labels(object["template"]?["metadata"]?["labels"]))]
        },
    ]

    private static func readinessGates(_ pod: JSONValue) -> String {
        let gates = pod["spec"]?["readinessGates"]?.array ?? []
        guard !gates.isEmpty else { return "<none>" }
        let conditions = (pod["status"]?["conditions"]?.array ?? []).filter { $0["status"]?.string == "True" }
        let types = Set(conditions.compactMap { $0["type"] })
        let fulfilled = gates.filter { $0["conditionType"].map(types.contains) ?? false }
        return "\(fulfilled.count)/\(gates.count)"
    }

    /// What a pod's containers add up to.
    struct Summary {
        var ready = 0
        var total: Int
        var restarts = 0
        var reason: String
        var lastRestart: Timestamp?
        private let now: Timestamp

        init(_ pod: JSONValue, _ now: Timestamp) {
            self.now = now
            let status = pod["status"]
            total = pod["spec"]?["containers"]?.array?.count ?? 0
            reason = status?["phase"]?.string ?? ""
            if let given = status?["reason"]?.string, !given.isEmpty { reason = given }
            let conditions = status?["conditions"]?.array ?? []
            if conditions.contains(where: {
                $0["type"]?.string == "PodScheduled" && $0["reason"]?.string == "SchedulingGated"
            }) {
                reason = "SchedulingGated"
            }
            if !readInitContainers(pod) || isInitialized(conditions) { readContainers(status, conditions) }
            if pod["metadata"]?["deletionTimestamp"]?.string != nil {
                if status?["reason"]?.string == "NodeLost" {
                    reason = "Unknown"
                } else if !["Succeeded", "Failed"].contains(status?["phase"]?.string) {
                    reason = "Terminating"
                }
            }
        }

        var restartText: String {
            guard restarts > 0, let lastRestart else { return "\(restarts)" }
            return "\(restarts) (\(HumanDuration.text(now.since(lastRestart))) ago)"
        }

        private func isInitialized(_ conditions: [JSONValue]) -> Bool {
            conditions.contains {
                $0["type"]?.string == "Initialized" && $0["status"]?.string == "True"
            }
        }

        private mutating func countRestarts(_ container: JSONValue) {
            let count = container["restartCount"]?.int ?? 0
            restarts = restarts.addingReportingOverflow(max(count, 0)).partialValue
            let ended = container["lastState"]?["terminated"]?["finishedAt"]?.string.flatMap { Timestamp($0) }
            if let ended { lastRestart = max(lastRestart ?? ended, ended) }
        }

        /// Whether containers of the beginning are still at work.
        private mutating func readInitContainers(_ pod: JSONValue) -> Bool {
            let specs = pod["spec"]?["initContainers"]?.array ?? []
            let sidecars = Set(specs.filter { $0["restartPolicy"]?.string == "Always" }.map { $0["name"] })
            for (index, container) in (pod["status"]?["initContainerStatuses"]?.array ?? []).enumerated() {
                countRestarts(container)
                let isSidecar = sidecars.contains(container["name"])
                let terminated = container["state"]?["terminated"]
                if terminated?["exitCode"]?.int == 0 { continue }
                if isSidecar, container["started"]?.bool == true {
                    total += 1
                    if container["ready"]?.bool == true { ready += 1 }
                    continue
                }
                if let terminated, terminated.object != nil {
                    reason = "Init:\(Self.end(terminated))"
                } else if let waiting = container["state"]?["waiting"]?["reason"]?.string, !waiting.isEmpty,
                    waiting != "PodInitializing"
                {
                    reason = "Init:\(waiting)"
                } else {
                    reason = "Init:\(index)/\(specs.count)"
                }
                return true
            }
            return false
        }

        private mutating func readContainers(_ status: JSONValue?, _ conditions: [JSONValue]) {
            var hasRunning = false
            // The first container's word counts, so the last is heard first.
            for container in (status?["containerStatuses"]?.array ?? []).reversed() {
                countRestarts(container)
                let state = container["state"]
                if let waiting = state?["waiting"]?["reason"]?.string, !waiting.isEmpty {
                    reason = waiting
                } else if let terminated = state?["terminated"], terminated.object != nil {
                    reason = Self.end(terminated)
                } else if container["ready"]?.bool == true, state?["running"]?.object != nil {
                    hasRunning = true
                    ready += 1
                }
            }
            guard reason == "Completed", hasRunning else { return }
            let isReady = conditions.contains {
                $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
            }
            reason = isReady ? "Running" : "NotReady"
        }

        private static func end(_ terminated: JSONValue) -> String {
            if let reason = terminated["reason"]?.string, !reason.isEmpty { return reason }
            if let signal = terminated["signal"]?.int, signal != 0 { return "Signal:\(signal)" }
            return "ExitCode:\(terminated["exitCode"]?.int ?? 0)"
        }
    }
}
