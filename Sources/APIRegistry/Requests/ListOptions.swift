import JSONText
public import KubernetesModel

/// What to list or to watch (`meta/v1` ListOptions), as the query says it.
public struct ListOptions: Sendable {
    public enum Match: String, Hashable, Sendable {
        case exact = "Exact"
        case notOlderThan = "NotOlderThan"
    }

    public var labels: LabelSelector
    public var fields: FieldSelector
    /// Empty for the most recent.
    public var resourceVersion: String
    public var match: Match?
    public var limit: Int?
    public var continueToken: String?
    public var timeout: Duration?
    public var allowsBookmarks: Bool
    public var sendsInitialEvents: Bool?

    /// Reads and checks the options of a list, or of a watch.
    public init(_ definition: ResourceDefinition, query: [(name: String, value: String)], isWatch: Bool)
        throws(APIStatus)
    {
        func value(_ name: String) -> String? {
            query.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
        }
        func flag(_ name: String) -> Bool? { value(name).map { !["false", "0"].contains($0.lowercased()) } }
        func number(_ name: String) throws(APIStatus) -> Int? {
            guard let text = value(name) else { return nil }
            guard let number = Int(text) else {
                throw .badRequest("strconv.ParseInt: parsing \(GoText.quoted(text)): invalid syntax")
            }
            return number
        }
        do {
            labels = try LabelSelector(parsing: value("labelSelector") ?? "")
            fields = try FieldSelector(parsing: value("fieldSelector") ?? "")
        } catch {
            throw error.status
        }
        resourceVersion = value("resourceVersion") ?? ""
        limit = try number("limit").flatMap { $0 > 0 ? $0 : nil }
        continueToken = value("continue")
        timeout = try number("timeoutSeconds").flatMap { $0 > 0 ? .seconds(min($0, 86_400)) : nil }
        allowsBookmarks = flag("allowWatchBookmarks") ?? false
        sendsInitialEvents = flag("sendInitialEvents")
        let match = value("resourceVersionMatch")
        self.match = match.flatMap(Match.init)
        try check(match, isWatch: isWatch)
        try checkFields(definition)
        if !resourceVersion.isEmpty, UInt64(resourceVersion) == nil {
            throw .badRequest(
                "invalid resource version: strconv.ParseUint: parsing \(GoText.quoted(resourceVersion)): invalid syntax"
            )
        }
    }

    /// The version as a number; `nil` for the most recent.
    public var version: UInt64? { UInt64(resourceVersion) }

    private func check(_ match: String?, isWatch: Bool) throws(APIStatus) {
        var errors = FieldErrors()
        let matchPath = FieldPath("resourceVersionMatch")
        if isWatch {
            if sendsInitialEvents != nil {
                if match == nil {
                    errors.forbidden(
                        matchPath,
                        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
                    )
                }
                if continueToken != nil {
                    errors.forbidden(FieldPath("continue"), "continue is forbidden for watch")
                }
            } else if match != nil {
                errors.forbidden(
                    matchPath,
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
                )
            }
            if let match, sendsInitialEvents != nil, match != Match.notOlderThan.rawValue {
                errors.forbidden(
                    matchPath,
                    "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
                )
            }
        } else {
            if sendsInitialEvents != nil {
                errors.forbidden(FieldPath("sendInitialEvents"), "sendInitialEvents is forbidden for list")
            }
            if let match {
                if resourceVersion.isEmpty {
                    errors.forbidden(
                        matchPath,
                        "resourceVersionMatch is forbidden unless resourceVersion is provided"
                    )
                }
                if continueToken != nil {
                    errors.forbidden(matchPath, "resourceVersionMatch is forbidden when continue is provided")
                }
                if Match(rawValue: match) == nil {
                    errors.notSupported(matchPath, .string(match), ["Exact", "NotOlderThan", ""])
                }
                if match == Match.exact.rawValue, resourceVersion == "0" {
                    errors.forbidden(
                        matchPath,
                        "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\""
                    )
                }
            }
            if continueToken != nil, !["", "0"].contains(resourceVersion) {
                throw .badRequest("specifying resource version is not allowed when using continue")
            }
        }
        try errors.check(
            GroupVersionKind(group: "meta.k8s.io", version: "v1", kind: "ListOptions"),
            name: ""
        )
    }

    private func checkFields(_ definition: ResourceDefinition) throws(APIStatus) {
        for requirement in fields.requirements {
            let name = requirement.field
            guard !["metadata.name", "metadata.namespace"].contains(name),
                !definition.selectableFields.contains(name)
            else { continue }
            if definition.selectableFields.isEmpty, !definition.isCustom {
                throw .badRequest(
                    "\(GoText.quoted(name)) is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                )
            }
            throw .badRequest("field label not supported: \(name)")
        }
    }

    /// Whether an object is among those that were asked for.
    public func selects(_ object: UnstructuredObject) -> Bool {
        (labels.isEverything || labels.matches(object.labels)) && selectsFields(object)
    }

    private func selectsFields(_ object: UnstructuredObject) -> Bool {
        guard !fields.isEverything else { return true }
        var values: [String: String] = [:]
        for requirement in fields.requirements {
            values[requirement.field] = Self.value(of: requirement.field, in: object)
        }
        return fields.matches(values)
    }

    /// A selectable field's value as text; absent reads as Go's zero value.
    static func value(of field: String, in object: UnstructuredObject) -> String {
        if field == "source" { return object["source", "component"]?.string ?? "" }
        if field == "reportingComponent" { return object["reportingComponent"]?.string ?? "" }
        let path = field.split(separator: ".").map(String.init)
        let value = path.reduce(Optional(object.json)) { value, name in value?[name] }
        switch value {
        case .string(let text)?: return text
        case .number(let number)?: return number.text
        case .bool(let flag)?: return flag ? "true" : "false"
        default:
            if ["spec.unschedulable", "spec.hostNetwork"].contains(field) { return "false" }
            return ["status.replicas", "status.successful"].contains(field) ? "0" : ""
        }
    }
}
