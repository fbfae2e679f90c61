public import ArgumentParser
import GRPCCore
import Glibc
import KubernetesModel
import Logging
import MeshAPI
import NetworkTypes
import ProxyCore
import SystemPackage
import Telemetry

/// `nullius run`: any program as a workload of the mesh.
public struct RunCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a program as a workload of the mesh.",
        discussion: """
            Registers the workload at the control plane of this machine, starts a proxy beside the program, waits until it \
            serves, and then starts the program. Signals are passed on; when the program ends, the proxy drains and the \
            program's exit code is returned.

            The program finds the Services that it calls at the addresses given with --upstream, and its SPIFFE \
            identity through SPIFFE_ENDPOINT_SOCKET.

            EXAMPLES
              nullius run --namespace shop --service-account orders --port 8080 -- ./orders
              nullius run --namespace shop --service-account web \\
                  --upstream orders.shop:8080=127.0.0.1:9001 -- curl http://127.0.0.1:9001/orders

            EXIT STATUS
              that of the program, 128 plus the signal's number if a signal ended it, or
              64   an option is missing or wrong
              69   there is no control plane, or it refused the workload
              70   the proxy could not be started
              127  the program could not be started
            """
    )

    @Option(name: [.short, .long], help: "The namespace of the workload.")
    var namespace = "default"

    @Option(name: [.customShort("s"), .long], help: "The service account that the workload runs as.")
    var serviceAccount = "default"

    @Option(
        help: ArgumentHelp(
            "Which workload of the manifests this is; needed when several use the service account.",
            valueName: "name"
        )
    )
    var workload: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "A port that the program serves, and where it listens if that is elsewhere; may be repeated.",
            valueName: "port[=address:port]"
        ),
        transform: { try InboundBinding(parsing: $0) }
    )
    var port: [InboundBinding] = []

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "A Service that the program calls, and the address at which it finds it; may be repeated.",
            valueName: "service.namespace:port=address:port"
        ),
        transform: { try UpstreamBinding(parsing: $0) }
    )
    var upstream: [UpstreamBinding] = []

    @Option(help: ArgumentHelp("The control plane's data directory.", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "The nullius-proxy to start; the one beside this program if absent.",
            valueName: "path"
        )
    )
    var proxy: String?

    @Option(
        help: ArgumentHelp(
            "The port of the proxy's /metrics, /ready and /config on loopback.",
            valueName: "port"
        ),
        transform: { try Port(parsing: $0) }
    )
    var adminPort: Port?

    @Option(
        help: ArgumentHelp("How long open work may go on after the program ended.", valueName: "duration"),
        transform: { try Duration(parsing: $0) }
    )
    var drainDeadline: Duration = .seconds(30)

    @Option(
        help: ArgumentHelp("The log level of the proxy.", valueName: "level"),
        transform: { try LogLevel(parsing: $0).level }
    )
    var logLevel: Logger.Level = .notice

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The program and its arguments, after `--`.", valueName: "program")
    )
    var program: [String] = []

    public init() {}

    public func validate() throws {
        let words = programWords
        guard !words.isEmpty else { throw ValidationError("there is no program to run; write it after `--`") }
        var ports: Set<Port> = []
        for binding in port where !ports.insert(binding.port).inserted {
            throw ValidationError("port \(binding.port) is given twice with --port")
        }
    }

    private var programWords: [String] { program.first == "--" ? Array(program.dropFirst()) : program }

    public func run() async throws {
        let words = programWords
        let session = RunSession(
            connection: OperatorConnection(data: data.map { FilePath($0) } ?? DataDirectory.standard()),
            registration: registration,
            proxy: try proxy.map { FilePath($0) } ?? ProxyExecutable.find(),
            proxyArguments: port.flatMap { ["--inbound", $0.description] }
                + upstream.flatMap { ["--upstream", $0.description] }
                + (adminPort.map { ["--admin-port", $0.description] } ?? [])
                + [
                    "--drain-deadline", "\(drainDeadline.wholeMilliseconds)ms", "--log-level",
                    logLevel.rawValue,
                ],
            program: Program(executable: words[0], arguments: Array(words.dropFirst()), environment: [:]),
            drainDeadline: drainDeadline
        )
        throw ExitCode(await session.run())
    }

    private var registration: WireRegisterRequest {
        var request = WireRegisterRequest()
        request.namespace = namespace
        request.serviceAccount = serviceAccount
        request.workloadName = workload ?? ""
        request.ports = port.map { UInt32($0.port.number) }
        request.pid = getpid()
        return request
    }
}

extension Duration {
    /// Fractions of a millisecond are cut off.
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
