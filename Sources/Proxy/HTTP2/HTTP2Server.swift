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
        var configuration = NIOHTTP2ServerConnectionManagementHandler.Configuration.defaults
        configuration.maxIdleTime = scope.settings.idleTimeout
        configuration.maxAge = nil
        configuration.maxGraceTime = nil
        let management = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: scope.loop,
            configuration: configuration
        )
        let connection = HTTP2ServerConnectionHandler(scope)
        let bound = NIOLoopBound(
            (scope: scope, makeGate: makeGate, connection: connection),
            eventLoop: scope.loop
        )
        _ = try operations.configureHTTP2Pipeline(
            mode: .server,
            connectionConfiguration: HTTP2Tuning.connection(scope.settings, isServer: true),
            streamConfiguration: HTTP2Tuning.stream,
            // Streams are no events of this pipeline: without it every connection would look idle.
            streamDelegate: management.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let (scope, makeGate, connection) = bound.value
                connection.opened(stream)
                try stream.syncOptions?.setOption(.autoRead, value: false)
                try stream.pipeline.syncOperations.addHandler(
                    HTTP2ServerStreamHandler(scope: scope, makeGate: makeGate)
                )
            }
        }
        try operations.addHandler(management)
        try operations.addHandler(connection)
        try operations.addHandler(ReadGate())
        // Frames must always be read: flow control, not the socket, holds a fast sender back.
        try channel.syncOptions?.setOption(.autoRead, value: true)
    }
}

/// Ends an HTTP/2 connection: with a GOAWAY when the proxy leaves, at once when it is broken.
private final class HTTP2ServerConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let scope: ConnectionScope
    private var channel: (any Channel)?
    private var streams = 0
    private var timer: Scheduled<Void>?

    init(_ scope: ConnectionScope) {
        self.scope = scope
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        self.channel = channel
        watchIdleness()
        scope.drained(by: self) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        channel = nil
        scope.forget(self)
    }

    /// Keeps the connection for as long as the stream is there.
    func opened(_ stream: any Channel) {
        streams += 1
        timer?.cancel()
        stream.closeFuture.assumeIsolated().whenComplete { [self] _ in
            streams -= 1
            if streams == 0 { watchIdleness() }
        }
    }

    /// Ends a connection that carries nothing, whatever its client does.
    ///
    /// The farewell that NIOHTTP2 manages begins with the first stream and waits for the client's answer to a PING; one
    /// who opens none, or never answers, would stay for ever.
    private func watchIdleness() {
        timer?.cancel()
        guard let channel else { return }
        timer = scope.loop.scheduleTask(in: scope.settings.idleTimeout + .seconds(10)) { channel.closeNow() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Frames of the connection; NIOHTTP2 has acted on them.
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Errors of single streams are the stream's own business; NIOHTTP2 has reset it.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }
}
