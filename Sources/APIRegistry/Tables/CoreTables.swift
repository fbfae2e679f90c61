import JSONText
import KubernetesModel

/// Kinds of the core group that are neither workloads nor networks nor volumes.
enum CoreTables {
    static let tables: [String: BuiltInTable] = [
        "Namespace": BuiltInTable(["Name", "Status", "Age"]) { object, now in
            [
                CellText.name(object), CellText.text(object["status"]?["phase"], or: ""),
                CellText.age(of: object, now),
            ]
        },
        "ConfigMap": BuiltInTable(["Name", "Data", "Age"]) { object, now in
            let count = (object["data"]?.object?.count ?? 0) + (object["binaryData"]?.object?.count ?? 0)
            return [CellText.name(object), .int(count), CellText.age(of: object, now)]
        },
        "Secret": BuiltInTable(["Name", "Type", "Data", "Age"]) { object, now in
            [
                CellText.name(object), CellText.text(object["type"], or: ""), CellText.count(object["data"]),
                CellText.age(of: object, now),
            ]
        },
        "ServiceAccount": BuiltInTable(["Name", "Secrets", "Age"]) { object, now in
            [CellText.name(object), CellText.count(object["secrets"]), CellText.age(of: object, now)]
        },
        "ResourceQuota": BuiltInTable(["Name", "Request", "Limit", "Age"]) { object, now in
            var sides: [[String]] = [[], []]
            let hard = (object["status"]?["hard"]?.object ?? JSONObject()).sorted { $0.name < $1.name }
            for member in hard {
                let used = CellText.plain(object["status"]?["used"]?[member.name], or: "0")
                let text = "\(member.name): \(used)/\(CellText.plain(member.value))"
                sides[member.name.hasPrefix("limits.") ? 1 : 0].append(text)
            }
            return [CellText.name(object)] + sides.map { .string($0.joined(separator: ", ")) }
                + [CellText.age(of: object, now)]
        },
        "Node": node,
        "Event": event,
    ]

    private static let node = BuiltInTable(
        [
            "Name", "Status", "Roles", "Age", "Version", "Internal-IP*", "External-IP*", "OS-Image*",
            "Kernel-Version*", "Container-Runtime*",
        ]
    ) { object, now in
        let ready = (object["status"]?["conditions"]?.array ?? []).first { $0["type"]?.string == "Ready" }
        var words = [ready.map { $0["status"]?.string == "True" ? "Ready" : "NotReady" } ?? "Unknown"]
        if object["spec"]?["unschedulable"]?.bool == true { words.append("SchedulingDisabled") }
        let prefix = "node-role.kubernetes.io/"
        let roles = (object["metadata"]?["labels"]?.object ?? JSONObject()).compactMap { label in
            if label.name.hasPrefix(prefix), label.name.utf8.count > prefix.utf8.count {
                return String(label.name.dropFirst(prefix.count))
            }
            return label.name == "kubernetes.io/role" ? label.value.string : nil
        }
        let addresses = object["status"]?["addresses"]?.array ?? []
        func address(_ type: String) -> JSONValue {
            CellText.text(addresses.first { $0["type"]?.string == type }?["address"])
        }
        let info = object["status"]?["nodeInfo"]
        return [
            CellText.name(object), .string(words.joined(separator: ",")),
            .string(roles.isEmpty ? "<none>" : Set(roles).sorted().joined(separator: ",")),
            CellText.age(of: object, now), CellText.text(info?["kubeletVersion"], or: ""),
            address("InternalIP"), address("ExternalIP"), CellText.text(info?["osImage"], or: "<unknown>"),
            CellText.text(info?["kernelVersion"], or: "<unknown>"),
            CellText.text(info?["containerRuntimeVersion"], or: "<unknown>"),
        ]
    }

    static let event = BuiltInTable(
        [
            "Last Seen", "Type", "Reason", "Object", "Subobject*", "Source*", "Message", "First Seen*",
            "Count*#",
            "Name*",
        ]
    ) { given, now in
        // Both groups show the same columns; the old spelling has all that they need.
        let event = (UnstructuredObject(given).map { EventConversion.toCore($0) })?.json ?? given
        func moment(_ names: String...) -> String? {
            names.lazy.compactMap { event[$0]?.string }.first { !$0.isEmpty }
        }
        let first = moment("firstTimestamp", "eventTime")
        let series = event["series"]?["lastObservedTime"]?.string
        let count = event["series"]?["count"]?.int ?? event["count"]?.int ?? 1
        let object = event["involvedObject"]
        let kind = (object?["kind"]?.string ?? "").lowercased()
        let name = object?["name"]?.string ?? ""
        let host = event["source"]?["host"]?.string ?? ""
        let component = event["source"]?["component"]?.string ?? ""
        let source = component.isEmpty ? event["reportingComponent"]?.string ?? "" : component
        return [
            .string(CellText.age(series ?? moment("lastTimestamp", "eventTime", "firstTimestamp"), now)),
            CellText.text(event["type"], or: ""), CellText.text(event["reason"], or: ""),
            .string(name.isEmpty ? kind : "\(kind)/\(name)"), CellText.text(object?["fieldPath"], or: ""),
            .string(host.isEmpty ? source : "\(source), \(host)"),
            .string((event["message"]?.string ?? "").trimmingSpaces), .string(CellText.age(first, now)),
            .int(max(count, 1)), CellText.name(event),
        ]
    }
}

extension String {
    /// Without white space at the ends.
    fileprivate var trimmingSpaces: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
