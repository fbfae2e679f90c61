import JSONText
import KubernetesModel

/// Kinds that make pods.
enum WorkloadTables {
    private static let wide = ["Containers*", "Images*", "Selector*"]

    private static func wideCells(_ object: JSONValue) -> [JSONValue] {
        CellText.containers(object["spec"]?["template"]?["spec"])
            + [.string(CellText.selector(object["spec"]?["selector"]))]
    }

    private static let replicaColumns = ["Name", "Desired#", "Current#", "Ready#", "Age"] + wide

    private static func replicaCells(_ object: JSONValue, _ now: Timestamp) -> [JSONValue] {
        [
            CellText.name(object), CellText.int(object["spec"]?["replicas"]),
            CellText.int(object["status"]?["replicas"]), CellText.int(object["status"]?["readyReplicas"]),
            CellText.age(of: object, now),
        ] + CellText.containers(object["spec"]?["template"]?["spec"])
    }

    static let core: [String: BuiltInTable] = [
        "ReplicationController": BuiltInTable(replicaColumns) { object, now in
            replicaCells(object, now) + [.string(CellText.labels(object["spec"]?["selector"]))]
        }
    ]

    static let apps: [String: BuiltInTable] = [
        "ReplicaSet": BuiltInTable(replicaColumns) { object, now in
            replicaCells(object, now) + [.string(CellText.selector(object["spec"]?["selector"]))]
        },
        "Deployment": BuiltInTable(["Name", "Ready", "Up-to-date#", "Available#", "Age"] + wide) {
            object,
            now in
            let status = object["status"]
            let ready = "\(status?["readyReplicas"]?.int ?? 0)/\(object["spec"]?["replicas"]?.int ?? 0)"
            return [
                CellText.name(object), .string(ready), CellText.int(status?["updatedReplicas"]),
                CellText.int(status?["availableReplicas"]), CellText.age(of: object, now),
            ] + wideCells(object)
        },
        "StatefulSet": BuiltInTable(["Name", "Ready", "Age", "Containers*", "Images*"]) { object, now in
            let ready = object["status"]?["readyReplicas"]?.int ?? 0
            return [
                CellText.name(object), .string("\(ready)/\(object["spec"]?["replicas"]?.int ?? 0)"),
                CellText.age(of: object, now),
            ] + CellText.containers(object["spec"]?["template"]?["spec"])
        },
        "DaemonSet": BuiltInTable(
            [
                "Name", "Desired#", "Current#", "Ready#", "Up-to-date#", "Available#", "Node Selector", "Age",
            ] + wide
        ) { object, now in
            let status = object["status"]
            return [CellText.name(object)]
                + [
                    "desiredNumberScheduled", "currentNumberScheduled", "numberReady",
                    "updatedNumberScheduled", "numberAvailable",
                ].map { CellText.int(status?[$0]) }
                + [
                    .string(CellText.labels(object["spec"]?["template"]?["spec"]?["nodeSelector"])),
                    CellText.age(of: object, now),
                ] + wideCells(object)
        },
        "ControllerRevision": BuiltInTable(["Name", "Controller", "Revision#", "Age"]) { object, now in
            let owners = object["metadata"]?["ownerReferences"]?.array ?? []
            let owner = owners.first { $0["controller"]?.bool == true }
            let group = owner?["apiVersion"]?.string.flatMap { GroupVersion(apiVersion: $0) }?.group ?? ""
            let kind = (owner?["kind"]?.string ?? "").lowercased()
            let controller = owner.map {
                "\(group.isEmpty ? kind : "\(kind).\(group)")/\($0["name"]?.string ?? "")"
            }
            return [
                CellText.name(object), .string(controller ?? "<none>"), CellText.int(object["revision"]),
                CellText.age(of: object, now),
            ]
        },
    ]

    static let batch: [String: BuiltInTable] = [
        "Job": BuiltInTable(["Name", "Status", "Completions", "Duration", "Age"] + wide) { object, now in
            [
                CellText.name(object), .string(jobStatus(object)), .string(completions(object)),
                .string(duration(object["status"], now)), CellText.age(of: object, now),
            ] + wideCells(object)
        },
        "CronJob": BuiltInTable(
            ["Name", "Schedule", "Timezone", "Suspend", "Active#", "Last Schedule", "Age"] + wide
        ) { object, now in
            let spec = object["spec"]
            let last = object["status"]?["lastScheduleTime"]?.string
            let job = spec?["jobTemplate"]?["spec"]
            return [
                CellText.name(object), CellText.text(spec?["schedule"]), CellText.text(spec?["timeZone"]),
                .string(spec?["suspend"]?.bool.map { $0 ? "True" : "False" } ?? "<unset>"),
                CellText.count(object["status"]?["active"]),
                .string(last.map { CellText.age($0, now) } ?? "<none>"), CellText.age(of: object, now),
            ] + CellText.containers(job?["template"]?["spec"]) + [
                .string(CellText.selector(job?["selector"]))
            ]
        },
    ]

    private static func jobStatus(_ job: JSONValue) -> String {
        func has(_ type: String) -> Bool {
            (job["status"]?["conditions"]?.array ?? []).contains {
                $0["type"]?.string == type && $0["status"]?.string == "True"
            }
        }
        if has("Complete") { return "Complete" }
        if has("Failed") { return "Failed" }
        if job["metadata"]?["deletionTimestamp"]?.string != nil { return "Terminating" }
        if has("Suspended") { return "Suspended" }
        if has("FailureTarget") { return "FailureTarget" }
        return has("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running"
    }

    private static func completions(_ job: JSONValue) -> String {
        let succeeded = job["status"]?["succeeded"]?.int ?? 0
        if let wanted = job["spec"]?["completions"]?.int { return "\(succeeded)/\(wanted)" }
        let parallelism = job["spec"]?["parallelism"]?.int ?? 0
        return parallelism > 1 ? "\(succeeded)/1 of \(parallelism)" : "\(succeeded)/1"
    }

    private static func duration(_ status: JSONValue?, _ now: Timestamp) -> String {
        guard let start = status?["startTime"]?.string.flatMap({ Timestamp($0) }) else { return "" }
        let end = status?["completionTime"]?.string.flatMap { Timestamp($0) } ?? now
        return HumanDuration.text(end.since(start))
    }
}
