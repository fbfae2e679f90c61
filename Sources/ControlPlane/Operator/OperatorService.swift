import Authorization
import CertificateAuthority
import FoundationEssentials
import GRPCCore
import Glibc
import Identity
import KubernetesModel
import LocalPeers
import MeshAPI
import NetworkTypes
import SwiftProtobuf
import SystemPackage

/// Answers the commands of the one who runs the control plane.
struct OperatorService: WireOperator.SimpleServiceProtocol {
    /// Holds the identity that proxies expect of the control plane; nobody may register in it.
    static let systemNamespace = "nullius-system"

    let coordinator: MeshCoordinator
    let authority: AuthorityKeeper
    let sockets: AgentSockets
    let keys: IssuerKeyFollower
    let meshAddress: SocketEndpoint
    let controlPlaneID: SPIFFEID
    let records: FilePath

    // MARK: Workloads

    func register(request: WireRegisterRequest, context: ServerContext) async throws -> WireRegisterResponse {
        let registration: Registration
        do {
            let (identity, ports, process) = try check(request)
            registration = try await coordinator.register(
                identity,
                named: request.workloadName.isEmpty ? nil : request.workloadName,
                ports: ports,
                process: process
            )
        } catch {
            throw RPCError(code: .invalidArgument, message: error.description)
        }
        do {
            try await sockets.open(registration)
        } catch {
            await remove(registration.id)
            throw RPCError(
                code: .failedPrecondition,
                message: "the workload's socket cannot be opened: \(error)"
            )
        }
        return response(for: registration)
    }

    private func check(
        _ request: WireRegisterRequest
    ) throws(RegistrationRefusal) -> (WorkloadIdentity, [Port], ProcessIdentity) {
        guard DNSName.isLabel(request.namespace), request.namespace != Self.systemNamespace else {
            throw .badName(field: "namespace")
        }
        guard DNSName.isSubdomain(request.serviceAccount) else { throw .badName(field: "service account") }
        guard request.workloadName.isEmpty || DNSName.isSubdomain(request.workloadName) else {
            throw .badName(field: "workload name")
        }
        guard request.ports.count <= WireLimits.portsPerWorkload else {
            throw .tooManyPorts(request.ports.count)
        }
        var ports: Set<Port> = []
        for number in request.ports {
            guard let port = Port(number) else { throw .badPort(Int(number)) }
            ports.insert(port)
        }
        guard let process = ProcessIdentity(running: request.pid) else { throw .noSuchProcess(request.pid) }
        do {
            let identity = try WorkloadIdentity(
                trustDomain: authority.trustDomain,
                namespace: request.namespace,
                serviceAccount: request.serviceAccount
            )
            return (identity, ports.sorted(), process)
        } catch {
            throw .badIdentity(error)
        }
    }

    private func response(for registration: Registration) -> WireRegisterResponse {
        var response = WireRegisterResponse()
        response.workloadID = registration.id.text
        response.spiffeID = registration.identity.description
        response.trustDomain = authority.trustDomain.name
        response.agentSocket = sockets.socket(of: registration.id).string
        response.meshAddress = meshAddress.description
        response.controlPlaneID = controlPlaneID.description
        response.recordsPath =
            records.appending(
                "\(registration.namespace).\(registration.workload.meta.name).\(registration.id).jsonl"
            )
            .string
        response.workloadName = registration.isDeclared ? registration.workload.meta.name : ""
        response.ports = registration.ports.map { port in
            .with {
                $0.port = UInt32(port.number)
                $0.name = registration.workload.ports.first { $0.port == port }?.name ?? ""
            }
        }
        if !registration.isDeclared {
            response.warnings.append(
                """
                no manifest in namespace \(registration.namespace) runs as service account \
                \(registration.identity.serviceAccount): the workload has no labels, and no Service leads to it
                """
            )
        }
        for port in registration.ports where registration.workload.resolve(.number(port)).isEmpty {
            response.warnings.append(
                """
                port \(port) is not declared by \(registration.workload.kind) \(registration.workload.meta.name), \
                so everything on it is denied; add it to containers[].ports
                """
            )
        }
        return response
    }

    func deregister(request: WireDeregisterRequest, context: ServerContext) async throws
        -> WireDeregisterResponse
    {
        guard let id = try? WorkloadID(parsing: request.workloadID) else {
            throw RPCError(code: .invalidArgument, message: "that is no workload id")
        }
        await remove(id)
        return WireDeregisterResponse()
    }

    private func remove(_ id: WorkloadID) async {
        await coordinator.deregister(id)
        sockets.close(id)
    }

    // MARK: Status

    func status(request: WireStatusRequest, context: ServerContext) async throws -> WireStatusResponse {
        let manifests = await coordinator.currentManifests
        var response = WireStatusResponse()
        response.trustDomain = authority.trustDomain.name
        response.pid = getpid()
        response.meshAddress = meshAddress.description
        response.policyRevision = manifests.revision.number
        response.trustVersion = authority.trust.value.version
        response.workloads = await coordinator.statuses.map { WireWorkloadStatus($0) }
        response.problems = manifests.problems.map { WireProblem($0) } + keys.problems.map { WireProblem($0) }
        response.objects = [
            "AccessPolicy": UInt32(manifests.mesh.policies.count),
            "Namespace": UInt32(manifests.mesh.namespaces.count),
            "Service": UInt32(manifests.mesh.services.count),
            "ServiceAccount": UInt32(manifests.mesh.serviceAccounts.count),
        ]
        for workload in manifests.mesh.workloads { response.objects[workload.kind, default: 0] += 1 }
        return response
    }

    func policyStatus(
        request: WirePolicyStatusRequest,
        context: ServerContext
    ) async throws -> WirePolicyStatusResponse {
        let manifests = await coordinator.currentManifests
        var response = WirePolicyStatusResponse()
        response.revision = manifests.revision.number
        response.workloads = await coordinator.statuses.map { WireWorkloadStatus($0) }
        response.problems = manifests.problems.map { WireProblem($0) }
        return response
    }

    // MARK: Certificate authority

    func caStatus(request: WireCAStatusRequest, context: ServerContext) async throws -> WireCAStatusResponse {
        let status = await authority.status
        var response = WireCAStatusResponse()
        response.trustDomain = authority.trustDomain.name
        response.trustVersion = status.trustVersion
        response.slots = status.slots.map { WireCAStatusResponse.Slot($0) }
        response.waitingFor = status.waitingFor.map(\.name)
        return response
    }

    func caRotate(request: WireCARotateRequest, context: ServerContext) async throws -> WireCARotateResponse {
        do {
            let slot = try await authority.rotate()
            var response = WireCARotateResponse()
            response.preparedSlot = slot.description
            response.trustVersion = authority.trust.value.version
            return response
        } catch {
            throw RPCError(error)
        }
    }
}
