import JSONText
public import KubernetesModel

/// Events have two spellings, in the core group and in `events.k8s.io`, of one stored object: the core's.
public enum EventConversion {
    /// The names of one field in both groups.
    private static let fields: [(core: String, new: String)] = [
        ("involvedObject", "regarding"), ("message", "note"), ("reportingComponent", "reportingController"),
        ("source", "deprecatedSource"), ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"),
    ]
    private static let group = "events.k8s.io"

    /// An event as it is stored; one that is spelled so already comes back as it is.
    public static func toCore(_ event: UnstructuredObject) -> UnstructuredObject {
        guard event.apiVersion == "\(group)/v1" else { return event }
        return renamed(event, apiVersion: "v1") { ($0.new, $0.core) }
    }

    /// An event as `events.k8s.io` spells it.
    public static func toEventsGroup(_ event: UnstructuredObject) -> UnstructuredObject {
        guard event.apiVersion == "v1" else { return event }
        return renamed(event, apiVersion: "\(group)/v1") { ($0.core, $0.new) }
    }

    private static func renamed(
        _ event: UnstructuredObject,
        apiVersion: String,
        _ names: ((core: String, new: String)) -> (from: String, to: String)
    ) -> UnstructuredObject {
        var members = JSONObject()
        let changes = fields.map(names)
        for member in event.content {
            let name = changes.first { $0.from == member.name }?.to ?? member.name
            members[name] = member.value
        }
        members["apiVersion"] = .string(apiVersion)
        return UnstructuredObject(members)
    }
}
