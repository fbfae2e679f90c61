import Authorization
import Identity
import KubernetesModel

/// One case of a user's policy test: a question and the answer that is expected.
struct PolicyCase: Sendable {
    var name: String
    var location: SourceLocation
    var from: String
    var address: String?
    var to: String
    /// `GET /orders/7`, `GRPC /shop.v1.Payments/Charge` or `TCP`.
    var request: String
    var host: String?
    var headers: [String: String]
    var token: TokenEvidence
    var verdict: DecisionRecord.Verdict
    var rule: String?
    var reason: String?
    var wouldBe: DecisionRecord.Verdict?
}

extension PolicyCase {
    static let kind = "PolicyTest"

    /// Reads the cases of a document; mistakes leave diagnostics.
    static func read(_ document: ManifestValue, _ report: inout [Diagnostic]) -> [PolicyCase] {
        guard var root = FieldReader(document, "", &report) else { return [] }
        let version = root.requiredString("apiVersion", &report)
        if let version, version != AccessPolicy.apiVersion {
            report.append(
                .error(
                    "unknown-version",
                    "apiVersion is \(Spelling.quoted(version))",
                    hint: "this version of Nullius reads \(AccessPolicy.apiVersion)",
                    at: root.place(of: "apiVersion")
                )
            )
        }
        if let found = root.requiredString("kind", &report), found != kind {
            report.append(.error("unknown-kind", "kind is not \(kind)", at: root.place(of: "kind")))
        }
        _ = root.value("metadata")
        if root.value("cases") == nil { root.missing("cases", &report) }
        var cases: [PolicyCase] = []
        for (index, entry) in (root.list("cases", &report) ?? []).enumerated() {
            if let one = PolicyCase(entry, "cases[\(index)]", &report) { cases.append(one) }
        }
        root.finish(&report)
        return cases
    }

    private init?(_ value: ManifestValue, _ path: String, _ report: inout [Diagnostic]) {
        guard var fields = FieldReader(value, path, &report) else { return nil }
        let before = report.count
        let name = fields.requiredString("name", &report)
        let from = fields.requiredString("from", &report)
        address = fields.string("address", &report)
        let to = fields.requiredString("to", &report)
        let request = fields.requiredString("request", &report)
        host = fields.string("host", &report)
        headers = fields.dictionary("headers", &report)
        token = Self.token(&fields, &report)
        let expected = fields.requiredString("expect", &report)
        let verdict = expected.flatMap { Self.verdict($0, "expect", fields, &report) }
        rule = fields.string("rule", &report)
        reason = fields.string("reason", &report)
        let wouldBe = fields.string("wouldBe", &report)
        self.wouldBe = wouldBe.flatMap { Self.verdict($0, "wouldBe", fields, &report) }
        fields.finish(&report)
        guard report.count == before, let name, let from, let to, let request, let verdict else { return nil }
        self.name = name
        self.from = from
        self.to = to
        self.request = request
        self.verdict = verdict
        location = value.location
    }

    private static func verdict(
        _ text: String,
        _ name: String,
        _ fields: FieldReader,
        _ report: inout [Diagnostic]
    ) -> DecisionRecord.Verdict? {
        if let verdict = DecisionRecord.Verdict(rawValue: text) { return verdict }
        let words = DecisionRecord.Verdict.allCases.map(\.rawValue)
        report.append(
            .error(
                "unknown-value",
                "\(fields.path(of: name)) is \(Spelling.quoted(text))",
                hint: Spelling.nearest(to: text, among: words).map { "did you mean \($0)?" }
                    ?? "one of \(words.joined(separator: ", "))",
                at: fields.place(of: name)
            )
        )
        return nil
    }

    private static func token(_ fields: inout FieldReader, _ report: inout [Diagnostic]) -> TokenEvidence {
        guard fields.value("jwt") != nil, var jwt = fields.fields("jwt", &report) else { return .absent }
        let problem = jwt.string("problem", &report)
        let issuer = jwt.string("issuer", &report)
        let subject = jwt.string("subject", &report)
        let audiences = jwt.strings("audiences", &report)?.map(\.0) ?? []
        var values: [String: [String]] = [:]
        if jwt.value("claims") != nil, var claims = jwt.fields("claims", &report) {
            for name in claims.names { values[name] = claims.strings(name, &report)?.map(\.0) }
        }
        jwt.finish(&report)
        if let problem {
            if let known = TokenProblem(rawValue: problem) { return .unverifiable(known) }
            report.append(
                .error(
                    "unknown-value",
                    "\(jwt.path(of: "problem")) is \(Spelling.quoted(problem))",
                    hint: "one of \(TokenProblem.allCases.map(\.rawValue).joined(separator: ", "))",
                    at: jwt.place(of: "problem")
                )
            )
            return .absent
        }
        guard let issuer else {
            jwt.missing("issuer", &report)
            return .absent
        }
        return .verified(TokenClaims(issuer: issuer, subject: subject, audiences: audiences, values: values))
    }
}
