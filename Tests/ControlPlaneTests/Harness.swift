import CertificateAuthority
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import Glibc
import Identity
import Logging
import MeshAPI
import NetworkTypes
import ServiceLifecycle
import SystemPackage
import Telemetry
import TestSupport
import Testing

@testable import ControlPlane

/// A control plane of a test's own, in a directory of its own, with clients as real proxies and commands have them.
struct Harness: Sendable {
    let manifests: String
    let started: ControlPlaneStarted
    let metrics: ControlPlaneMetrics

    var operatorSocket: String { started.controlSocket.string }

    /// Runs a test beside a control plane.
    static func run<Result: Sendable>(
        manifests: [String: String] = ["shop.yaml": shop],
        in directory: String,
        configure: (inout ControlPlaneConfiguration) -> Void = { _ in },
        _ body: @Sendable @escaping (Harness) async throws -> Result
    ) async throws -> Result {
        let folder = "\(directory)/manifests"
        mkdir(folder, 0o700)
        for (name, text) in manifests { try writeFile(Array(text.utf8), to: "\(folder)/\(name)") }
        var configuration = ControlPlaneConfiguration(manifests: folder, data: FilePath("\(directory)/data"))
        configure(&configuration)
        let metrics = ControlPlaneMetrics()
        let (starts, start) = AsyncStream.makeStream(of: ControlPlaneStarted.self)
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        if getenv("NULLIUS_TEST_LOGS") != nil {
            logger = Logger(label: "test") { JSONLogHandler(label: $0, format: .text) }
        }
        let controlPlane = ControlPlane(configuration, metrics: metrics, logger: logger) { start.yield($0) }
        let service = ServiceGroup(services: [controlPlane], logger: logger)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                defer { start.finish() }
                try await service.run()
                return nil
            }
            group.addTask {
                for await started in starts {
                    let harness = Harness(manifests: folder, started: started, metrics: metrics)
                    do {
                        let result = try await body(harness)
                        await service.triggerGracefulShutdown()
                        return result
                    } catch {
                        await service.triggerGracefulShutdown()
                        throw error
                    }
                }
                return nil
            }
            var result: Result?
            while let next = try await group.next() {
                if let next { result = next }
            }
            return try #require(result)
        }
    }

    // MARK: Clients

    func operators<Result: Sendable>(
        _ body: @Sendable @escaping (WireOperator.Client<HTTP2ClientTransport.Posix>) async throws -> Result
    ) async throws -> Result {
        try await Self.client(operatorSocket) { try await body(WireOperator.Client(wrapping: $0)) }
    }

    static func client<Result: Sendable>(
        _ socket: String,
        _ body: @Sendable @escaping (GRPCClient<HTTP2ClientTransport.Posix>) async throws -> Result
    ) async throws -> Result {
        let transport = try HTTP2ClientTransport.Posix(
            target: .unixDomainSocket(path: socket),
            transportSecurity: .plaintext
        )
        return try await withGRPCClient(transport: transport) { try await body($0) }
    }

    /// Registers a process as a workload; by default this one.
    func register(
        _ account: String,
        ports: [UInt32] = [8080],
        pid: Int32 = getpid()
    ) async throws -> WireRegisterResponse {
        var request = WireRegisterRequest()
        request.namespace = "shop"
        request.serviceAccount = account
        request.ports = ports
        request.pid = pid
        return try await operators { [request] in try await $0.register(request) }
    }

    func status() async throws -> WireStatusResponse {
        try await operators { try await $0.status(WireStatusRequest()) }
    }

    func authority() async throws -> WireCAStatusResponse {
        try await operators { try await $0.caStatus(WireCAStatusRequest()) }
    }

    func write(_ text: String, to name: String) throws {
        let path = "\(manifests)/\(name)"
        try writeFile(Array(text.utf8), to: path + ".new")
        rename(path + ".new", path)
    }

    /// Asks until the answer is as it should be; the time limit of the test ends it otherwise.
    static func eventually<Value>(
        _ ask: () async throws -> Value,
        _ isRight: (Value) -> Bool
    ) async throws -> Value {
        while true {
            let value = try await ask()
            if isRight(value) { return value }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    static let shop = """
        apiVersion: v1
        kind: Namespace
        metadata: { name: shop }
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: web, namespace: shop }
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: { name: orders, namespace: shop }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: orders, namespace: shop }
        spec:
          selector: { app: orders }
          ports: [{ name: http, port: 80, targetPort: api }]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders, namespace: shop }
        spec:
          selector: { matchLabels: { app: orders } }
          template:
            metadata: { labels: { app: orders } }
            spec:
              serviceAccountName: orders
              containers:
              - { name: main, image: orders, ports: [{ name: api, containerPort: 8080 }] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web, namespace: shop }
        spec:
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec:
              serviceAccountName: web
              containers:
              - { name: main, image: web, ports: [{ containerPort: 8080 }] }

        """

    static func policy(allowing account: String) -> String {
        """
        apiVersion: nullius.dev/v1alpha1
        kind: AccessPolicy
        metadata: { name: orders, namespace: shop }
        spec:
          target: { podSelector: { matchLabels: { app: orders } } }
          rules:
          - name: reads
            action: Allow
            from: [{ serviceAccount: { name: \(account) } }]

        """
    }
}
