import APIServer
import ArgumentParser
import ControlPlane
import Glibc
import Identity
import JSONText
import KubernetesModel
import Logging
import NetworkTypes
import ServiceLifecycle
import Storage
import SystemPackage
import Telemetry
import UnixSignals

/// `nullius up [DIR]`: the control plane of this machine, and its Kubernetes API.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run the control plane of this machine, and a Kubernetes API.",
        discussion: """
            Reads Kubernetes manifests and AccessPolicies from DIR and follows changes: what is written there is in \
            force within a second. A manifest that breaks is reported, and its last good version stays in force. \
            Without DIR no workload is declared.

            Also serves a small Kubernetes API for kubectl and controllers, on an address of this machine. Its objects \
            are kept with --data, and are not read by the mesh. docs/api-server.md says what is offered.

            Runs until it gets SIGINT or SIGTERM. Workloads that run meanwhile go on with what they know, and find the \
            next control plane that is started with the same --data.

            EXAMPLES
              nullius up Examples/shop
              nullius up --kubeconfig-out kubeconfig
              nullius up manifests --trust-domain prod.example --jwks https://id.example=keys.json

            EXIT STATUS
              0    it was asked to stop
              64   an option is missing or wrong
              69   it cannot run: the data directory is in use, or an address is taken
            """
    )

    @Argument(help: "The directory of manifests.", completion: .directory)
    var directory: String?

    @Option(
        help: ArgumentHelp(
            "Where the Kubernetes API is served; without it the port of the last run on 127.0.0.1, or any free one.",
            valueName: "address:port"
        ),
        transform: { try SocketEndpoint(parsing: $0) }
    )
    var api: SocketEndpoint?

    @Flag(name: .customLong("no-api"), help: "Serve no Kubernetes API.")
    var withoutAPI = false

    @Option(
        help: ArgumentHelp(
            "Where an administrator's kubeconfig is written; without it to api/kubeconfig in --data.",
            valueName: "file"
        ),
        completion: .file()
    )
    var kubeconfigOut: String?

    @Option(
        help: ArgumentHelp("The trust domain of all identities.", valueName: "name"),
        transform: { try TrustDomain(parsing: $0) }
    )
    var trustDomain: TrustDomain = .default

    @Option(help: ArgumentHelp("Where keys, sockets and records are kept.", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp("The life of a certificate; renewed at half of it.", valueName: "duration"),
        transform: { try Duration(parsing: $0) }
    )
    var svidTTL: Duration = .seconds(3600)

    @Option(
        help: ArgumentHelp("The life of a certificate authority that is made here.", valueName: "duration"),
        transform: { try Duration(parsing: $0) }
    )
    var caTTL: Duration = .seconds(10 * 365 * 86_400)

    @Option(
        help: ArgumentHelp(
            "An authority to bring along: its certificate and those that lead to the root, PEM.",
            valueName: "file"
        )
    )
    var caCert: String?

    @Option(help: ArgumentHelp("The key of the authority that is brought along, PEM.", valueName: "file"))
    var caKey: String?

    @Option(
        help: ArgumentHelp(
            "Where proxies connect; without it the port of the last run, or any free one.",
            valueName: "address:port"
        ),
        transform: { try SocketEndpoint(parsing: $0) }
    )
    var listen: SocketEndpoint?

    @Option(
        help: ArgumentHelp(
            "Where /metrics, /live and /ready are served; without it any free port.",
            valueName: "address:port"
        ),
        transform: { try SocketEndpoint(parsing: $0) }
    )
    var admin: SocketEndpoint?

    @Option(
        help: ArgumentHelp(
            "The keys that verify an issuer's tokens, from a file or URL; may be repeated.",
            valueName: "issuer=file|url"
        ),
        transform: { try IssuerSource(parsing: $0) }
    )
    var jwks: [IssuerSource] = []

    @Option(
        help: ArgumentHelp("A host from which keys may be fetched; may be repeated.", valueName: "host")
    )
    var jwksAllowHost: [String] = []

    @Flag(help: "Also fetch keys without TLS, from loopback addresses that are allowed.")
    var jwksAllowHTTP = false

    @Option(
        help: ArgumentHelp("The log level.", valueName: "level"),
        transform: { try LogLevel(parsing: $0).level }
    )
    var logLevel: Logger.Level = .notice

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "How to say what is served: text or json."
    )
    var output: OutputFormat = .text

    func validate() throws {
        guard !withoutAPI || api == nil && kubeconfigOut == nil else {
            throw ValidationError("--no-api excludes --api and --kubeconfig-out")
        }
        guard !withoutAPI || directory != nil else {
            throw ValidationError("without DIR and with --no-api there is nothing to run")
        }
        guard (caCert == nil) == (caKey == nil) else {
            throw ValidationError("--ca-cert and --ca-key belong together")
        }
        guard svidTTL >= .seconds(1), svidTTL <= .seconds(30 * 86_400) else {
            throw ValidationError("--svid-ttl must be between 1s and 720h")
        }
        guard caTTL > svidTTL else {
            throw ValidationError("--ca-ttl must be longer than --svid-ttl")
        }
    }

    func run() async throws {
        let format: JSONLogHandler.Format = isatty(STDERR_FILENO) == 1 ? .text : .json
        let logger = Logger(label: "control-plane") { [logLevel] label in
            JSONLogHandler(label: label, format: format, level: logLevel)
        }
        let reporter = StartReporter(output, waitsForAPI: !withoutAPI)
        let controlPlane = ControlPlane(configuration, logger: logger) { reporter.started($0) }
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [.init(service: controlPlane)]
        if !withoutAPI {
            let configuration = apiConfiguration
            let path = configuration.kubeconfig?.string ?? ""
            let api = EmbeddedAPI(configuration, logger: logger) { started in
                reporter.started(StartReport.API(url: started.url, kubeconfig: path))
            }
            services.append(.init(service: api))
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: logger
            )
        )
        do {
            try await group.run()
        } catch {
            CommandOutput(text: "", notes: "error: \(Self.sentence(for: error))", status: .trouble).print()
            throw ExitCode(69)
        }
    }

    private var dataDirectory: FilePath { data.map { FilePath($0) } ?? DataDirectory.standard() }

    private var apiConfiguration: EmbeddedAPIConfiguration {
        let directory = dataDirectory.appending("api")
        var configuration = EmbeddedAPIConfiguration(directory: directory)
        configuration.kubeconfig = kubeconfigOut.map { FilePath($0) } ?? directory.appending("kubeconfig")
        if let api {
            configuration.host = api.address.description
            configuration.port = Int(api.port.number)
        }
        return configuration
    }

    private var configuration: ControlPlaneConfiguration {
        var configuration = ControlPlaneConfiguration(manifests: directory, data: dataDirectory)
        configuration.trustDomain = trustDomain
        configuration.leafLifetime = svidTTL
        configuration.authorityLifetime = caTTL
        if let caCert, let caKey {
            configuration.broughtAuthority = .init(chain: FilePath(caCert), key: FilePath(caKey))
        }
        if let listen {
            configuration.listenAddress = listen.address
            configuration.listenPort = listen.port.number
        }
        if let admin {
            configuration.adminAddress = admin.address
            configuration.adminPort = admin.port.number
        }
        configuration.issuers = jwks
        configuration.allowedKeyHosts = jwksAllowHost
        configuration.allowsLoopbackHTTP = jwksAllowHTTP
        return configuration
    }

    static func sentence(for error: any Error) -> String {
        switch error {
        case let error as ControlPlaneError: error.description
        case let error as StorageError: error.description
        case let error as EmbeddedAPIError: error.description
        default: "the control plane cannot run: \(error)"
        }
    }
}
