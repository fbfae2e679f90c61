import APIRegistry
import KubernetesModel
import Manifests
import RBAC

/// Roles and bindings, from manifests.
struct AccessManifests {
    let evaluator: AccessEvaluator
    let diagnostics: [Diagnostic]

    /// Reads them; an object that cannot be read in full is an error, for what it grants is not known.
    init(_ paths: [String]) throws(CommandTrouble) {
        let read = ManifestDirectory.documents(paths)
        var diagnostics = read.diagnostics
        var roles: [Role] = []
        var bindings: [RoleBinding] = []
        for document in read.documents.flatMap(Self.items) {
            guard let object = UnstructuredObject(document.json) else { continue }
            do throws(RBACObject.Malformed) {
                switch try RBACObject(object) {
                case .role(let role): roles.append(role)
                case .binding(let binding): bindings.append(binding)
                case nil: break
                }
            } catch {
                diagnostics.append(
                    .error("malformed", "\(object.kind) \(object.name): \(error)", at: document.location)
                )
            }
        }
        let mistakes = diagnostics.filter { $0.severity == .error }
        guard mistakes.isEmpty else {
            throw CommandTrouble(
                "what these manifests grant is not known:\n"
                    + mistakes.map(\.description).joined(separator: "\n")
            )
        }
        guard !roles.isEmpty || !bindings.isEmpty else {
            throw CommandTrouble("there is no role and no binding in \(paths.joined(separator: ", "))")
        }
        evaluator = AccessEvaluator(roles: roles, bindings: bindings)
        self.diagnostics = diagnostics
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
                "warning: \($0) refers to \($0.role), which is not among these manifests; what it grants is left out"
            }).joined(separator: "\n")
    }
}
