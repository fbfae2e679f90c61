import NIOCore
import NIOHTTP2

/// Makes a connection one that serves HTTP/2.
enum HTTP2Server {
    /// Adds the handlers; each stream gets a channel of its own with a handler that carries its exchange.
    static func configure(
        _ channel: any Channel,
        _ operations: ChannelPipeline.SynchronousOperations,
        scope: ConnectionScope,
        makeGate: @escaping () -> any Gate
    ) throws {
        let bound = NIOLoopBound((scope: scope, makeGate: makeGate), eventLoop: scope.loop)
        _ = try operations.configureHTTP2Pipeline(
            mode: .server,
            connectionConfiguration: HTTP2Tuning.connection(scope.settings, isServer: true),
            streamConfiguration: HTTP2Tuning.stream
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let (scope, makeGate) = bound.value
                try stream.syncOptions?.setOption(.autoRead, value: false)
                try stream.pipeline.syncOperations.addHandler(
                    HTTP2ServerStreamHandler(scope: scope, makeGate: makeGate)
                )
            }
        }
        var management = NIOHTTP2ServerConnectionManagementHandler.Configuration.defaults
        management.maxIdleTime = scope.settings.idleTimeout
        management.maxAge = nil
        management.maxGraceTime = nil
        try operations.addHandler(
            NIOHTTP2ServerConnectionManagementHandler(eventLoop: scope.loop, configuration: management)
        )
        try operations.addHandler(HTTP2ServerConnectionHandler(scope))
        try operations.addHandler(ReadGate())
        // Frames must always be read: flow control, not the socket, holds a fast sender back.
        try channel.syncOptions?.setOption(.autoRead, value: true)
    }
}

/// Ends an HTTP/2 connection: with a GOAWAY when the proxy leaves, at once when it is broken.
private final class HTTP2ServerConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let scope: ConnectionScope
    private var streams = 0
    private var timer: Scheduled<Void>?

    init(_ scope: ConnectionScope) {
        self.scope = scope
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        watchIdleness(context)
        scope.drained(by: self) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        scope.forget(self)
    }

    /// Ends a connection that carries nothing, whatever its client does.
    ///
    /// The farewell that NIOHTTP2 manages begins with the first stream and waits for the client's answer to a PING; one
    /// who opens none, or never answers, would stay for ever.
    private func watchIdleness(_ context: ChannelHandlerContext) {
        let channel = context.channel
        timer?.cancel()
        timer = scope.loop.scheduleTask(in: scope.settings.idleTimeout + .seconds(10)) { channel.closeNow() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Frames of the connection; NIOHTTP2 has acted on them.
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is NIOHTTP2StreamCreatedEvent:
            streams += 1
            timer?.cancel()
        case is StreamClosedEvent:
            streams -= 1
            if streams == 0 { watchIdleness(context) }
        case ChannelEvent.inputClosed:
            context.close(promise: nil)
        default:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Errors of single streams are the stream's own business; NIOHTTP2 has reset it.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }
}
