import Glibc
import HummingbirdCore
import KubernetesModel
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Storage
import Synchronization
import SystemPackage

extension EmbeddedAPI {
    private static let portFile = "port"

    /// Listens and serves until shutdown; what runs beside ends with it.
    func serve(_ parts: Parts, in directory: PrivateDirectory) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await parts.audit.run() }
            group.addTask { try await parts.certificate.run() }
            group.addTask { await parts.resources.run() }
            try await listen(parts, in: directory)
            group.cancelAll()
        }
    }

    private func listen(_ parts: Parts, in directory: PrivateDirectory) async throws {
        let last = (try? directory.read(Self.portFile, limit: 16)).flatMap { bytes in
            bytes.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        }
        // The port of the last start first: files that were handed out name it.
        var candidates = configuration.port.map { [$0] } ?? [0]
        if configuration.port == nil, let last, (1...65_535).contains(last) { candidates.insert(last, at: 0) }
        for (index, port) in candidates.enumerated() {
            do {
                try await server(on: port, parts, directory).run()
                return
            } catch let error as IOError where error.errnoCode == EADDRINUSE && index < candidates.count - 1 {
                logger.warning(
                    "The port of the last start is taken; another is used.",
                    metadata: ["port": "\(port)"]
                )
            } catch let error as IOError {
                throw EmbeddedAPIError.address("\(configuration.host):\(port)", reason: error.description)
            }
        }
    }

    private func server(on port: Int, _ parts: Parts, _ directory: PrivateDirectory) -> Server<APIChannel> {
        let channel = APIChannel(
            limits: configuration.limits,
            certificate: parts.certificate,
            respond: { [front = parts.front] request, writer, channel, client in
                try await front.respond(to: request, writer, on: channel, client)
            }
        )
        return Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: .hostname(configuration.host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.limits.connections)
            ),
            onServerRunning: { channel in await started(on: channel, parts, directory) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
    }

    private func started(on channel: any Channel, _ parts: Parts, _ directory: PrivateDirectory) async {
        let port = channel.localAddress?.port ?? 0
        parts.address.set(port: port)
        let bound = channel.localAddress?.ipAddress ?? ""
        // What stands for all addresses is none that a client could use.
        let address = ["0.0.0.0", "::", ""].contains(bound) ? "127.0.0.1" : bound
        do throws(APIStatus) {
            try await parts.resources.publish(address: address, port: port)
        } catch {
            logger.error(
                "The endpoints of the Service kubernetes cannot be written.",
                metadata: ["error": "\(error.message)"]
            )
        }
        do {
            try directory.write(Self.portFile, "\(port)".utf8)
            let text = try AdminKubeconfig.text(
                for: parts.authority,
                address: parts.address.text,
                at: configuration.clock.now()
            )
            if let path = configuration.kubeconfig { try AtomicFile.write(path, text.utf8) }
            await onStart(EmbeddedAPIStarted(url: "https://\(parts.address.text)", kubeconfig: text))
        } catch {
            logger.error("The kubeconfig cannot be written.", metadata: ["error": "\(error)"])
            channel.close(promise: nil)
        }
    }
}
