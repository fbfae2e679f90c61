import CanonicalHTTP
import Identity
import NetworkTypes

extension Explanation {
    /// One sentence for each condition of the rule that was not met, as `asked; wanted`.
    public func sentences(for considered: Considered) -> [String] {
        considered.misses.names.compactMap { name in
            Self.sentence(name, considered, request)
        }
    }

    /// The judgement in one sentence.
    public var summary: String {
        switch judgement.enforced {
        case .allow(let permit): Self.sentence(permit.ground)
        case .deny(let denial): Self.sentence(denial)
        }
    }

    private static func sentence(_ ground: Permit.Ground) -> String {
        switch ground {
        case .rule(let id): "rule \(id) allows it"
        case .probe: "it is a probe of a declared path"
        case .fallback(let fallback): "no policy selects the port, and its default is \(fallback.rawValue)"
        }
    }

    private static func sentence(_ denial: Denial) -> String {
        switch denial {
        case .forbidden(let id): "rule \(id) denies it"
        case .unmatched(0): "a policy selects the port and allows nothing"
        case .unmatched(let count):
            count == 1 ? "the one rule does not match" : "none of \(count) rules matches"
        case .uncovered: "no policy selects the port, and its default does not allow it"
        case .badToken(let problem): "the token cannot be trusted: \(problem.rawValue)"
        case .undecidable(.notReceived): "no policy was received yet"
        case .undecidable(.unreadablePolicy(let name)):
            "policy \(name) may select the port and cannot be read"
        case .undecidable(.unknownPort): "the workload declares no such port"
        case .notHTTP: "the port serves HTTP only, and this is something else"
        }
    }

    private static func sentence(_ miss: String, _ considered: Considered, _ request: AccessRequest)
        -> String?
    {
        let rule = considered.rule
        guard case .http(let asked) = request.operation else {
            switch miss {
            case "peer": return callerSentence(rule, request)
            case "not-http": return "the rule is about HTTP requests, these are bytes of another protocol"
            case "unresolved": return "the rule cannot be resolved: \(rule.unresolved ?? "")"
            default: return nil
            }
        }
        let operation = considered.operation.map { rule.operations[$0] }
        switch miss {
        case "peer":
            return callerSentence(rule, request)
        case "unresolved":
            return "the rule cannot be resolved: \(rule.unresolved ?? "")"
        case "token-absent":
            return "there is no token; the rule wants one of \(rule.token?.issuer ?? "an issuer")"
        case "issuer", "audience", "claim":
            return tokenSentence(miss, rule, request)
        default:
            return operation.flatMap { operationSentence(miss, $0, asked) }
        }
    }

    private static func callerSentence(_ rule: Rule, _ request: AccessRequest) -> String {
        let caller =
            request.caller.identity?.description ?? "without identity, from \(request.caller.address)"
        let wanted = rule.peers.map(\.description).joined(separator: " or ")
        return "the caller is \(caller); the rule is for \(wanted.isEmpty ? "nobody" : wanted)"
    }

    private static func tokenSentence(_ miss: String, _ rule: Rule, _ request: AccessRequest) -> String? {
        guard let wanted = rule.token, case .verified(let token) = request.token else { return nil }
        switch miss {
        case "issuer":
            return "the token's issuer is \(token.issuer); the rule wants \(wanted.issuer)"
        case "audience":
            return "the token is for \(list(token.audiences)); the rule wants \(list(wanted.audiences))"
        default:
            let claims = wanted.claims.map { "\($0.name) = \(list($0.values))" }.joined(separator: " and ")
            return "the token lacks a claim; the rule wants \(claims)"
        }
    }

    private static func operationSentence(
        _ miss: String,
        _ operation: OperationMatch,
        _ asked: CanonicalRequest
    ) -> String? {
        switch (miss, operation) {
        case ("method", .http(let match)):
            "the method is \(asked.method); the rule wants \(list(match.methods))"
        case ("method", .grpc):
            "the method is \(asked.method); gRPC is POST"
        case ("path", .http(let match)):
            "the path is \(asked.path); the rule wants \(match.path?.description ?? "any")"
        case ("host", .http(let match)):
            "the host is \(asked.host); the rule wants \(list(match.hosts.map(\.description)))"
        case ("header", .http(let match)):
            "a header is missing or different; the rule wants \(list(match.headers.map(\.name)))"
        case ("service", .grpc(let match)):
            "the path is \(asked.path); the rule is for the gRPC service \(match.service)"
        case ("rpc", .grpc(let match)):
            "the path is \(asked.path); the rule wants \(list(match.methods)) of \(match.service)"
        case ("content-type", .grpc):
            "the content type is not application/grpc"
        default:
            nil
        }
    }

    private static func list(_ words: [String]) -> String {
        words.isEmpty ? "nothing" : words.joined(separator: " or ")
    }
}
