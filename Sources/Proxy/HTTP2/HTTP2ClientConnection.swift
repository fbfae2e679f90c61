import NIOCore
import NIOHPACK
import NIOHTTP2
import ProxyCore

/// One HTTP/2 connection to a server, shared by many exchanges: each has a stream of it.
///
///     connecting ──▶ open ──GOAWAY, retired──▶ leaving ──last stream ended──▶ closed
final class HTTP2ClientConnection {
    private enum State {
        case connecting([((any Upstream)?) -> Void])
        case open(any Channel, NIOHTTP2Handler.StreamMultiplexer)
        case leaving(any Channel)
        case closed
    }

    private var state = State.connecting([])
    private var streams = 0
    private var opened = 0
    /// How many it may open in all.
    private let mostStreams: Int
    private var hasCarried = false
    /// Retired before it was made: it carries those who wait for it, and no others.
    private var isRetired = false
    private let settings: ProxySettings
    private var closed: () -> Void = {}
    /// As the server's SETTINGS say; 100 until they come (RFC 9113, section 6.5.2, recommends no less).
    fileprivate var maximumStreams = 100

    /// Stream identifiers are 31 bits and odd (RFC 9113, section 5.1.1); a connection is replaced long before they end.
    init(settings: ProxySettings, mostStreams: Int = 1 << 29) {
        self.settings = settings
        self.mostStreams = mostStreams
    }

    /// Whether an exchange may begin on it; a full connection is left to those that it carries.
    var acceptsStreams: Bool {
        switch state {
        case .connecting(let waiting): !isRetired && waiting.count < maximumStreams
        case .open: streams < maximumStreams && opened < mostStreams
        case .leaving, .closed: false
        }
    }

    /// Opens a stream, now or when the connection is there; calls back with `nil` when it will not be.
    func open(then: @escaping ((any Upstream)?) -> Void) {
        switch state {
        case .connecting(let waiting):
            state = .connecting(waiting + [then])
        case .open(_, let multiplexer):
            open(multiplexer, then: then)
        case .leaving, .closed:
            then(nil)
        }
    }

    /// The connection was made, or could not be.
    func start(on channel: (any Channel)?, closed: @escaping () -> Void) {
        guard case .connecting(let waiting) = state else {
            channel?.close(promise: nil)
            return
        }
        self.closed = closed
        guard let channel, let multiplexer = configure(channel) else {
            channel?.close(promise: nil)
            end()
            for then in waiting { then(nil) }
            return
        }
        state = .open(channel, multiplexer)
        for then in waiting { open(multiplexer, then: then) }
        if isRetired { retire() }
    }

    /// Takes no new streams, and closes after the last.
    func retire() {
        switch state {
        case .open(let channel, _), .leaving(let channel):
            state = .leaving(channel)
            if streams == 0 {
                end()
                channel.close(promise: nil)
            }
        case .connecting:
            isRetired = true
        case .closed:
            break
        }
    }

    private func configure(_ channel: any Channel) -> NIOHTTP2Handler.StreamMultiplexer? {
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection = HTTP2Tuning.connection(settings, isServer: false)
        configuration.stream = HTTP2Tuning.stream
        do {
            let operations = channel.pipeline.syncOperations
            let multiplexer = try operations.configureHTTP2Pipeline(
                mode: .client,
                connectionConfiguration: configuration.connection,
                streamConfiguration: configuration.stream,
                // Pushed streams are forbidden by our settings.
                inboundStreamInitializer: { $0.close() }
            )
            try operations.addHandler(HTTP2ClientConnectionHandler(self))
            // No read gate here: if both ends of a connection stopped reading while they cannot write, neither would
            // ever go on (RFC 9113, section 5.2.2).
            try channel.syncOptions?.setOption(.autoRead, value: true)
            channel.read()
            return multiplexer
        } catch {
            return nil
        }
    }

    private func open(
        _ multiplexer: NIOHTTP2Handler.StreamMultiplexer,
        then: @escaping ((any Upstream)?) -> Void
    ) {
        guard case .open(let channel, _) = state else { return then(nil) }
        let isReused = hasCarried
        hasCarried = true
        streams += 1
        opened += 1
        let promise = channel.eventLoop.makePromise(of: (any Channel).self)
        multiplexer.createStreamChannel(promise: promise) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.syncOptions?.setOption(.autoRead, value: false)
                try stream.pipeline.syncOperations.addHandler(HTTP2ClientStreamHandler(isReused: isReused))
            }
        }
        promise.futureResult.assumeIsolated().whenComplete { [self] result in
            guard let stream = try? result.get(),
                let handler = try? stream.pipeline.syncOperations.handler(type: HTTP2ClientStreamHandler.self)
            else {
                streamEnded()
                return then(nil)
            }
            stream.closeFuture.assumeIsolated().whenComplete { [self] _ in streamEnded() }
            then(handler)
        }
    }

    private func streamEnded() {
        streams -= 1
        guard case .leaving(let channel) = state, streams == 0 else { return }
        end()
        channel.close(promise: nil)
    }

    fileprivate func goingAway() {
        guard case .open = state else { return }
        closed()
        retire()
    }

    fileprivate func end() {
        state = .closed
        let closed = closed
        self.closed = {}
        closed()
    }
}

/// Tells the connection of its server's settings and farewell.
private final class HTTP2ClientConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let connection: HTTP2ClientConnection

    init(_ connection: HTTP2ClientConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data).payload {
        case .goAway:
            connection.goingAway()
        case .settings(.settings(let settings)):
            if let limit = settings.last(where: { $0.parameter == .maxConcurrentStreams }) {
                connection.maximumStreams = limit.value
            }
        default:
            break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Errors of single streams are the stream's own business.
        if error is NIOHTTP2Errors.StreamError { return }
        connection.end()
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        connection.end()
        context.close(promise: nil)
    }
}
