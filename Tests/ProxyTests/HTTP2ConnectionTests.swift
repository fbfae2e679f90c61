import CanonicalHTTP
import NIOCore
import NIOEmbedded
import ProxyCore
import Testing

@testable import Proxy

@Suite("HTTP/2 connections with a peer of bytes, in a time that the test makes")
struct HTTP2ConnectionTests {
    private let loop = EmbeddedEventLoop()
    private let settings = ProxySettings()
    /// When a server's connection that carries nothing is closed, whatever its client does.
    private var limit: TimeAmount { settings.idleTimeout + .seconds(10) }

    private func connected() throws -> (channel: EmbeddedChannel, reads: ReadCounter) {
        let channel = EmbeddedChannel(loop: loop)
        let reads = ReadCounter()
        try channel.pipeline.syncOperations.addHandler(reads)
        try channel.pipeline.syncOperations.addHandler(GentleCloseHandler())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return (channel, reads)
    }

    private func scope() -> ConnectionScope {
        ConnectionScope(loop: loop, settings: settings, observer: TestObserver(), direction: .inbound)
    }

    /// A connection that serves, and refuses every request.
    private func serving() throws -> (channel: EmbeddedChannel, reads: ReadCounter) {
        let (channel, reads) = try connected()
        try HTTP2Server.configure(channel, channel.pipeline.syncOperations, scope: scope()) { TestGate() }
        try channel.writeInbound(HTTP2Bytes.joined(HTTP2Bytes.preface, HTTP2Bytes.settings))
        loop.run()
        return (channel, reads)
    }

    // MARK: - Ends

    @Test func `a client that opens no stream is closed after the limit`() throws {
        let (channel, _) = try serving()
        loop.advanceTime(by: limit - .seconds(1))
        let before = channel.isActive
        loop.advanceTime(by: .seconds(1))
        let isActive = channel.isActive
        #expect(before)
        #expect(!isActive)
    }

    @Test func `a client that answers no PING is closed after the limit, counted from its last stream`()
        throws
    {
        let (channel, _) = try serving()
        loop.advanceTime(by: limit - .seconds(1))
        try channel.writeInbound(HTTP2Bytes.request(stream: 1))
        loop.advanceTime(by: limit - .seconds(1))
        let before = channel.isActive
        loop.advanceTime(by: .seconds(1))
        let isActive = channel.isActive
        #expect(before)
        #expect(!isActive)
    }

    @Test func `a stream that is at work keeps its connection`() throws {
        let (channel, _) = try connected()
        let upstream = TestUpstream(isReused: false)
        try HTTP2Server.configure(channel, channel.pipeline.syncOperations, scope: scope()) {
            TestGate([upstream])
        }
        try channel.writeInbound(
            HTTP2Bytes.joined(HTTP2Bytes.preface, HTTP2Bytes.settings, HTTP2Bytes.request(stream: 1))
        )
        loop.advanceTime(by: limit + limit)
        let isActive = channel.isActive
        #expect(upstream.told == ["head", "end"])
        #expect(isActive)
    }

    @Test func `a proxy that leaves lets a stream at work come to its end`() throws {
        let (channel, _) = try connected()
        let upstream = TestUpstream(isReused: false)
        let (scope, gate) = (scope(), TestGate([upstream]))
        try HTTP2Server.configure(channel, channel.pipeline.syncOperations, scope: scope) { gate }
        try channel.writeInbound(
            HTTP2Bytes.joined(HTTP2Bytes.preface, HTTP2Bytes.settings, HTTP2Bytes.request(stream: 1))
        )
        _ = try HTTP2Bytes.pings(in: channel)
        _ = scope.drain()
        // The client has seen the farewell.
        let pings = try HTTP2Bytes.pings(in: channel)
        for ping in pings { try channel.writeInbound(HTTP2Bytes.answer(toPing: ping)) }
        loop.run()
        let before = channel.isActive
        let exchange = try #require(upstream.exchange)
        exchange.responsePart(.head(ResponseHead(status: 204), .none))
        exchange.responsePart(.end(HeaderFields()))
        loop.run()
        let isActive = channel.isActive
        #expect(pings.count == 1)
        #expect(before)
        #expect(!isActive)
    }

    @Test func `a client of HTTP/1 that takes no answers is closed when its time is over`() throws {
        let (channel, _) = try connected()
        var admitted = 0
        let handler = HTTP1ServerHandler(scope: scope()) {
            TestGate {
                admitted += 1
                // The first answer fills all there is between here and a client that does not read.
                channel.isWritable = false
            }
        }
        try channel.pipeline.syncOperations.addHandler(handler)
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        try channel.writeInbound(ByteBuffer(string: request + request))
        loop.advanceTime(by: settings.idleTimeout - .seconds(1))
        let before = channel.isActive
        loop.advanceTime(by: .seconds(1))
        let isActive = channel.isActive
        #expect(admitted == 1)
        #expect(before)
        #expect(!isActive)
    }

    // MARK: - Reading

    @Test func `nothing more is read from a client that takes no answers, until it does`() throws {
        let (channel, reads) = try serving()
        channel.isWritable = false
        let before = reads.count
        channel.read()
        let stopped = reads.count
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(stopped == before)
        #expect(reads.count == before + 1)
    }

    @Test func `from a server is always read, or two proxies could wait for each other`() throws {
        let (channel, reads) = try connected()
        let connection = HTTP2ClientConnection(settings: settings)
        connection.start(on: channel) {}
        channel.isWritable = false
        let before = reads.count
        channel.read()
        #expect(reads.count == before + 1)
    }

    // MARK: - Streams to a server

    @Test func `a connection whose stream numbers are used up takes no more`() throws {
        let (channel, _) = try connected()
        let connection = HTTP2ClientConnection(settings: settings, mostStreams: 2)
        connection.start(on: channel) {}
        var accepts: [Bool] = []
        for _ in 0..<2 {
            accepts.append(connection.acceptsStreams)
            connection.open { $0?.release() }
            loop.run()
        }
        // Both streams have ended, so it is not their number at one time.
        #expect(accepts == [true, true])
        #expect(!connection.acceptsStreams)
    }

    @Test func `a response that came whole before a reset reaches the client, also a slow one`() throws {
        let (channel, _) = try connected()
        let connection = HTTP2ClientConnection(settings: settings)
        var streams: [any Upstream] = []
        connection.open { if let stream = $0 { streams.append(stream) } }
        connection.start(on: channel) {}
        loop.run()
        let downstream = TestDownstream(loop)
        let stream = try #require(streams.first)
        let exchange = Exchange.test(
            .test("POST", version: .http2),
            body: .open,
            from: downstream,
            to: stream
        )
        exchange.begin()
        downstream.isWritable = false
        try channel.writeInbound(
            HTTP2Bytes.joined(
                HTTP2Bytes.settings,
                HTTP2Bytes.settingsAcknowledgement,
                HTTP2Bytes.responseHead(stream: 1),
                HTTP2Bytes.lastData(stream: 1, "enough"),
                HTTP2Bytes.reset(stream: 1)
            )
        )
        loop.run()
        #expect(downstream.told == ["200", "enough", "end"])
        #expect(!downstream.isAborted)
    }
}

/// Counts what the connection asks of its socket.
private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
