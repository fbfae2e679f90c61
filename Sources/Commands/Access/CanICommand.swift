import APIRegistry
import ArgumentParser
import JSONText
import KubernetesModel
import RBAC

/// `nullius can-i VERB RESOURCE --as WHO`: whether RBAC lets one asker, and why.
struct CanICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "can-i",
        abstract: "Ask whether Kubernetes' RBAC lets somebody do something, and by which binding and rule.",
        discussion: """
            nullius can-i get secrets -n shop --service-account shop/web -f manifests
            nullius can-i delete nodes --as ann --as-group ops -f manifests
            nullius can-i get /metrics --as system:serviceaccount:monitoring:prometheus -f manifests

            Without -f the cluster of the kubeconfig is asked for its roles and bindings; without --as and \
            --service-account the question is about ourselves.

            A user has the group system:authenticated, a service account also those of its kind and namespace, as in a \
            cluster.

            Exit status: 0 yes, 1 no, 2 the question could not be answered.
            """
    )

    @OptionGroup
    var question: AccessQuestion

    @Option(
        help: ArgumentHelp(
            "The user who asks; system:serviceaccount:NAMESPACE:NAME is a service account.",
            valueName: "user"
        )
    )
    var `as`: String?

    @Option(
        name: .customLong("as-group"),
        help: ArgumentHelp("A group of the user; repeatable.", valueName: "group")
    )
    var groups: [String] = []

    @Option(help: ArgumentHelp("The service account that asks.", valueName: "namespace/name"))
    var serviceAccount: String?

    @OptionGroup
    var source: AccessSource

    @Option(name: [.customShort("o"), .customLong("output")], help: "text or json.")
    var output: OutputFormat = .text

    func validate() throws {
        guard `as` == nil || serviceAccount == nil else {
            throw ValidationError("One asks: --as USER or --service-account NAMESPACE/NAME")
        }
        guard `as` != nil || serviceAccount != nil || source.files.isEmpty else {
            throw ValidationError(
                "Manifests do not say who asks: --as USER or --service-account NAMESPACE/NAME"
            )
        }
        guard `as` != nil || groups.isEmpty else { throw ValidationError("--as-group goes with --as") }
    }

    func run() async throws {
        try await answer().finish()
    }

    func answer() async -> CommandOutput {
        do throws(CommandTrouble) {
            let user = try await asker()
            let objects = try await source.objects()
            let request = try question.request(in: .builtIn)
            let decision = objects.evaluator.decide(request, by: user)
            let text =
                switch output {
                case .text: Self.people(decision, user, request)
                case .json: Self.json(decision, user, request).text()
                }
            return CommandOutput(
                text: text,
                notes: objects.notes,
                status: decision.isGranted ? .yes : .no
            )
        } catch {
            return error.output
        }
    }

    private func asker() async throws(CommandTrouble) -> UserInfo {
        if let `as` { return Impersonation(name: `as`, groups: groups).result }
        guard let serviceAccount else { return try await source.ourselves() }
        let parts = serviceAccount.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ DNSName.isSubdomain($0) }) else {
            throw CommandTrouble(
                "\(Spelling.quoted(serviceAccount)) is no service account; write namespace/name"
            )
        }
        return .serviceAccount(namespace: String(parts[0]), name: String(parts[1]))
    }

    private static func people(
        _ decision: AccessDecision,
        _ user: UserInfo,
        _ request: RequestAttributes
    ) -> String {
        switch decision {
        case .granted(let grant):
            "yes: \(user.name) can \(request.phrase)\n  \(grant.reason)"
        case .superuser:
            "yes: \(user.name) can \(request.phrase)\n  as a member of \(AccessEvaluator.superusers)"
        case .ungranted:
            "no: no rule lets \(user.name) \(request.phrase)"
        case .unresolved(let bindings):
            "no: no rule lets \(user.name) \(request.phrase)\n"
                + bindings.map { "  \($0) refers to \($0.role), which does not exist" }.joined(
                    separator: "\n"
                )
        }
    }

    private static func json(
        _ decision: AccessDecision,
        _ user: UserInfo,
        _ request: RequestAttributes
    ) -> JSONValue {
        var members: JSONObject = [
            "allowed": .bool(decision.isGranted),
            "user": .string(user.name),
            "groups": .strings(user.groups),
            "question": .string(request.phrase),
        ]
        switch decision {
        case .granted(let grant): members["grant"] = grant.json
        case .superuser: members["reason"] = .string("member of \(AccessEvaluator.superusers)")
        case .ungranted: members["reason"] = "no rule grants it"
        case .unresolved(let bindings):
            members["reason"] = "no rule grants it"
            members["unresolved"] = .strings(bindings.map { "\($0) → \($0.role)" })
        }
        return .object(members)
    }
}
