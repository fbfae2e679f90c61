import Identity
import JSONText
import KubernetesModel
import Logging
import NetworkTypes
import Proxy
import ProxyCore
import ServiceLifecycle
import SystemPackage

/// The listeners of one workload: opened when there is a policy to judge by, drained when we are told to leave.
struct DataPlane: ServiceLifecycle.Service {
    let configuration: SidecarConfiguration
    let server: ProxyServer
    let admin: SocketEndpoint
    let readiness: Readiness
    let policies: PolicyInForce
    let credentials: CredentialsInForce
    let link: ControlLink
    let logger: Logger

    func run() async throws {
        await receiveFirstState()
        if Task.isCancelled || Task.isShuttingDownGracefully { return }
        var inbound: [Port: SocketEndpoint] = [:]
        for binding in configuration.inbound {
            inbound[binding.port] = try await server.listenInbound(
                port: binding.port,
                on: .anyPort(of: configuration.listenAddress),
                program: binding.application
            )
        }
        var upstream: [String: SocketEndpoint] = [:]
        for binding in configuration.upstreams {
            let name = binding.destination.description
            upstream[name] = try await server.listenOutbound(to: name, on: .endpoint(binding.listen))
            link.want(binding.destination)
        }
        link.announce(inbound)
        readiness.began()
        try report(
            ReadyReport(
                identity: configuration.identity.description,
                admin: admin,
                inbound: inbound,
                upstream: upstream
            )
        )
        try? await gracefulShutdown()
        readiness.ended()
        link.announce([:])
        logger.notice("draining", metadata: ["deadline": "\(configuration.drainDeadline)"])
        await server.drain(within: configuration.drainDeadline)
    }

    /// Waits for the certificate and the first policies; nothing is accepted before.
    private func receiveFirstState() async {
        while !(policies.isKnown && credentials.credentials() != nil) {
            if Task.isCancelled || Task.isShuttingDownGracefully { return }
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
        }
    }

    private func report(_ report: ReadyReport) throws {
        try FileDescriptor.standardOutput.writeAll((report.json.text() + "\n").utf8)
    }
}
