import Authorization
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import Glibc
import Identity
import KubernetesModel
import LocalPeers
import Logging
import MeshAPI
import NetworkTypes
import ServiceLifecycle
import Storage
import SystemPackage
import Telemetry

extension ControlPlane {
    /// Why the group of tasks ends.
    private enum End: Error {
        case shutdown
    }

    /// How long open streams may take to end.
    private static let patience = Duration.seconds(2)

    /// Runs the servers and followers until shutdown.
    func serve(_ parts: Parts, in directory: borrowing DataDirectory) async throws {
        let controlPlaneID = try WorkloadIdentity(
            trustDomain: configuration.trustDomain,
            namespace: OperatorService.systemNamespace,
            serviceAccount: "control-plane"
        ).spiffeID
        let identity = try await MeshIdentity(controlPlaneID, authority: parts.authority, logger: logger)
        let admin = try await bindAdmin()
        let listener = try MeshListener.bind(
            to: configuration.listenAddress,
            port: configuration.listenPort,
            last: directory.lastMeshAddress
        )
        let meshServer = GRPCServer(
            transport: HTTP2ServerTransport.Posix.mesh(on: listener, identity: identity),
            services: [MeshService(coordinator: parts.coordinator, logger: logger)]
        )
        let controlSocket = directory.controlSocket
        let operatorServer = GRPCServer(
            transport: HTTP2ServerTransport.Posix.unix(
                path: controlSocket,
                attestation: LocalAttestation(userID: geteuid()),
                metrics: metrics,
                logger: logger
            ),
            services: [
                OperatorService(
                    coordinator: parts.coordinator,
                    authority: parts.authority,
                    sockets: parts.sockets,
                    keys: parts.keys,
                    meshAddress: listener.address,
                    controlPlaneID: controlPlaneID,
                    records: directory.records.path
                )
            ]
        )
        try directory.describe(
            meshAddress: listener.address,
            admin: admin.address,
            trustDomain: configuration.trustDomain.name
        )
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { await parts.sockets.run() }
                group.addTask { await identity.run() }
                for change in Self.followers(parts) { group.addTask { await change() } }
                group.addTask {
                    let restored = await restore(parts)
                    async let mesh: Void = meshServer.serve()
                    async let operators: Void = operatorServer.serve()
                    _ = try await (meshServer.listeningAddress, operatorServer.listeningAddress)
                    _ = chmod(controlSocket.string, 0o600)
                    onStart(started(parts, at: listener.address, admin: admin.address, restored: restored))
                    _ = try await (mesh, operators)
                    throw End.shutdown
                }
                group.addTask {
                    try await gracefulShutdown()
                    await parts.coordinator.close()
                    parts.sockets.closeAll()
                    meshServer.beginGracefulShutdown()
                    operatorServer.beginGracefulShutdown()
                    try await Task.sleep(for: Self.patience)
                    throw End.shutdown
                }
                for try await _ in group {}
            }
        } catch is End {
        } catch is CancellationError {
        }
        parts.sockets.closeAll()
        unlink(controlSocket.string)
        await admin.listener.close()
        logger.info("control plane stopped")
    }

    private func bindAdmin() async throws -> (listener: AdminListener, address: SocketEndpoint) {
        do {
            let listener = try await AdminListener.bind(
                to: configuration.adminAddress,
                port: Int(configuration.adminPort),
                metrics: metrics.registry
            )
            guard let port = Port(listener.port) else { throw ControlPlaneError.cannotListen("no port") }
            return (listener, SocketEndpoint(address: configuration.adminAddress, port: port))
        } catch {
            throw ControlPlaneError.cannotListen(
                "admin, \(configuration.adminAddress) port \(configuration.adminPort): \(error)"
            )
        }
    }

    // MARK: Changes

    /// The tasks that carry each kind of change to the coordinator.
    private static func followers(_ parts: Parts) -> [@Sendable () async -> Void] {
        let coordinator = parts.coordinator
        return [
            {
                var follower = parts.follower
                await follower.run()
            },
            { await parts.keys.run() },
            { await follow(parts.follower.published) { await coordinator.manifestsChanged(to: $0) } },
            { await follow(parts.authority.trust) { _ in await coordinator.trustChanged() } },
            { await follow(parts.keys.published) { await coordinator.keysChanged(to: $0) } },
            {
                while (try? await Task.sleep(for: .milliseconds(500))) != nil {
                    for id in await coordinator.ended() {
                        await coordinator.deregister(id)
                        parts.sockets.close(id)
                    }
                    await coordinator.sweep(at: Date())
                    await parts.authority.tick(at: Date())
                }
            },
        ]
    }

    private static func follow<Value: Sendable>(
        _ watch: Watch<Value>,
        _ body: @Sendable (Value) async -> Void
    ) async {
        var number: UInt64 = 0
        while let change = await watch.next(after: number) {
            number = change.number
            await body(change.value)
        }
    }

    // MARK: Start

    /// Takes in the workloads that an earlier run served and that still live; forgets the others.
    private func restore(_ parts: Parts) async -> Int {
        var kept: Set<WorkloadID> = []
        // Those that are not taken in again may go on with what they have, until their certificates end.
        var running: [WorkloadID] = []
        for (id, file) in parts.sockets.stored() {
            if file.process.isRunning { running.append(id) }
            guard let registration = await parts.coordinator.restore(id, file) else { continue }
            do {
                try await parts.sockets.open(registration)
                kept.insert(id)
            } catch {
                logger.error(
                    "a workload's socket cannot be opened",
                    metadata: ["workload": "\(id)", "error": "\(error)"]
                )
                await parts.coordinator.deregister(id)
            }
        }
        await parts.authority.restored(running)
        parts.sockets.removeAll(except: kept)
        return kept.count
    }

    private func started(
        _ parts: Parts,
        at mesh: SocketEndpoint,
        admin: SocketEndpoint,
        restored: Int
    ) -> ControlPlaneStarted {
        let manifests = parts.follower.published.value
        let workloads = manifests.mesh.workloads.sorted { $0.meta.objectName < $1.meta.objectName }
        return ControlPlaneStarted(
            trustDomain: configuration.trustDomain,
            data: configuration.data,
            controlSocket: configuration.data.appending("control.sock"),
            mesh: mesh,
            admin: admin,
            revision: manifests.revision.number,
            workloads: workloads.compactMap { workload in
                guard let identity = try? workload.identity(in: configuration.trustDomain) else { return nil }
                return ControlPlaneStarted.WorkloadSummary(
                    name: workload.meta.objectName,
                    kind: workload.kind,
                    identity: identity.spiffeID,
                    ports: workload.declaredPorts
                )
            },
            policies: manifests.mesh.policies.sorted { $0.id < $1.id }.map { policy in
                ControlPlaneStarted.PolicySummary(
                    name: policy.meta.objectName,
                    rules: policy.rules.count,
                    isEnforced: policy.mode == .enforce,
                    selects: workloads.filter(policy.selects).map(\.meta.objectName)
                )
            },
            problems: manifests.problems.map(\.diagnostic),
            restored: restored
        )
    }
}
