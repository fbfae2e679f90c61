import Authorization
import KubernetesModel
import MeshAPI
import NetworkTypes

/// The policies of one registered workload, and the last revision that changed them.
///
/// A revision that leaves them as they are is not sent: the proxy holds what it would say.
struct CompiledWorkload: Equatable {
    /// Their own revision is ``revision``.
    private(set) var ports: [PortPolicy]
    private(set) var revision: PolicyRevision

    init(_ registration: Registration, in mesh: MeshState, revision: PolicyRevision) {
        self.revision = revision
        ports = Self.compile(registration, in: mesh, revision: revision)
    }

    /// Compiles anew; takes the result, and the revision, only if it judges differently.
    mutating func update(_ registration: Registration, in mesh: MeshState, revision: PolicyRevision) -> Bool {
        let compiled = Self.compile(registration, in: mesh, revision: self.revision)
        guard compiled != ports else { return false }
        ports = compiled.map { port in
            var port = port
            port.revision = revision
            return port
        }
        self.revision = revision
        return true
    }

    /// The issuers that some rule asks for, sorted.
    var issuers: [String] {
        var issuers: Set<String> = []
        for port in ports {
            guard case .selected(let policies) = port.coverage else { continue }
            for rule in policies.flatMap(\.rules) {
                if let token = rule.token { issuers.insert(token.issuer) }
            }
        }
        return issuers.sorted()
    }

    func update(for workload: WorkloadID) -> ControlUpdate {
        ControlUpdate(
            version: revision.number,
            resource: .policies(WorkloadPolicies(workload: workload, revision: revision, ports: ports))
        )
    }

    private static func compile(
        _ registration: Registration,
        in mesh: MeshState,
        revision: PolicyRevision
    ) -> [PortPolicy] {
        let compiler = PolicyCompiler(mesh)
        return registration.ports.map { port in
            compiler.policy(for: port, of: registration.workload, revision: revision)
        }
    }
}
