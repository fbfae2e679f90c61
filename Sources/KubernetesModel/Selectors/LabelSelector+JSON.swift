public import JSONText

extension LabelSelector {
    /// Reads a `meta/v1` LabelSelector, as specs of Deployments and Services' like hold it.
    ///
    /// Every mistake refuses the whole, for a selector read in part selects too much.
    public init(_ value: JSONValue, path: String = "selector") throws(SelectorError) {
        guard case .object(let fields) = value else {
            throw SelectorError("\(path): must be an object, not \(value.kind)")
        }
        self.init()
        for member in fields {
            switch member.name {
            case "matchLabels": matchLabels = try Self.labels(member.value, "\(path).matchLabels")
            case "matchExpressions":
                guard let entries = member.value.isNull ? [] : member.value.array else {
                    throw SelectorError("\(path).matchExpressions: must be a list, not \(member.value.kind)")
                }
                for (index, entry) in entries.enumerated() {
                    matchExpressions.append(try Requirement(entry, "\(path).matchExpressions[\(index)]"))
                }
            default: throw SelectorError("\(path): unknown field \(Spelling.quoted(member.name))")
            }
        }
    }

    private static func labels(_ value: JSONValue, _ path: String) throws(SelectorError) -> [String: String] {
        guard !value.isNull else { return [:] }
        guard case .object(let members) = value else {
            throw SelectorError("\(path): must be an object, not \(value.kind)")
        }
        var labels: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else {
                throw SelectorError(
                    "\(path)[\(Spelling.clean(member.name))]: must be a string, not \(member.value.kind)"
                )
            }
            let reasons = LabelRule.qualifiedName(member.name)
            guard reasons.isEmpty else { throw .invalid(path, member.name, reasons) }
            let valueReasons = LabelRule.labelValue(text)
            guard valueReasons.isEmpty else { throw .invalid(path, text, valueReasons) }
            labels[member.name] = text
        }
        return labels
    }

    /// As objects hold it; `nil` where the text form alone can say it (`>` and `<`).
    public var json: JSONValue? {
        var fields = JSONObject()
        if !matchLabels.isEmpty {
            let members = matchLabels.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
            fields["matchLabels"] = .object(JSONObject(members))
        }
        var expressions: [JSONValue] = []
        for requirement in matchExpressions {
            guard let json = requirement.json else { return nil }
            expressions.append(json)
        }
        if !expressions.isEmpty { fields["matchExpressions"] = .array(expressions) }
        return .object(fields)
    }
}

extension LabelSelector.Requirement {
    fileprivate init(_ value: JSONValue, _ path: String) throws(SelectorError) {
        let key = value["key"]?.string ?? ""
        let reasons = LabelRule.qualifiedName(key)
        guard reasons.isEmpty else { throw .invalid("\(path).key", key, reasons) }
        let given = value["values"] ?? .null
        guard let entries = given.isNull ? [] : given.array else {
            throw SelectorError("\(path).values: must be a list, not \(given.kind)")
        }
        let values = entries.compactMap(\.string)
        guard values.count == entries.count else {
            throw SelectorError("\(path).values: must be a list of strings")
        }
        for (index, text) in values.enumerated() {
            let reasons = LabelRule.labelValue(text)
            guard reasons.isEmpty else { throw .invalid("\(path).values[\(index)]", text, reasons) }
        }
        let name = value["operator"]?.string ?? ""
        switch (name, values.isEmpty) {
        case ("In", false): self = .isIn(key, values)
        case ("NotIn", false): self = .isNotIn(key, values)
        case ("Exists", true): self = .exists(key)
        case ("DoesNotExist", true): self = .doesNotExist(key)
        case ("In", true), ("NotIn", true):
            throw SelectorError(
                "\(path).values: Required value: must be specified when `operator` is 'In' or 'NotIn'"
            )
        case ("Exists", false), ("DoesNotExist", false):
            throw SelectorError(
                "\(path).values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            )
        default: throw .invalid("\(path).operator", name, ["not a valid selector operator"])
        }
    }

    fileprivate var json: JSONValue? {
        switch self {
        case .isIn(let key, let values):
            ["key": .string(key), "operator": "In", "values": .strings(values)]
        case .isNotIn(let key, let values):
            ["key": .string(key), "operator": "NotIn", "values": .strings(values)]
        case .exists(let key): ["key": .string(key), "operator": "Exists"]
        case .doesNotExist(let key): ["key": .string(key), "operator": "DoesNotExist"]
        case .isGreater, .isLess: nil
        }
    }
}
