import Identity
public import JSONText
import NetworkTypes

extension DecisionRecord {
    /// The record as a JSON object, members in the order of `docs/records.md`; what is not known is left out.
    public var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("id", .string(id)),
            ("time", .string(UTCTime(nanoseconds: time).description)),
            ("verdict", .string(verdict.rawValue)),
            ("wouldBe", .string(wouldBe.rawValue)),
            ("reason", .string(reason)),
        ]
        if !summary.isEmpty { members.append(("summary", .string(summary))) }
        append("rule", rule, to: &members)
        members.append(("source", sourceJSON))
        members.append(
            (
                "destination",
                [
                    "namespace": .string(destination.namespace),
                    "workload": .string(destination.workload),
                    "identity": .string(destination.identity),
                    "port": .int(destination.port.number),
                ]
            )
        )
        members.append(("protocol", .string(wire.rawValue)))
        append("method", method, to: &members)
        append("host", host, to: &members)
        append("path", path, to: &members)
        append("route", route, to: &members)
        if let status { members.append(("status", .int(status))) }
        members.append(("revision", .int(revision.number)))
        if let latency { members.append(("latencyNanoseconds", .int(latency))) }
        append("traceId", traceID, to: &members)
        if !considered.isEmpty { members.append(("considered", .array(considered.map(\.json)))) }
        if omitted > 0 { members.append(("omitted", .int(omitted))) }
        return .object(JSONObject(members))
    }

    private var sourceJSON: JSONValue {
        var members: [(String, JSONValue)] = []
        append("identity", source.identity?.description, to: &members)
        members.append(("address", .string(source.address.description)))
        append("issuer", issuer, to: &members)
        append("subject", subject, to: &members)
        return .object(JSONObject(members))
    }

    private func append(_ name: String, _ text: String?, to members: inout [(String, JSONValue)]) {
        if let text { members.append((name, .string(text))) }
    }
}

extension DecisionRecord.Considered {
    var json: JSONValue {
        [
            "rule": .string(rule),
            "action": .string(action),
            "mode": .string(mode),
            "missed": .strings(missed),
            "because": .strings(sentences),
        ]
    }
}
