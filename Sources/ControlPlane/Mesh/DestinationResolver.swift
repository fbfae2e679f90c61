import Authorization
import Identity
import KubernetesModel
import MeshAPI
import NetworkTypes

/// Says where a Service's port can be reached, and who must answer there.
struct DestinationResolver {
    let mesh: MeshState
    let registrations: [Registration]

    func state(of name: ServiceAddress) -> DestinationUpdate.State {
        let service = mesh.services.first {
            $0.meta.name == name.service && $0.meta.namespace == name.namespace
        }
        guard let service else { return .unreachable(.noSuchService) }
        guard let port = service.ports.first(where: { $0.port == name.port }) else {
            return .unreachable(.noSuchPort)
        }
        var endpoints: [DestinationUpdate.Endpoint] = []
        var protocols: Set<ServedProtocol> = []
        for registration in registrations.sorted(by: { $0.id < $1.id })
        where service.selects(registration.workload) {
            for target in Self.targets(of: port.target, at: registration) {
                guard let address = registration.listeners[target] else { continue }
                protocols.insert(served(at: target, of: registration.workload))
                endpoints.append(
                    DestinationUpdate.Endpoint(
                        address: address,
                        identity: registration.identity.spiffeID,
                        workload: registration.id
                    )
                )
            }
        }
        guard !endpoints.isEmpty else { return .unreachable(.noEndpoints) }
        // Endpoints that disagree must be looked into one by one.
        let serves = protocols.count == 1 ? protocols.first ?? .detected : .detected
        return .reachable(Array(endpoints.prefix(WireLimits.endpoints)), serves: serves)
    }

    private func served(at port: Port, of workload: Workload) -> ServedProtocol {
        PolicyCompiler(mesh).policy(for: port, of: workload, revision: PolicyRevision(0)).serves
    }

    /// A number is taken as it is, also if no container declares it; a name as the containers give it.
    private static func targets(of reference: PortReference, at registration: Registration) -> [Port] {
        switch reference {
        case .number(let port): [port]
        case .name: registration.workload.resolve(reference)
        }
    }
}
