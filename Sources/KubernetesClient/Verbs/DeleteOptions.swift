import JSONText

/// How an object is deleted (`meta/v1` DeleteOptions).
public struct DeleteOptions: Hashable, Sendable {
    /// What becomes of the objects that it owns.
    public enum Propagation: String, Sendable {
        case orphan = "Orphan"
        /// They go later; the object itself goes now.
        case background = "Background"
        /// They go first.
        case foreground = "Foreground"
    }

    /// `nil` for the kind's own way.
    public var propagation: Propagation?
    /// Delete only this life of the object.
    public var uid: String?
    /// Delete only this state of the object.
    public var resourceVersion: String?
    public var gracePeriod: Duration?
    public var isDryRun = false

    public init(
        propagation: Propagation? = nil,
        uid: String? = nil,
        resourceVersion: String? = nil,
        gracePeriod: Duration? = nil
    ) {
        self.propagation = propagation
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.gracePeriod = gracePeriod
    }

    var json: JSONValue {
        var members: JSONObject = ["kind": "DeleteOptions", "apiVersion": "v1"]
        if let propagation { members["propagationPolicy"] = .string(propagation.rawValue) }
        if let gracePeriod { members["gracePeriodSeconds"] = .int(gracePeriod.components.seconds) }
        var preconditions = JSONObject()
        if let uid { preconditions["uid"] = .string(uid) }
        if let resourceVersion { preconditions["resourceVersion"] = .string(resourceVersion) }
        if !preconditions.isEmpty { members["preconditions"] = .object(preconditions) }
        if isDryRun { members["dryRun"] = ["All"] }
        return .object(members)
    }
}
