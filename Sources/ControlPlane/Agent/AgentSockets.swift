import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import Glibc
import Identity
import LocalPeers
import Logging
import MeshAPI
import Storage
import Synchronization
import SystemPackage
import Telemetry

/// The Unix sockets of the workloads: one server each, so that a socket is proof of who calls.
///
///     workloads/<id>/agent.sock          0600 in a directory of 0700
///     workloads/<id>/registration.json   0600, see ``RegistrationFile``
final class AgentSockets: Sendable {
    static let socketName = "agent.sock"
    /// `sun_path` has 108 bytes, the last of them 0 (unix(7)).
    static let longestSocketPath = 107

    private struct Opening: Sendable {
        var registration: Registration
        var opened: @Sendable (Result<Void, any Error>) -> Void
    }

    private let directory: PrivateDirectory
    private let authority: AuthorityKeeper
    private let metrics: ControlPlaneMetrics
    private let logger: Logger
    private let openings: AsyncStream<Opening>
    private let submit: AsyncStream<Opening>.Continuation
    private let ends = Mutex<[WorkloadID: Watch<Bool>]>([:])

    init(
        directory: PrivateDirectory,
        authority: AuthorityKeeper,
        metrics: ControlPlaneMetrics,
        logger: Logger
    ) {
        self.directory = directory
        self.authority = authority
        self.metrics = metrics
        self.logger = logger
        // As many as may be registered; more is the operator's own doing, and dropped.
        (openings, submit) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(MeshCoordinator.mostWorkloads)
        )
    }

    func socket(of id: WorkloadID) -> FilePath {
        directory.path.appending(id.text).appending(Self.socketName)
    }

    // MARK: Files

    /// What an earlier run wrote down, by workload.
    func stored() -> [(WorkloadID, RegistrationFile)] {
        let names = (try? directory.names()) ?? []
        return names.compactMap { name in
            guard
                let id = try? WorkloadID(parsing: name),
                let own = try? PrivateDirectory(at: directory.path.appending(name)),
                let bytes = try? own.read(RegistrationFile.name),
                let file = RegistrationFile(parsing: bytes)
            else { return nil }
            return (id, file)
        }
    }

    func write(_ registration: Registration) {
        do {
            let own = try PrivateDirectory(at: directory.path.appending(registration.id.text))
            try own.write(RegistrationFile.name, RegistrationFile(registration).bytes)
        } catch {
            logger.error(
                "a registration cannot be written down",
                metadata: ["workload": "\(registration.id)", "error": "\(error)"]
            )
        }
    }

    /// Removes the directories of workloads that do not run.
    func removeAll(except kept: Set<WorkloadID>) {
        for name in (try? directory.names()) ?? [] {
            guard let id = try? WorkloadID(parsing: name), !kept.contains(id) else { continue }
            remove(id)
        }
    }

    private func remove(_ id: WorkloadID) {
        let path = directory.path.appending(id.text)
        unlink(path.appending(Self.socketName).string)
        unlink(path.appending(RegistrationFile.name).string)
        rmdir(path.string)
    }

    // MARK: Servers

    /// Serves a workload's socket; returns when it can be connected.
    func open(_ registration: Registration) async throws {
        let path = socket(of: registration.id)
        guard path.string.utf8.count <= Self.longestSocketPath else {
            throw ControlPlaneError.socketPathTooLong(path)
        }
        _ = try PrivateDirectory(at: path.removingLastComponent())
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let answered = Mutex(false)
            let opening = Opening(registration: registration) { result in
                guard
                    !answered.withLock({ wasAnswered in
                        defer { wasAnswered = true }
                        return wasAnswered
                    })
                else { return }
                continuation.resume(with: result)
            }
            if case .enqueued = submit.yield(opening) { return }
            opening.opened(.failure(ControlPlaneError.shuttingDown))
        }
    }

    /// Ends a workload's streams and server, and removes its files.
    func close(_ id: WorkloadID) {
        ends.withLock { $0.removeValue(forKey: id) }?.finish()
        remove(id)
    }

    /// Ends all servers, and takes the sockets away; registrations stay for the next run.
    func closeAll() {
        submit.finish()
        let all = ends.withLock { ends in
            defer { ends = [:] }
            return ends
        }
        for (id, end) in all {
            end.finish()
            unlink(socket(of: id).string)
        }
    }

    /// Runs the servers until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await opening in openings {
                group.addTask { await self.serve(opening) }
            }
            group.cancelAll()
        }
    }

    private func serve(_ opening: Opening) async {
        let registration = opening.registration
        let end = Watch(false)
        ends.withLock { $0[registration.id] = end }
        let path = socket(of: registration.id)
        let server = server(for: registration, end: end)
        await withTaskGroup { group in
            group.addTask {
                do {
                    try await server.serve()
                    opening.opened(.failure(ControlPlaneError.shuttingDown))
                } catch {
                    opening.opened(.failure(error))
                }
            }
            group.addTask {
                do {
                    _ = try await server.listeningAddress
                    _ = chmod(path.string, 0o600)
                    opening.opened(.success(()))
                } catch {
                    opening.opened(.failure(error))
                    return
                }
                _ = await end.next(after: .max)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func server(
        for registration: Registration,
        end: Watch<Bool>
    ) -> GRPCServer<HTTP2ServerTransport.Posix> {
        let identity = registration.identity.spiffeID
        let workloadAPI = WorkloadAPIService(identity: identity, authority: authority, end: end)
        return GRPCServer(
            transport: HTTP2ServerTransport.Posix.unix(
                path: socket(of: registration.id),
                attestation: LocalAttestation(userID: geteuid(), process: registration.process),
                metrics: metrics,
                logger: logger
            ),
            services: [AgentService(identity: identity, authority: authority), workloadAPI],
            interceptorPipeline: [
                .apply(
                    WorkloadMetadataCheck(),
                    to: .services([SPIFFESpiffeWorkloadAPI.descriptor])
                )
            ]
        )
    }
}
