import JSONText
import KubernetesModel

/// A decision record as people read it.
///
/// Records come from a file, so nothing is taken for granted: what is missing is left out, control characters do not
/// reach the terminal.
enum RecordText {
    static func lines(_ record: JSONValue) -> [String] {
        var lines = [
            "\(text(record["verdict"]).uppercased())  \(text(record["time"]))  \(text(record["id"]))", "",
        ]
        lines += table([
            ("asked", question(record)),
            ("by", caller(record["source"])),
            ("of", destination(record["destination"])),
            ("token", token(record["source"])),
            ("answer", answer(record)),
            ("rule", optional(record["rule"])),
            ("route", optional(record["route"])),
            ("policy", optional(record["revision"]).map { "revision \($0)" }),
            ("trace", optional(record["traceId"])),
        ])
        let considered = record["considered"]?.array ?? []
        if !considered.isEmpty { lines += ["", "considered, nearest first:"] + considered.flatMap(rule) }
        if let omitted = record["omitted"]?.int { lines.append("  and \(omitted) more") }
        return lines
    }

    private static func question(_ record: JSONValue) -> String? {
        let wire = text(record["protocol"])
        guard let method = optional(record["method"]) else { return "a connection (\(wire))" }
        return "\(method) \(text(record["host"]))\(text(record["path"])) (\(wire))"
    }

    private static func caller(_ source: JSONValue?) -> String? {
        guard let source else { return nil }
        return
            "\(optional(source["identity"]) ?? "nobody that can be proved"), from \(text(source["address"]))"
    }

    private static func token(_ source: JSONValue?) -> String? {
        guard let issuer = optional(source?["issuer"]) else { return nil }
        return "\(optional(source?["subject"]) ?? "somebody"), says \(issuer)"
    }

    private static func destination(_ destination: JSONValue?) -> String? {
        guard let destination else { return nil }
        let name = "\(text(destination["namespace"]))/\(text(destination["workload"]))"
        return "\(name), port \(text(destination["port"]))"
    }

    private static func answer(_ record: JSONValue) -> String? {
        let verdict = text(record["verdict"])
        var answer =
            "\(verdict): \(optional(record["summary"]) ?? text(record["reason"])) [\(text(record["reason"]))]"
        if let status = optional(record["status"]) { answer += ", status \(status)" }
        let wouldBe = text(record["wouldBe"])
        if wouldBe != verdict { answer += "; with every policy enforced: \(wouldBe)" }
        return answer
    }

    private static func rule(_ rule: JSONValue) -> [String] {
        let missed = rule["missed"]?.array ?? []
        let audit = rule["mode"]?.string == "Audit" ? ", audit only" : ""
        let outcome = missed.isEmpty ? "matches" : "does not match"
        return ["  \(text(rule["rule"])) (\(text(rule["action"]))\(audit)) \(outcome)"]
            + (rule["because"]?.array ?? []).map { "    \(text($0))" }
    }

    private static func table(_ rows: [(String, String?)]) -> [String] {
        rows.compactMap { name, value in
            value.map { "  " + name + String(repeating: " ", count: max(1, 8 - name.count)) + $0 }
        }
    }

    private static func optional(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): clean(text)
        case .number(let number): number.text
        default: nil
        }
    }

    private static func text(_ value: JSONValue?) -> String { optional(value) ?? "?" }

    private static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{fffd}" : $0 }
            )
        )
    }
}
