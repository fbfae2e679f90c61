import ArgumentParser
import Authorization
import KubernetesModel

/// The person behind a question: the claims of a token that is taken for verified.
struct TokenOptions: ParsableArguments {
    @Option(name: .customLong("jwt-issuer"), help: "The issuer of the caller's token.")
    var issuer: String?

    @Option(name: .customLong("jwt-subject"), help: "The subject of the token.")
    var subject: String?

    @Option(name: .customLong("jwt-audience"), help: "An audience of the token; repeatable.")
    var audiences: [String] = []

    @Option(name: .customLong("jwt-claim"), help: "A claim of the token, name=value; repeatable.")
    var claims: [String] = []

    @Option(
        name: .customLong("jwt-problem"),
        help: "Ask with a token that cannot be trusted, such as expired."
    )
    var problem: String?

    func evidence() throws(CommandTrouble) -> TokenEvidence {
        if let problem {
            guard let known = TokenProblem(rawValue: problem) else {
                let words = TokenProblem.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandTrouble("\(Spelling.quoted(problem)) is no problem of a token; one of \(words)")
            }
            return .unverifiable(known)
        }
        guard let issuer else {
            guard subject == nil, audiences.isEmpty, claims.isEmpty else {
                throw CommandTrouble("a token has an issuer; add --jwt-issuer")
            }
            return .absent
        }
        var values: [String: [String]] = [:]
        for claim in claims {
            guard let equals = claim.firstIndex(of: "="), equals > claim.startIndex else {
                throw CommandTrouble("\(Spelling.quoted(claim)) is no claim; write name=value")
            }
            values[String(claim[..<equals]), default: []].append(String(claim[claim.index(after: equals)...]))
        }
        return .verified(TokenClaims(issuer: issuer, subject: subject, audiences: audiences, values: values))
    }
}
