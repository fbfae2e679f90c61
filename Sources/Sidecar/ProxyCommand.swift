public import ArgumentParser
import Glibc
import Identity
import KubernetesModel
import Logging
import NetworkTypes
import ProxyCore
import SystemPackage
import Telemetry

/// `nullius-proxy`: the sidecar of one workload.
public struct ProxyCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "nullius-proxy",
        abstract: "The sidecar of one workload: mutual TLS, judgement, records.",
        discussion: """
            Started by `nullius run`, which registers the workload and fills in these options. It prints one line of \
            JSON on standard output when it serves, and logs on standard error. SIGTERM drains it.

            EXIT STATUS
              0   drained and ended
              64  an option is missing or wrong
              70  something else failed
            """
    )

    @Option(help: ArgumentHelp("The registration at the control plane.", valueName: "id"))
    var workloadID: String

    @Option(
        help: ArgumentHelp("The identity that this workload was registered with.", valueName: "spiffe-id"),
        transform: { try SPIFFEID(parsing: $0) }
    )
    var identity: SPIFFEID

    @Option(help: ArgumentHelp("What the manifests call the workload.", valueName: "name"))
    var workloadName: String

    @Option(help: ArgumentHelp("The Unix socket that issues this workload's identity.", valueName: "path"))
    var agentSocket: String

    @Option(
        help: ArgumentHelp("Where the control plane serves policies.", valueName: "address:port"),
        transform: { try SocketEndpoint(parsing: $0) }
    )
    var control: SocketEndpoint

    @Option(
        help: ArgumentHelp("The identity that the control plane proves.", valueName: "spiffe-id"),
        transform: { try SPIFFEID(parsing: $0) }
    )
    var controlPlaneID: SPIFFEID

    @Option(
        help: ArgumentHelp(
            "A port of the workload, and where its program listens; may be repeated.",
            valueName: "port[=address:port]"
        ),
        transform: { try InboundBinding(parsing: $0) }
    )
    var inbound: [InboundBinding] = []

    @Option(
        help: ArgumentHelp(
            "A Service that the program calls, and where it finds it; may be repeated.",
            valueName: "service.namespace:port=address:port"
        ),
        transform: { try UpstreamBinding(parsing: $0) }
    )
    var upstream: [UpstreamBinding] = []

    @Option(
        help: ArgumentHelp("The address on which other proxies reach us.", valueName: "address"),
        transform: { try IPAddress(parsing: $0) }
    )
    var listenAddress: IPAddress = .loopback

    @Option(
        help: ArgumentHelp("The address of /live, /ready, /metrics and /config.", valueName: "address"),
        transform: { try IPAddress(parsing: $0) }
    )
    var adminAddress: IPAddress = .loopback

    @Option(
        help: ArgumentHelp("Their port; any free one if absent.", valueName: "port"),
        transform: { try Port(parsing: $0) }
    )
    var adminPort: Port?

    @Option(help: ArgumentHelp("The file that decision records are appended to.", valueName: "path"))
    var records: String

    @Option(
        help: ArgumentHelp("How long open work may go on after SIGTERM.", valueName: "duration"),
        transform: { try Duration(parsing: $0) }
    )
    var drainDeadline: Duration = .seconds(30)

    @Option(
        help: ArgumentHelp(
            "Drain and end when this process, which started the proxy, ends.",
            valueName: "pid"
        )
    )
    var parent: Int32?

    @Option(
        help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"),
        transform: { try LogLevel(parsing: $0).level }
    )
    var logLevel: Logger.Level = .info

    public init() {}

    public func validate() throws {
        var ports: Set<Port> = []
        for binding in inbound where !ports.insert(binding.port).inserted {
            throw ValidationError("port \(binding.port) is given twice with --inbound")
        }
        var listens: Set<SocketEndpoint> = []
        for binding in upstream where !listens.insert(binding.listen).inserted {
            throw ValidationError("address \(binding.listen) is given twice with --upstream")
        }
    }

    public func run() async throws {
        let level = logLevel
        LoggingSystem.bootstrap { label in
            JSONLogHandler(label: label, format: isatty(STDERR_FILENO) == 1 ? .text : .json, level: level)
        }
        var logger = Logger(label: "nullius.proxy")
        logger[metadataKey: "workload"] = "\(workloadID)"
        do {
            try await Sidecar(configuration: sidecarConfiguration, logger: logger).run()
        } catch {
            logger.critical("the proxy ends", metadata: ["error": "\(error)"])
            throw ExitCode(70)
        }
    }

    private var sidecarConfiguration: SidecarConfiguration {
        get throws {
            let workload = try WorkloadIdentity(identity)
            return SidecarConfiguration(
                workloadID: workloadID,
                workloadName: workloadName,
                namespace: workload.namespace,
                identity: identity,
                agentSocket: FilePath(agentSocket),
                control: control,
                controlPlaneID: controlPlaneID,
                inbound: inbound,
                upstreams: upstream,
                listenAddress: listenAddress,
                adminAddress: adminAddress,
                adminPort: adminPort,
                records: FilePath(records),
                drainDeadline: drainDeadline,
                parent: parent
            )
        }
    }
}
