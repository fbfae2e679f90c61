/// One thing that must be right for the server to be of use.
struct HealthCheck: Sendable {
    /// Stands in the path: `/readyz/store`.
    var name: String
    /// What is wrong; `nil` for nothing.
    var problem: @Sendable () async -> String?
}

/// Answers `/livez`, `/readyz` and `/healthz`, as kube-apiserver's own text.
struct HealthChecks: Sendable {
    /// Why a process should be started anew.
    var live: [HealthCheck]
    /// Why no requests should be sent.
    var ready: [HealthCheck]

    /// `nil` for a path of others.
    func respond(to path: String, query: [(name: String, value: String)]) async -> APIResponse? {
        let parts = path.split(separator: "/")
        guard let endpoint = parts.first, parts.count <= 2 else { return nil }
        let all: [HealthCheck]
        switch endpoint {
        case "livez", "healthz": all = [Self.ping] + live
        case "readyz": all = [Self.ping] + ready
        default: return nil
        }
        guard parts.count == 1 else {
            guard let check = all.first(where: { $0.name == parts[1] }) else { return nil }
            let problem = await check.problem()
            return Self.text(
                problem == nil ? 200 : 500,
                problem.map { "\(check.name) failed: \($0)\n" } ?? "ok"
            )
        }
        let excluded = Set(query.filter { $0.name == "exclude" }.map(\.value))
        var lines: [String] = []
        var hasFailed = false
        for check in all {
            guard !excluded.contains(check.name) else {
                lines.append("[+]\(check.name) excluded: ok")
                continue
            }
            if await check.problem() != nil {
                hasFailed = true
                // What is wrong is for those who may read the log.
                lines.append("[-]\(check.name) failed: reason withheld")
            } else {
                lines.append("[+]\(check.name) ok")
            }
        }
        if hasFailed {
            lines.append("\(endpoint) check failed")
            return Self.text(500, lines.joined(separator: "\n") + "\n")
        }
        guard query.contains(where: { $0.name == "verbose" }) else { return Self.text(200, "ok") }
        lines.append("\(endpoint) check passed")
        return Self.text(200, lines.joined(separator: "\n") + "\n")
    }

    private static let ping = HealthCheck(name: "ping") { nil }

    private static func text(_ code: Int, _ text: String) -> APIResponse {
        var response = APIResponse(
            code: code,
            contentType: "text/plain; charset=utf-8",
            body: .bytes(Array(text.utf8))
        )
        response.headers.append(("X-Content-Type-Options", "nosniff"))
        return response
    }
}
