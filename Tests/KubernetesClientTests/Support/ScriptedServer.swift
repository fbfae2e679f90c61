import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server that answers as a test tells it, also badly.
///
/// Speaks HTTP/1.1 on a free port of this machine; with TLS when it gets a configuration.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        var method: String
        var uri: String
        var headers: HTTPHeaders
        var body: [UInt8]
        /// How many came before, on any connection.
        var number: Int
    }

    enum End: Sendable {
        case complete
        /// The connection is gone within the answer.
        case breakOff
        /// Nothing more comes, and nothing ends.
        case silence
    }

    struct Reply: Sendable {
        var code = 200
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        var pieces: [String] = []
        var end = End.complete

        init(_ code: Int = 200, _ body: String..., headers: [(String, String)] = [], end: End = .complete) {
            self.code = code
            pieces = body
            for (name, value) in headers { self.headers.add(name: name, value: value) }
            self.end = end
        }
    }

    private let channel: any Channel
    private let received: Log

    init(
        tls: TLSConfiguration? = nil,
        answer: @escaping @Sendable (Request) -> Reply
    ) async throws {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let log = Log()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(ScriptHandler(log: log, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        received = log
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    var requests: [Request] { received.all }

    func stop() async {
        try? await channel.close()
    }

    final class Log: Sendable {
        private let requests = Mutex<[Request]>([])

        var all: [Request] { requests.withLock { $0 } }

        func add(_ make: (Int) -> Request) -> Request {
            requests.withLock { requests in
                let request = make(requests.count)
                requests.append(request)
                return request
            }
        }
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let log: ScriptedServer.Log
    private let answer: @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(
        log: ScriptedServer.Log,
        answer: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply
    ) {
        self.log = log
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let buffer):
            body += Array(buffer.readableBytesView)
        case .end:
            guard let head else { return }
            let request = log.add { number in
                ScriptedServer.Request(
                    method: head.method.rawValue,
                    uri: head.uri,
                    headers: head.headers,
                    body: body,
                    number: number
                )
            }
            send(answer(request), context)
        }
    }

    private func send(_ reply: ScriptedServer.Reply, _ context: ChannelHandlerContext) {
        var headers = reply.headers
        if case .complete = reply.end {
            let length = reply.pieces.reduce(0) { $0 + $1.utf8.count }
            headers.add(name: "Content-Length", value: String(length))
        } else {
            headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        let status = HTTPResponseStatus(statusCode: reply.code)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
            promise: nil
        )
        for piece in reply.pieces {
            context.writeAndFlush(
                wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: piece)))),
                promise: nil
            )
        }
        switch reply.end {
        case .complete: context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .breakOff: context.close(promise: nil)
        case .silence: context.flush()
        }
    }
}
