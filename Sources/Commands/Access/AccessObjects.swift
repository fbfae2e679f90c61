import APIRegistry
import ArgumentParser
import KubernetesClient
import KubernetesModel
import Manifests
import RBAC

/// Where roles and bindings come from: manifests, or the cluster of a kubeconfig.
struct AccessSource: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: "A manifest, or a directory of them; repeatable. Without it the cluster is asked."
    )
    var files: [String] = []

    @Option(help: "The context of the kubeconfig; its current one if left out.")
    var context: String?

    func validate() throws {
        guard files.isEmpty || context == nil else {
            throw ValidationError("Ask manifests (-f) or a cluster (--context), not both")
        }
    }

    func objects() async throws(CommandTrouble) -> AccessObjects {
        guard files.isEmpty else { return try AccessObjects(manifests: files) }
        return try await withClient { client throws(CommandTrouble) in try await AccessObjects(of: client) }
    }

    /// Who the kubeconfig says we are.
    func ourselves() async throws(CommandTrouble) -> UserInfo {
        try await withClient { client throws(CommandTrouble) in
            do throws(ClientError) {
                let user = try await client.whoAmI()
                return UserInfo(name: user.name, uid: user.uid, groups: user.groups, extra: user.extra)
            } catch {
                throw CommandTrouble("\(error)")
            }
        }
    }

    private func withClient<Answer>(
        _ body: (APIClient) async throws(CommandTrouble) -> Answer
    ) async throws(CommandTrouble) -> Answer {
        let client: APIClient
        do throws(ClientError) {
            client = try APIClient(.standard(context: context))
        } catch {
            throw CommandTrouble("\(error)\nTo ask manifests instead, name them with -f")
        }
        do throws(CommandTrouble) {
            let answer = try await body(client)
            await client.shutdown()
            return answer
        } catch {
            await client.shutdown()
            throw error
        }
    }
}

/// Roles and bindings, read in full: what an object grants that was understood in part is not known.
struct AccessObjects {
    let evaluator: AccessEvaluator
    let diagnostics: [Diagnostic]

    init(manifests paths: [String]) throws(CommandTrouble) {
        let read = ManifestDirectory.documents(paths)
        var diagnostics = read.diagnostics
        var collected = Collected()
        for document in read.documents.flatMap(Self.items) {
            guard let object = UnstructuredObject(document.json) else { continue }
            if let problem = collected.add(object) {
                diagnostics.append(.error("malformed", problem, at: document.location))
            }
        }
        let mistakes = diagnostics.filter { $0.severity == .error }
        guard mistakes.isEmpty else {
            throw CommandTrouble(
                "what these manifests grant is not known:\n"
                    + mistakes.map(\.description).joined(separator: "\n")
            )
        }
        guard !collected.isEmpty else {
            throw CommandTrouble("there is no role and no binding in \(paths.joined(separator: ", "))")
        }
        collected.addRolesOfEveryCluster()
        evaluator = collected.evaluator
        self.diagnostics = diagnostics
    }

    init(of client: APIClient) async throws(CommandTrouble) {
        var collected = Collected()
        for type in [ResourceType.clusterRoles, .clusterRoleBindings, .roles, .roleBindings] {
            do throws(ClientError) {
                for object in try await client.listAll(type).items {
                    if let problem = collected.add(object) {
                        throw .malformed(problem)
                    }
                }
            } catch {
                throw CommandTrouble("\(error)")
            }
        }
        evaluator = collected.evaluator
        diagnostics = []
    }

    private static func items(_ document: ManifestValue) -> [ManifestValue] {
        guard document["kind"]?.string?.hasSuffix("List") == true,
            case .sequence(let items)? = document["items"]?.content
        else { return [document] }
        return items
    }

    /// What to say of bindings that lead nowhere.
    var notes: String {
        (diagnostics.map(\.description)
            + evaluator.dangling.map {
                "warning: \($0) refers to \($0.role), which is not there; what it would grant is left out"
            }).joined(separator: "\n")
    }
}

private struct Collected {
    var roles: [Role] = []
    var bindings: [RoleBinding] = []

    var isEmpty: Bool { roles.isEmpty && bindings.isEmpty }
    var evaluator: AccessEvaluator { AccessEvaluator(roles: roles, bindings: bindings) }

    /// Takes an object of RBAC and leaves every other; what is wrong with one that cannot be read.
    mutating func add(_ object: UnstructuredObject) -> String? {
        do throws(RBACObject.Malformed) {
            switch try RBACObject(object) {
            case .role(let role): roles.append(role)
            case .binding(let binding): bindings.append(binding)
            case nil: break
            }
            return nil
        } catch {
            return "\(object.kind) \(object.name): \(error)"
        }
    }

    /// Manifests bind `view` and `cluster-admin` without defining them.
    mutating func addRolesOfEveryCluster() {
        let defined = Set(roles.filter(\.isClusterRole).map(\.name))
        for content in BootstrapRoles.clusterRoles {
            var object = UnstructuredObject(content)
            guard !defined.contains(object.name) else { continue }
            object.apiVersion = RBACObject.groupVersion.apiVersion
            object.kind = "ClusterRole"
            _ = add(object)
        }
    }
}
