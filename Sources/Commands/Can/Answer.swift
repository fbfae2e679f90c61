import Authorization
import CanonicalHTTP
import JSONText
import KubernetesModel
import NetworkTypes

/// What one port of one workload says to one question.
enum Answer {
    /// The request has no canonical form.
    case refused(RequestRefusal)
    case judged(Explanation)

    /// Asks the engine, as the proxy in front of the workload would.
    static func ask(
        _ what: What,
        by caller: Caller,
        token: TokenEvidence = .absent,
        of policy: PortPolicy
    ) -> Answer {
        switch what {
        case .connection:
            return .judged(
                policy.explain(AccessRequest(caller: caller, operation: .connection, token: token))
            )
        case .http(let head):
            // An opaque port carries the same bytes without looking into them.
            guard policy.serves != .opaque else {
                return .judged(
                    policy.explain(AccessRequest(caller: caller, operation: .connection, token: token))
                )
            }
            do throws(RequestRefusal) {
                let request = try CanonicalRequest(canonicalizing: head, relaxing: policy.relaxations)
                return .judged(
                    policy.explain(AccessRequest(caller: caller, operation: .http(request), token: token))
                )
            } catch {
                return .refused(error)
            }
        }
    }

    var verdict: DecisionRecord.Verdict {
        switch self {
        case .refused: .refuse
        case .judged(let explanation): explanation.judgement.enforced.isAllowed ? .allow : .deny
        }
    }

    var wouldBe: DecisionRecord.Verdict {
        switch self {
        case .refused: .refuse
        case .judged(let explanation): explanation.judgement.wouldBe.isAllowed ? .allow : .deny
        }
    }

    /// A ``ReasonCode``, or the code of a refusal.
    var reason: String {
        switch self {
        case .refused(let refusal): refusal.code
        case .judged(let explanation): explanation.judgement.enforced.reason.name
        }
    }

    var rule: RuleID? {
        switch self {
        case .refused: nil
        case .judged(let explanation): explanation.judgement.enforced.rule
        }
    }

    /// The answer in lines for people, without the verdict.
    var lines: [String] {
        switch self {
        case .refused(let refusal):
            var lines = [refusal.description]
            if let relaxation = refusal.relaxation {
                lines.append(
                    "the workload may relax it: \(WorkloadAnnotations.relax): \(relaxation.rawValue)"
                )
            }
            return lines
        case .judged(let explanation):
            var lines = ["because \(explanation.summary)"]
            if let nearest = explanation.nearestMiss {
                lines.append("nearest: \(nearest.rule.id)")
                lines += explanation.sentences(for: nearest).map { "  \($0)" }
            }
            if verdict != wouldBe {
                lines.append(
                    "with every policy enforced: \(wouldBe.rawValue) (\(explanation.judgement.wouldBe.reason))"
                )
            }
            return lines
        }
    }

    /// Every rule that was considered, in lines for people.
    var considered: [String] {
        guard case .judged(let explanation) = self else { return [] }
        return explanation.considered.flatMap { one in
            let audit = one.mode == .audit ? ", audit only" : ""
            let outcome = one.matched ? "matches" : "does not match"
            return ["\(one.rule.id) (\(one.rule.action.rawValue)\(audit)) \(outcome)"]
                + explanation.sentences(for: one).map { "  \($0)" }
        }
    }

    func json(for workload: Workload, port: Port) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("workload", .string(workload.meta.objectName.description)),
            ("port", .int(port.number)),
            ("verdict", .string(verdict.rawValue)),
            ("wouldBe", .string(wouldBe.rawValue)),
            ("reason", .string(reason)),
        ]
        switch self {
        case .refused(let refusal):
            members.append(("summary", .string(refusal.description)))
        case .judged(let explanation):
            members.append(("summary", .string(explanation.summary)))
            if let rule { members.append(("rule", .string(rule.description))) }
            if let route = explanation.judgement.route { members.append(("route", .string(route))) }
            if let nearest = explanation.nearestMiss {
                members.append(("nearest", .string(nearest.rule.id.description)))
            }
            members.append(("considered", .array(explanation.considered.map { Self.json($0, explanation) })))
        }
        return .object(JSONObject(members))
    }

    private static func json(_ one: Explanation.Considered, _ explanation: Explanation) -> JSONValue {
        [
            "rule": .string(one.rule.id.description),
            "action": .string(one.rule.action.rawValue),
            "mode": .string(one.mode.rawValue),
            "missed": .strings(one.misses.names),
            "because": .strings(explanation.sentences(for: one)),
        ]
    }
}
