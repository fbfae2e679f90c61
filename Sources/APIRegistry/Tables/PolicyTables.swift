import JSONText
import KubernetesModel

/// Who may do what, what may be disrupted, who leads, who is asked.
enum PolicyTables {
    private static let bindingColumns = ["Name", "Role", "Age", "Users*", "Groups*", "ServiceAccounts*"]

    private static func bindingCells(_ object: JSONValue, _ now: Timestamp) -> [JSONValue] {
        let role = object["roleRef"]
        func subjects(_ kind: String) -> JSONValue {
            let all = (object["subjects"]?.array ?? []).filter { $0["kind"]?.string == kind }
            let names = all.map { subject in
                let name = subject["name"]?.string ?? ""
                return kind == "ServiceAccount" ? "\(subject["namespace"]?.string ?? "")/\(name)" : name
            }
            return .string(names.joined(separator: ", "))
        }
        return [
            CellText.name(object),
            .string("\(role?["kind"]?.string ?? "")/\(role?["name"]?.string ?? "")"),
            CellText.age(of: object, now), subjects("User"), subjects("Group"), subjects("ServiceAccount"),
        ]
    }

    static let access: [String: BuiltInTable] = [
        "RoleBinding": BuiltInTable(bindingColumns, cells: bindingCells),
        "ClusterRoleBinding": BuiltInTable(bindingColumns, cells: bindingCells),
    ]

    static let policy: [String: BuiltInTable] = [
        "PodDisruptionBudget": BuiltInTable(
            ["Name", "Min Available", "Max Unavailable", "Allowed Disruptions#", "Age"]
        ) { object, now in
            [
                CellText.name(object), .string(CellText.plain(object["spec"]?["minAvailable"], or: "N/A")),
                .string(CellText.plain(object["spec"]?["maxUnavailable"], or: "N/A")),
                CellText.int(object["status"]?["disruptionsAllowed"]), CellText.age(of: object, now),
            ]
        }
    ]

    static let autoscaling: [String: BuiltInTable] = [
        "HorizontalPodAutoscaler": BuiltInTable(
            ["Name", "Reference", "Targets", "MinPods", "MaxPods#", "Replicas#", "Age"]
        ) { object, now in
            let spec = object["spec"]
            let target = spec?["scaleTargetRef"]
            let measured = CellText.plain(
                object["status"]?["currentCPUUtilizationPercentage"],
                or: "<unknown>"
            )
            let wanted = CellText.plain(spec?["targetCPUUtilizationPercentage"], or: "<unknown>")
            let current = measured == "<unknown>" ? measured : "\(measured)%"
            return [
                CellText.name(object),
                .string("\(target?["kind"]?.string ?? "")/\(target?["name"]?.string ?? "")"),
                .string("cpu: \(current)/\(wanted)%"),
                .string(CellText.plain(spec?["minReplicas"], or: "<unset>")),
                CellText.int(spec?["maxReplicas"]), CellText.int(object["status"]?["currentReplicas"]),
                CellText.age(of: object, now),
            ]
        }
    ]

    static let coordination: [String: BuiltInTable] = [
        "Lease": BuiltInTable(["Name", "Holder", "Age"]) { object, now in
            [
                CellText.name(object), CellText.text(object["spec"]?["holderIdentity"], or: ""),
                CellText.age(of: object, now),
            ]
        }
    ]

    static let scheduling: [String: BuiltInTable] = [
        "PriorityClass": BuiltInTable(
            ["Name", "Value#", "Global-Default", "Age", "PreemptionPolicy"]
        ) { object, now in
            [
                CellText.name(object), CellText.int(object["value"]),
                .bool(object["globalDefault"]?.bool ?? false), CellText.age(of: object, now),
                CellText.text(object["preemptionPolicy"], or: ""),
            ]
        }
    ]

    static let admission: [String: BuiltInTable] = {
        let table = BuiltInTable(["Name", "Webhooks#", "Age"]) { object, now in
            [CellText.name(object), CellText.count(object["webhooks"]), CellText.age(of: object, now)]
        }
        return ["MutatingWebhookConfiguration": table, "ValidatingWebhookConfiguration": table]
    }()
}
