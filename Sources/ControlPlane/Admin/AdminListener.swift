import NIOCore
import NIOHTTP1
import NIOPosix
import NetworkTypes
import Telemetry

/// Serves `/live`, `/ready` and `/metrics`, without TLS: to be bound to loopback, or guarded by the network.
struct AdminListener: Sendable {
    let channel: any Channel

    static func bind(to address: IPAddress, port: Int, metrics: MetricRegistry) async throws -> AdminListener
    {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(30)))
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                    try pipeline.addHandler(AdminHandler(metrics: metrics))
                }
            }
            .bind(host: address.description, port: port)
            .get()
        return AdminListener(channel: channel)
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    func close() async {
        try? await channel.close()
    }
}

/// Answers one request after the other; bodies are read and thrown away.
private final class AdminHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let metrics: MetricRegistry
    private var head: HTTPRequestHead?

    init(metrics: MetricRegistry) {
        self.metrics = metrics
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
        case .body:
            break
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context: context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ request: HTTPRequestHead, context: ChannelHandlerContext) {
        let path = request.uri.prefix { $0 != "?" }
        var status = HTTPResponseStatus.ok
        var type = "text/plain; charset=utf-8"
        var body = Array("ok\n".utf8)
        switch (request.method, path) {
        case (.GET, "/live"), (.GET, "/ready"), (.HEAD, "/live"), (.HEAD, "/ready"): break
        case (.GET, "/metrics"):
            type = MetricRegistry.contentType
            body = metrics.exposition()
        case (.GET, _):
            status = .notFound
            body = Array("there are /live, /ready and /metrics\n".utf8)
        default:
            status = .methodNotAllowed
            body = []
        }
        let headers: HTTPHeaders = [
            "content-type": type, "content-length": "\(body.count)", "cache-control": "no-store",
        ]
        let head = HTTPResponseHead(version: request.version, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        let done = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !request.isKeepAlive { done.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }
}
