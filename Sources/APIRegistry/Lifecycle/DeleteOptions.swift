public import JSONText
public import KubernetesModel

/// How an object is to be deleted (`meta/v1` DeleteOptions).
public struct DeleteOptions: Hashable, Sendable {
    /// What happens to the objects that are owned by the deleted one.
    public enum Propagation: String, Hashable, Sendable {
        case background = "Background"
        case foreground = "Foreground"
        case orphan = "Orphan"
    }

    public var gracePeriodSeconds: Int?
    public var propagation: Propagation?
    /// The older word for a propagation; not together with it.
    public var orphanDependents: Bool?
    public var uid: String?
    public var resourceVersion: String?
    public var isDryRun: Bool

    public init(
        gracePeriodSeconds: Int? = nil,
        propagation: Propagation? = nil,
        orphanDependents: Bool? = nil,
        uid: String? = nil,
        resourceVersion: String? = nil,
        isDryRun: Bool = false
    ) {
        self.gracePeriodSeconds = gracePeriodSeconds
        self.propagation = propagation
        self.orphanDependents = orphanDependents
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.isDryRun = isDryRun
    }

    /// Reads the options from the body, or from the query when there is no body, as Kubernetes does: never from both.
    public init(body: JSONValue?, query: [(name: String, value: String)]) throws(APIStatus) {
        var value = JSONObject()
        if let body {
            guard let members = body.object else { throw .badRequest("DeleteOptions must be an object") }
            let kind = members.string("kind") ?? "DeleteOptions"
            guard kind == "DeleteOptions" else {
                throw .badRequest("decoded object cannot be converted to DeleteOptions")
            }
            value = members
        } else {
            value = try Self.members(of: query)
        }
        self.init()
        try read(value)
    }

    private static func members(of query: [(name: String, value: String)]) throws(APIStatus) -> JSONObject {
        var result = JSONObject()
        for (name, text) in query where result[name] == nil {
            switch name {
            case "gracePeriodSeconds":
                guard let number = Int(text) else {
                    throw .badRequest("strconv.ParseInt: parsing \(GoText.quoted(text)): invalid syntax")
                }
                result[name] = .int(number)
            case "orphanDependents": result[name] = .bool(!["false", "0"].contains(text.lowercased()))
            case "propagationPolicy": result[name] = .string(text)
            case "dryRun": result[name] = .strings(query.filter { $0.name == "dryRun" }.map(\.value))
            default: break
            }
        }
        return result
    }

    private mutating func read(_ value: JSONObject) throws(APIStatus) {
        func typed<T>(_ name: String, _ value: JSONValue?, _ read: (JSONValue) -> T?) throws(APIStatus) -> T?
        {
            guard let value, !value.isNull else { return nil }
            guard let result = read(value) else {
                throw .badRequest("DeleteOptions: \(name) must not be \(value.kind)")
            }
            return result
        }
        var errors = FieldErrors()
        gracePeriodSeconds = try typed("gracePeriodSeconds", value["gracePeriodSeconds"], \.int)
        orphanDependents = try typed("orphanDependents", value["orphanDependents"], \.bool)
        let preconditions = try typed("preconditions", value["preconditions"], \.object)
        uid = try typed("preconditions.uid", preconditions?["uid"], \.string)
        resourceVersion = try typed(
            "preconditions.resourceVersion",
            preconditions?["resourceVersion"],
            \.string
        )
        if let name = try typed("propagationPolicy", value["propagationPolicy"], \.string) {
            propagation = Propagation(rawValue: name)
            if orphanDependents != nil {
                errors.invalid(
                    FieldPath("propagationPolicy"),
                    .string(name),
                    "orphanDependents and deletionPropagation cannot be both set"
                )
            } else if propagation == nil {
                errors.notSupported(
                    FieldPath("propagationPolicy"),
                    .string(name),
                    ["Foreground", "Background", "Orphan", "nil"]
                )
            }
        }
        let dryRun = try typed("dryRun", value["dryRun"], \.array) ?? []
        isDryRun = !dryRun.isEmpty
        DryRun.validate(dryRun.map { $0.string ?? "" }, &errors)
        try errors.check(
            GroupVersionKind(group: "meta.k8s.io", version: "v1", kind: "DeleteOptions"),
            name: ""
        )
    }
}
