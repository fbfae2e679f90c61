import APIRegistry
import ArgumentParser
import JSONText
import RBAC

/// `nullius who-can VERB RESOURCE`: everybody whom RBAC lets.
struct WhoCanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who-can",
        abstract: "List everybody whom Kubernetes' RBAC lets do something, and by which binding and rule.",
        discussion: """
            nullius who-can get secrets -n shop -f manifests
            nullius who-can delete deploy/web -n shop -f manifests
            nullius who-can create pods --subresource exec -A -f manifests
            nullius who-can get /metrics --context production

            Without -f the cluster of the kubeconfig is asked for its roles and bindings. In manifests, roles that every \
            cluster has (cluster-admin, admin, edit, view) are known without being defined.

            Members of the group system:masters may do everything in every cluster; no object lists them.

            Exit status: 0 somebody can, 1 nobody can, 2 the question could not be answered.
            """
    )

    @OptionGroup
    var question: AccessQuestion

    @OptionGroup
    var source: AccessSource

    @Option(name: [.customShort("o"), .customLong("output")], help: "text or json.")
    var output: OutputFormat = .text

    func run() async throws {
        try await answer().finish()
    }

    func answer() async -> CommandOutput {
        do throws(CommandTrouble) {
            let objects = try await source.objects()
            let request = try question.request(in: .builtIn)
            return answer(to: request, by: objects.evaluator, notes: objects.notes)
        } catch {
            return error.output
        }
    }

    private func answer(
        to request: RequestAttributes,
        by evaluator: AccessEvaluator,
        notes: String
    ) -> CommandOutput {
        let grants = evaluator.whoCan(request)
        var somewhere: [Grant] = []
        if case .resource(let wanted) = request, wanted.namespace.isEmpty, question.allNamespaces {
            somewhere = evaluator.whoCanSomewhere(wanted)
        }
        let text =
            switch output {
            case .text: people(request, grants, somewhere)
            case .json:
                JSONValue.object([
                    "question": .string(request.phrase),
                    "grants": .array(grants.map(\.json)),
                    "grantsInOneNamespace": .array(somewhere.map(\.json)),
                ]).text()
            }
        return CommandOutput(
            text: text,
            notes: notes,
            status: grants.isEmpty && somewhere.isEmpty ? .no : .yes
        )
    }

    private func people(_ request: RequestAttributes, _ grants: [Grant], _ somewhere: [Grant]) -> String {
        guard !grants.isEmpty || !somewhere.isEmpty else { return "Nobody can \(request.phrase)." }
        var lines: [String] = []
        if !grants.isEmpty { lines += ["Can \(request.phrase):"] + Self.rows(grants) }
        if !somewhere.isEmpty {
            lines += ["Can \(request.phrase) in one namespace:"]
            lines += Self.rows(somewhere)
        }
        return lines.joined(separator: "\n")
    }

    private static func rows(_ grants: [Grant]) -> [String] {
        let width = grants.map { "\($0.subject)".count }.max() ?? 0
        return grants.map { grant in
            let subject = "\(grant.subject)"
            return "  \(subject)\(String(repeating: " ", count: width - subject.count))  \(grant.reason)"
        }
    }
}
