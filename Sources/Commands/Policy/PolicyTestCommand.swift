import ArgumentParser
import Authorization
import Identity
import JSONText
import KubernetesModel
import Manifests

/// `nullius policy test CASES… -f DIR`: runs a user's cases on the engine that the proxies run.
struct PolicyTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run your own test cases on the very engine that decides.",
        discussion: """
            apiVersion: nullius.dev/v1alpha1
            kind: PolicyTest
            cases:
            - name: web reads an order
              from: shop/web               # or spiffe://…, an IP address, anyone
              to: shop/orders:8080
              request: GET /orders/7       # or GRPC /package.Service/Method, or TCP
              expect: allow                # or deny, refuse
              rule: shop/orders/web-reads  # optional, as are reason and wouldBe

            Further fields of a case: address, host, headers, jwt {issuer, subject, audiences, claims} or jwt {problem}.
            Exit status: 0 every case passed, 1 some failed, 2 cases or manifests could not be read.
            """
    )

    @Argument(help: "Files of cases.")
    var cases: [String]

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: "A manifest, or a directory of them; repeatable."
    )
    var files: [String] = []

    @Option(help: "The trust domain of the mesh.")
    var trustDomain: String = TrustDomain.default.name

    @Option(name: [.customShort("o"), .customLong("output")], help: "text or json.")
    var output: OutputFormat = .text

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Say which manifests to test: -f DIR") }
        guard (try? TrustDomain(parsing: trustDomain)) != nil else {
            throw ValidationError(
                "The trust domain holds lower-case letters, digits, dots, hyphens and underscores."
            )
        }
    }

    func run() throws {
        let documents = ManifestDirectory.documents(cases)
        try report(on: documents, ManifestDirectory.read(files)).finish()
    }

    /// The report on these cases by these manifests.
    func report(on documents: YAMLReader.Result, _ reading: ManifestReading) -> CommandOutput {
        var diagnostics = documents.diagnostics
        let cases = documents.documents.flatMap { PolicyCase.read($0, &diagnostics) }
        if cases.isEmpty, !diagnostics.hasErrors {
            diagnostics.append(.error("no-cases", "there is no case to run"))
        }
        guard !diagnostics.hasErrors, let domain = try? TrustDomain(parsing: trustDomain) else {
            return CommandOutput(
                text: "",
                notes: diagnostics.map(\.description).joined(separator: "\n"),
                status: .trouble
            )
        }
        let compiler = PolicyCompiler(reading.state(trustDomain: domain))
        let outcomes = cases.map { ($0, $0.run(on: compiler)) }
        let isBroken = outcomes.contains { if case .broken = $0.1 { true } else { false } }
        let isAllPassed = outcomes.allSatisfy { $0.1 == .passed }
        return CommandOutput(
            text: output == .json ? Self.json(outcomes).text() : Self.text(outcomes),
            notes: reading.diagnostics.map(\.description).joined(separator: "\n"),
            status: isBroken || reading.diagnostics.hasErrors ? .trouble : isAllPassed ? .yes : .no
        )
    }

    private static func text(_ outcomes: [(PolicyCase, PolicyCase.Outcome)]) -> String {
        var lines: [String] = []
        for (one, outcome) in outcomes {
            switch outcome {
            case .passed:
                continue
            case .failed(let reasons):
                lines.append("FAILED  \(one.name)  (\(one.location))")
                lines.append("  \(one.from) \(one.request) to \(one.to)")
                lines += reasons.map { "  \($0)" }
            case .broken(let reason):
                lines.append("BROKEN  \(one.name)  (\(one.location))")
                lines.append("  \(reason)")
            }
        }
        let passed = outcomes.count { $0.1 == .passed }
        return (lines + ["\(passed) of \(outcomes.count) cases passed"]).joined(separator: "\n")
    }

    private static func json(_ outcomes: [(PolicyCase, PolicyCase.Outcome)]) -> JSONValue {
        let cases = outcomes.map { one, outcome in
            var members: [(String, JSONValue)] = [
                ("name", .string(one.name)),
                ("file", .string(one.location.file)),
                ("line", .int(one.location.line)),
            ]
            switch outcome {
            case .passed:
                members.append(("outcome", "passed"))
            case .failed(let reasons):
                members += [("outcome", "failed"), ("because", .strings(reasons))]
            case .broken(let reason):
                members += [("outcome", "broken"), ("because", .strings([reason]))]
            }
            return JSONValue.object(JSONObject(members))
        }
        return [
            "passed": .int(outcomes.count { $0.1 == .passed }),
            "total": .int(outcomes.count),
            "cases": .array(cases),
        ]
    }
}
