import CLinux
import CertificateAuthority
import FoundationEssentials
import Logging
import MeshAPI
import NIOPosix
import NetworkTypes
import Proxy
import ServiceLifecycle
import SystemPackage
import Telemetry
import UnixSignals

/// Builds the graph of one sidecar and runs it to its end.
struct Sidecar: Sendable {
    let configuration: SidecarConfiguration
    let logger: Logger

    func run() async throws {
        // The key of the certificate is in this process's memory.
        _ = nullius_refuse_inspection()

        let loops = MultiThreadedEventLoopGroup.singleton
        let metrics = ProxyMetrics()
        let records = try RecordLog(
            RecordLog.Configuration(path: configuration.records.string),
            metrics: metrics.records
        )
        let policies = PolicyInForce()
        let destinations = DestinationsInForce()
        let tokens = IssuerKeysInForce()
        let store = CredentialStore(inForce: CredentialsInForce())
        let workload = try WorkloadID(parsing: configuration.workloadID)

        let applier = UpdateApplier(
            workload: workload,
            policies: policies,
            destinations: destinations,
            credentials: store,
            tokens: tokens,
            metrics: metrics,
            logger: logger
        )
        let link = ControlLink(
            address: configuration.control,
            controlPlane: configuration.controlPlaneID,
            credentials: store.inForce,
            applier: applier,
            group: loops,
            logger: logger
        )
        let server = try await ProxyServer(
            group: loops,
            sources: ProxySources(
                policies: policies,
                credentials: store.inForce,
                destinations: destinations,
                tokens: tokens
            ),
            observer: TelemetryObserver(
                namespace: configuration.namespace,
                workload: configuration.workloadName,
                identity: configuration.identity,
                records: records,
                metrics: metrics,
                logger: logger
            )
        )
        let keeper = CredentialKeeper(
            identity: configuration.identity,
            agent: AgentClient(socket: configuration.agentSocket),
            store: store,
            metrics: metrics,
            logger: logger
        )
        let readiness = Readiness()
        let report = ConfigurationReport(
            configuration: configuration,
            policies: policies,
            destinations: destinations,
            credentials: store.inForce
        )
        let admin = try await AdminServer.start(
            group: loops,
            on: configuration.adminPort.map {
                .endpoint(SocketEndpoint(address: configuration.adminAddress, port: $0))
            } ?? .anyPort(of: configuration.adminAddress),
            telling: AdminState(
                isReady: { readiness.isReady },
                metrics: metrics.registry,
                configuration: { report.json() }
            )
        )
        let dataPlane = DataPlane(
            configuration: configuration,
            server: server,
            admin: admin.endpoint,
            readiness: readiness,
            policies: policies,
            credentials: store.inForce,
            link: link,
            logger: logger
        )
        // Shut down from last to first: the data plane drains while certificates and policies still come.
        var services = [keeper, link, dataPlane].map { (service: any ServiceLifecycle.Service) in
            ServiceGroupConfiguration.ServiceConfiguration(service: service)
        }
        if let parent = configuration.parent {
            services.append(
                .init(
                    service: ParentWatch(parent: parent),
                    successTerminationBehavior: .gracefullyShutdownGroup
                )
            )
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        defer { _ = records.close() }
        try await group.run()
    }
}
