import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NetworkTypes
import Synchronization

@testable import Proxy

/// A program behind a proxy: speaks HTTP/1.1 with NIO's codec, which is not ours, and says what it saw.
///
///     /echo   the body as it came, chunk by chunk, with its trailers
///     /big    ten megabytes
///     /never  no answer
///     /grpc   trailers with grpc-status 0
///     /reset  breaks off in the middle
///     else    "METHOD target" and the header fields, a line each
final class TestProgram: Sendable {
    let endpoint: SocketEndpoint
    private let channel: any Channel
    private let counter: ConnectionCounter

    /// How many connections were made to it so far.
    var connections: Int { counter.value }

    private init(endpoint: SocketEndpoint, channel: any Channel, counter: ConnectionCounter) {
        self.endpoint = endpoint
        self.channel = channel
        self.counter = counter
    }

    static func http() async throws -> TestProgram {
        let counter = ConnectionCounter()
        return try await start(counter) { channel in
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            try channel.pipeline.syncOperations.addHandler(HTTPProgramHandler())
        }
    }

    /// The same over HTTP/2 by prior knowledge, with NIO's own translation to HTTP/1 parts.
    static func http2() async throws -> TestProgram {
        try await start(ConnectionCounter()) { channel in
            _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                mode: .server,
                connectionConfiguration: .init(),
                streamConfiguration: .init()
            ) { stream in
                stream.eventLoop.makeCompletedFuture {
                    try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                    try stream.pipeline.syncOperations.addHandler(HTTPProgramHandler())
                }
            }
        }
    }

    /// Sends every byte back; ends its side when the other ends.
    static func echo() async throws -> TestProgram {
        try await start(ConnectionCounter()) { channel in
            try channel.pipeline.syncOperations.addHandler(EchoHandler())
        }
    }

    /// Speaks first, as databases and mail servers do; then echoes.
    static func greeter(_ greeting: String) async throws -> TestProgram {
        try await start(ConnectionCounter()) { channel in
            try channel.pipeline.syncOperations.addHandler(EchoHandler(greeting: greeting))
        }
    }

    /// Runs bytes of a test's own against the first connection: what it receives is dropped.
    static func scripted(_ response: String, keepsOpen: Bool = false) async throws -> TestProgram {
        try await start(ConnectionCounter()) { channel in
            try channel.pipeline.syncOperations.addHandler(ScriptedHandler(response, keepsOpen: keepsOpen))
        }
    }

    func end() async {
        try? await channel.close()
    }

    private static func start(
        _ counter: ConnectionCounter,
        _ configure: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> TestProgram {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                counter.add()
                return channel.eventLoop.makeCompletedFuture { try configure(channel) }
            }
            .bind(to: ListenAddress.loopback.socketAddress()).get()
        guard let endpoint = channel.localAddress?.endpoint else { throw ChannelError.operationUnsupported }
        return TestProgram(endpoint: endpoint, channel: channel, counter: counter)
    }
}

final class ConnectionCounter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

private final class HTTPProgramHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "")

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            guard head.uri == "/echo" else { return }
            respond(context, HTTPHeaders())
        case .body(let bytes):
            guard head.uri == "/echo" else { return }
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        case .end(let trailers):
            switch head.uri {
            case "/echo": context.writeAndFlush(wrapOutboundOut(.end(trailers)), promise: nil)
            case "/never": break
            case "/grpc":
                respond(context, ["content-type": "application/grpc"])
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "answer")))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(["grpc-status": "0"])), promise: nil)
            case "/reset":
                respond(context, ["content-length": "100"])
                context.close(promise: nil)
            case "/big": big(context)
            default: describe(context)
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        context.close(promise: nil)
    }

    private func describe(_ context: ChannelHandlerContext) {
        var text = "\(head.method.rawValue) \(head.uri)\n"
        for (name, value) in head.headers { text += "\(name): \(value)\n" }
        respond(context, ["content-length": String(text.utf8.count)])
        if head.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func big(_ context: ChannelHandlerContext) {
        let block = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
        respond(context, ["content-length": String(10 << 20)])
        for _ in 0..<10 { context.write(wrapOutboundOut(.body(.byteBuffer(block))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func respond(_ context: ChannelHandlerContext, _ headers: HTTPHeaders) {
        let response = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
        context.writeAndFlush(wrapOutboundOut(.head(response)), promise: nil)
    }
}

private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let greeting: String?

    init(greeting: String? = nil) {
        self.greeting = greeting
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let greeting else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: greeting)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // A program with manners: it takes no more than it can say.
        context.channel.setOption(.autoRead, value: context.channel.isWritable).whenComplete { _ in }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return }
        let farewell = wrapOutboundOut(ByteBuffer(string: "bye"))
        let channel = context.channel
        context.writeAndFlush(farewell).whenComplete { _ in channel.close(promise: nil) }
    }
}

private final class ScriptedHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let response: String
    private let keepsOpen: Bool
    private var hasAnswered = false

    init(_ response: String, keepsOpen: Bool) {
        self.response = response
        self.keepsOpen = keepsOpen
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAnswered else { return }
        hasAnswered = true
        let (channel, keepsOpen) = (context.channel, keepsOpen)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: response))).whenComplete { _ in
            if !keepsOpen { channel.close(promise: nil) }
        }
    }
}
