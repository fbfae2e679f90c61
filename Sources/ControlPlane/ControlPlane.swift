import AsyncHTTPClient
import AuthorityStorage
import CertificateAuthority
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import Glibc
import Identity
import LocalPeers
public import Logging
import MeshAPI
import NetworkTypes
public import ServiceLifecycle
import Storage
import SystemPackage
public import Telemetry

/// The control plane of one machine: authority, manifests, registrations, and the servers that hand them out.
///
/// Ends on graceful shutdown or cancellation; then the sockets are gone, and workloads that still run find their way
/// back to the next one.
public struct ControlPlane: Service {
    let configuration: ControlPlaneConfiguration
    let metrics: ControlPlaneMetrics
    let logger: Logger
    let onStart: @Sendable (ControlPlaneStarted) -> Void

    /// Makes a control plane; `onStart` is called once, when everything is served.
    public init(
        _ configuration: ControlPlaneConfiguration,
        metrics: ControlPlaneMetrics = ControlPlaneMetrics(),
        logger: Logger,
        onStart: @Sendable @escaping (ControlPlaneStarted) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
        self.onStart = onStart
    }

    public func run() async throws {
        if let manifests = configuration.manifests, manifests.withCString({ access($0, R_OK) }) != 0 {
            throw ControlPlaneError.notADirectory(manifests)
        }
        let directory = try DataDirectory.open(at: configuration.data)
        let follower = ManifestFollower(
            path: configuration.manifests,
            trustDomain: configuration.trustDomain,
            counter: try RevisionCounter(in: directory.root, logger: logger),
            metrics: metrics,
            logger: logger
        )
        let authority = try makeAuthority(in: directory)
        let sockets = AgentSockets(
            directory: directory.workloads,
            authority: authority,
            metrics: metrics,
            logger: logger
        )
        let coordinator = MeshCoordinator(
            manifests: follower.published.value,
            authority: authority,
            metrics: metrics,
            logger: logger,
            save: { sockets.write($0) }
        )
        let client = KeyFetcher.makeClient()
        let keys = IssuerKeyFollower(
            sources: configuration.issuers,
            fetcher: KeyFetcher(
                allowedHosts: Set(configuration.allowedKeyHosts.map { $0.lowercased() }),
                allowsLoopbackHTTP: configuration.allowsLoopbackHTTP,
                client: client
            ),
            metrics: metrics,
            logger: logger
        )
        await coordinator.keysChanged(to: keys.published.value)
        let parts = Parts(
            follower: follower,
            authority: authority,
            sockets: sockets,
            coordinator: coordinator,
            keys: keys
        )
        do {
            try await serve(parts, in: directory)
        } catch {
            try? await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    /// What was built and not started yet.
    struct Parts: Sendable {
        var follower: ManifestFollower
        var authority: AuthorityKeeper
        var sockets: AgentSockets
        var coordinator: MeshCoordinator
        var keys: IssuerKeyFollower
    }

    private func makeAuthority(in directory: borrowing DataDirectory) throws -> AuthorityKeeper {
        var source = AuthorityKeeper.Source(lifetime: configuration.authorityLifetime, broughtAlong: nil)
        if let brought = configuration.broughtAuthority {
            let trustDomain = configuration.trustDomain
            source.broughtAlong = { now in
                try SigningAuthority(
                    trustDomain: trustDomain,
                    pemChain: Self.text(of: brought.chain),
                    pemKey: String(decoding: SecretFile.read(brought.key), as: UTF8.self),
                    at: now
                )
            }
        }
        return try AuthorityKeeper(
            store: AuthorityStore(directory.authority),
            trustDomain: configuration.trustDomain,
            source: source,
            leafLifetime: configuration.leafLifetime,
            metrics: metrics,
            logger: logger
        )
    }

    private static func text(of path: FilePath) throws -> String {
        guard
            let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec),
            let bytes = try? file.closeAfter({
                var buffer = [UInt8](repeating: 0, count: 1 << 20)
                let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                return Array(buffer.prefix(count))
            })
        else { throw ControlPlaneError.cannotRead(path) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
