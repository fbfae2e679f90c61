import KubernetesModel
import NetworkTypes

extension AccessPolicy {
    /// What is allowed to be written and is probably not meant.
    func lint() -> [Diagnostic] {
        var report: [Diagnostic] = []
        if !rules.isEmpty, rules.allSatisfy({ $0.action == .deny }) {
            report.append(
                .warning(
                    "only-denies",
                    "every rule of \(id) denies, so by itself it allows nothing on the ports it selects",
                    hint:
                        "what no rule allows is denied already; add an Allow rule here or in another policy",
                    at: meta.location
                )
            )
        }
        for rule in rules where rule.action == .deny {
            if rule.token != nil {
                report.append(
                    .warning(
                        "deny-by-token",
                        "rule \(rule.name) denies by a token's claims, which a caller escapes by sending no token",
                        hint: "write an Allow rule with the claims that are wanted instead",
                        at: rule.location
                    )
                )
            }
            for case .http(let match) in rule.to {
                if let path = match.path, path.kind == .exact, path.text != "/" {
                    report.append(
                        .warning(
                            "deny-exact-path",
                            "rule \(rule.name) denies \(path.text) and nothing below or beside it",
                            hint: "many servers take \(path.text)/ for the same; use prefix",
                            at: rule.location
                        )
                    )
                }
                if !match.headers.isEmpty {
                    report.append(
                        .warning(
                            "deny-by-header",
                            "rule \(rule.name) denies by a header, which a caller escapes by leaving it out",
                            hint: "write an Allow rule with the header that is wanted instead",
                            at: rule.location
                        )
                    )
                }
            }
        }
        for rule in rules where rule.action == .allow {
            for case .network(let range, _) in rule.from where range.prefixLength == 0 {
                report.append(
                    .warning(
                        "allow-every-address",
                        "rule \(rule.name) allows every address of a family: \(range)",
                        hint: "write anyone: true if that is meant",
                        at: rule.location
                    )
                )
            }
        }
        return report
    }
}
