import GRPCCore
import GRPCNIOTransportHTTP2
import Identity
import KubernetesModel
import Logging
import MeshAPI
import NIOCore
import NIOPosix
import NetworkTypes
import Proxy
import ServiceLifecycle
import Synchronization
import Telemetry

/// Keeps the stream to the control plane open: takes updates, answers them, asks for destinations.
///
/// While it is down, what was last in force stays in force. It comes back with exponential waits and jitter, so that
/// a restarted control plane meets its proxies spread over time.
final class ControlLink: ServiceLifecycle.Service {
    private struct State {
        var wanted: Set<ServiceAddress> = []
        var listening: [Port: SocketEndpoint] = [:]
        var reports: AsyncStream<ProxyReport>.Continuation?
    }

    private static let longestWait = Duration.seconds(5)
    /// Reports that may wait to be written; a stream that takes fewer is ended and begun anew.
    private static let reportLimit = 1024

    private let address: SocketEndpoint
    private let controlPlane: SPIFFEID
    private let credentials: CredentialsInForce
    private let applier: UpdateApplier
    private let group: any EventLoopGroup
    private let logger: Logger
    private let state = Mutex(State())

    init(
        address: SocketEndpoint,
        controlPlane: SPIFFEID,
        credentials: CredentialsInForce,
        applier: UpdateApplier,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.address = address
        self.controlPlane = controlPlane
        self.credentials = credentials
        self.applier = applier
        self.group = group
        self.logger = logger
    }

    /// Asks for a destination, now and on every stream to come.
    func want(_ destination: ServiceAddress) {
        state.withLock { state in
            guard state.wanted.insert(destination).inserted else { return }
            Self.send(.want(destination), &state)
        }
    }

    /// Tells where others reach this proxy, now and on every stream to come.
    func announce(_ listening: [Port: SocketEndpoint]) {
        state.withLock { state in
            state.listening = listening
            Self.send(.listening(listening), &state)
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while self.credentials.credentials() == nil {
                guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
            }
            var failures = 0
            while !Task.isCancelled {
                let began = ContinuousClock.now
                do {
                    try await self.session()
                    self.logger.notice("the control plane closed the stream")
                } catch let error as RPCError
                    where error.code == .unauthenticated && began.duration(to: .now) > .seconds(1)
                {
                    // A stream ends with the certificate that opened it; the next one has a newer.
                    self.logger.debug(
                        "the certificate of the stream has ended",
                        metadata: ["error": "\(error)"]
                    )
                } catch {
                    if Task.isCancelled { return }
                    self.logger.warning(
                        "no connection to the control plane; what is in force stays",
                        metadata: ["error": "\(error)"]
                    )
                }
                self.applier.metrics.controlPlaneConnected.set(0)
                failures = ContinuousClock.now - began > .seconds(10) ? 0 : failures + 1
                let ceiling = min(Duration.milliseconds(100 << min(failures, 6)), Self.longestWait)
                guard (try? await Task.sleep(for: ceiling * Double.random(in: 0.5...1))) != nil else {
                    return
                }
            }
        }
    }

    /// One connection from its handshake to its end.
    private func session() async throws {
        guard let current = credentials.credentials() else { throw NoCredentials() }
        let transport = try await HTTP2ClientTransport.WrappedChannel.wrapping { configure in
            try await ClientBootstrap(group: self.group)
                .connectTimeout(.seconds(5))
                .connect(host: "\(self.address.address)", port: Int(self.address.port.number)) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let tls = try current.controlHandler(expecting: self.controlPlane)
                        try channel.pipeline.syncOperations.addHandler(tls)
                    }
                    .flatMap { configure(channel) }
                }
        }
        let (reports, continuation) = AsyncStream.makeStream(
            of: ProxyReport.self,
            bufferingPolicy: .bufferingOldest(Self.reportLimit)
        )
        begin(continuation)
        defer { end() }
        try await withGRPCClient(transport: transport) { client in
            try await WireMesh.Client(wrapping: client).subscribe(
                requestProducer: { writer in
                    for await report in reports { try await writer.write(report.wire) }
                },
                onResponse: { response in
                    for try await message in response.messages {
                        self.applier.metrics.controlPlaneConnected.set(1)
                        guard let answer = self.applier.apply(message) else { continue }
                        self.state.withLock { Self.send(answer, &$0) }
                    }
                }
            )
        }
    }

    /// Says everything that a control plane has to know which never heard of us.
    private func begin(_ reports: AsyncStream<ProxyReport>.Continuation) {
        state.withLock { state in
            state.reports = reports
            Self.send(.hello(workload: applier.workload, softwareVersion: Self.softwareVersion), &state)
            if !state.listening.isEmpty { Self.send(.listening(state.listening), &state) }
            for destination in state.wanted { Self.send(.want(destination), &state) }
        }
    }

    private func end() {
        state.withLock { state in
            state.reports?.finish()
            state.reports = nil
        }
    }

    private static func send(_ report: ProxyReport, _ state: inout State) {
        guard let reports = state.reports else { return }
        if case .dropped = reports.yield(report) { reports.finish() }
    }

    static let softwareVersion = "0.1.0"

    private struct NoCredentials: Error, CustomStringConvertible {
        let description = "no certificate was issued yet"
    }
}
