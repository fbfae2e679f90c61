import JSONText
import KubernetesModel

/// Pieces of text that the cells of several kinds are made of.
enum CellText {
    static func age(_ text: String?, _ now: Timestamp, unreadable: String = "<unknown>") -> String {
        guard let text, let then = Timestamp(text) else { return unreadable }
        return HumanDuration.text(now.since(then))
    }

    static func age(of object: JSONValue, _ now: Timestamp) -> JSONValue {
        .string(age(object["metadata"]?["creationTimestamp"]?.string, now))
    }

    static func name(_ object: JSONValue) -> JSONValue { .string(object["metadata"]?["name"]?.string ?? "") }

    /// A text, or what stands for none.
    static func text(_ value: JSONValue?, or absent: String = "<none>") -> JSONValue {
        let text = value?.string ?? ""
        return .string(text.isEmpty ? absent : text)
    }

    /// A number, or a text that stands for one.
    static func plain(_ value: JSONValue?, or absent: String = "<none>") -> String {
        switch value {
        case .string(let text)? where !text.isEmpty: text
        case .number(let number)?: number.text
        case .bool(let value)?: value ? "true" : "false"
        default: absent
        }
    }

    static func count(_ value: JSONValue?) -> JSONValue {
        .int((value?.array?.count ?? 0) + (value?.object?.count ?? 0))
    }

    static func int(_ value: JSONValue?) -> JSONValue { .int(value?.int ?? 0) }

    /// Names and images of a pod spec's containers, each joined by commas.
    static func containers(_ spec: JSONValue?) -> [JSONValue] {
        let containers = spec?["containers"]?.array ?? []
        return ["name", "image"].map { field in
            .string(containers.map { $0[field]?.string ?? "" }.joined(separator: ","))
        }
    }

    /// Writes `a=b,c=d`.
    static func labels(_ value: JSONValue?) -> String {
        let members = (value?.object ?? JSONObject()).sorted { $0.name < $1.name }
        guard !members.isEmpty else { return "<none>" }
        return members.map { "\($0.name)=\($0.value.string ?? "")" }.joined(separator: ",")
    }

    /// A label selector as it is written on a command line.
    static func selector(_ value: JSONValue?) -> String {
        guard let value, value.object != nil, !SelectorRules.isEmpty(value) else { return "<none>" }
        let matching = value["matchLabels"].map(labels)
        let terms = (value["matchExpressions"]?.array ?? []).map { expression in
            let key = expression["key"]?.string ?? ""
            let values = (expression["values"]?.array ?? []).compactMap(\.string).sorted().joined(
                separator: ","
            )
            return switch expression["operator"]?.string {
            case "In": "\(key) in (\(values))"
            case "NotIn": "\(key) notin (\(values))"
            case "Exists": key
            default: "!\(key)"
            }
        }
        return ([matching].compactMap { $0 == "<none>" ? nil : $0 } + terms).joined(separator: ",")
    }

    /// At most so many elements, and how many more there are.
    static func list(_ texts: [String], limit: Int) -> String {
        guard !texts.isEmpty else { return "<none>" }
        let shown = texts.prefix(limit).joined(separator: ",")
        return texts.count > limit ? "\(shown) + \(texts.count - limit) more..." : shown
    }

    /// Writes `RWO,ROX`.
    static func accessModes(_ value: JSONValue?) -> JSONValue {
        let short = [
            "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
        ]
        let given = Set((value?.array ?? []).compactMap(\.string))
        let order = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]
        return .string(order.filter(given.contains).compactMap { short[$0] }.joined(separator: ","))
    }
}
