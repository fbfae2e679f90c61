import Authorization
import Identity
import KubernetesModel
import MeshAPI
import NetworkTypes

/// Finds the manifest that a registered process is an instance of.
struct WorkloadResolver {
    let mesh: MeshState

    /// The workload of that name, or the only one that runs as the service account.
    ///
    /// A service account must exist, as in Kubernetes; `default` exists in every namespace.
    ///
    /// - Returns: `nil` when no manifest runs as the service account: the process is then a workload without labels.
    func workload(
        of identity: WorkloadIdentity,
        named name: String?
    ) throws(RegistrationRefusal) -> Workload? {
        guard identity.serviceAccount == "default" || knows(identity) else {
            throw .noSuchServiceAccount(identity.serviceAccount, namespace: identity.namespace)
        }
        let candidates = mesh.workloads.filter {
            $0.meta.namespace == identity.namespace && $0.serviceAccount == identity.serviceAccount
        }
        let names = Set(candidates.map(\.meta.name)).sorted()
        if let name {
            guard let found = candidates.first(where: { $0.meta.name == name }) else {
                throw .noSuchWorkload(name, known: names)
            }
            return found
        }
        guard names.count <= 1 else { throw .ambiguous(names) }
        return candidates.first
    }

    private func knows(_ identity: WorkloadIdentity) -> Bool {
        let name = ObjectName(namespace: identity.namespace, name: identity.serviceAccount)
        return mesh.serviceAccounts.contains(name)
    }

    /// What a registration's manifest says now; `nil` when it is gone.
    func current(of registration: Registration) -> Workload? {
        mesh.workloads.first {
            $0.meta.objectName == registration.workload.meta.objectName
                && $0.serviceAccount == registration.identity.serviceAccount
                && (!registration.isDeclared || $0.kind == registration.workload.kind)
        }
    }

    /// A workload that no manifest speaks of: no labels, the ports it serves.
    static func undeclared(_ identity: WorkloadIdentity, ports: [Port]) -> Workload {
        Workload(
            kind: "Process",
            meta: ObjectMeta(
                name: identity.serviceAccount,
                namespace: identity.namespace,
                location: SourceLocation(file: "", line: 1, column: 1)
            ),
            labels: [:],
            serviceAccount: identity.serviceAccount,
            ports: ports.map { Workload.ContainerPort(name: nil, port: $0) }
        )
    }
}
