import CanonicalHTTP
import NIOCore
import NIOEmbedded
import ProxyCore
import Testing

@testable import Proxy

@Suite("Exchanges between two sides that a test plays")
struct ExchangeTests {
    private let loop = EmbeddedEventLoop()
    private let settings = ProxySettings()

    @Test func `a repeated request ends again, with its trailers`() throws {
        let (closed, fresh) = (TestUpstream(isReused: true), TestUpstream(isReused: false))
        let exchange = Exchange.test(body: .open, from: TestDownstream(loop), to: closed, fresh)
        var trailers = HeaderFields()
        try trailers.append("checksum", "7")
        exchange.begin()
        exchange.requestEnd(trailers)
        exchange.upstreamFailed(.closed)
        #expect(closed.told == ["head", "end with trailers"])
        #expect(fresh.told == ["head", "end with trailers"])
    }

    @Test func `a repeated request has a time limit as well`() {
        let downstream = TestDownstream(loop)
        let (closed, fresh) = (TestUpstream(isReused: true), TestUpstream(isReused: false))
        let exchange = Exchange.test(body: .open, from: downstream, to: closed, fresh)
        exchange.begin()
        exchange.requestEnd(HeaderFields())
        loop.advanceTime(by: settings.responseTimeout - .seconds(1))
        exchange.upstreamFailed(.closed)
        loop.advanceTime(by: settings.responseTimeout - .seconds(1))
        let before = downstream.told
        loop.advanceTime(by: .seconds(1))
        #expect(before == [])
        #expect(downstream.told.first == "504")
        #expect(fresh.told == ["head", "end", "abort"])
    }

    @Test func `who answers only that an answer will come is held to the time limit`() {
        let downstream = TestDownstream(loop)
        let upstream = TestUpstream(isReused: false)
        let exchange = Exchange.test(from: downstream, to: upstream)
        exchange.begin()
        exchange.requestEnd(HeaderFields())
        exchange.responsePart(.informational(ResponseHead(status: 103)))
        loop.advanceTime(by: settings.responseTimeout)
        #expect(downstream.told.prefix(2) == ["103", "504"])
        #expect(upstream.told.last == "abort")
    }

    @Test(
        "a connection goes back to the pool only when its response was all that it carried",
        arguments: [("", true), ("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil", false), ("\n", false)]
    )
    func leftover(behind: String, isFree: Bool) throws {
        let channel = EmbeddedChannel(loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        var changes: [Bool] = []
        let handler = HTTP1ClientHandler(limits: MessageLimits()) { _, isFree in changes.append(isFree) }
        try channel.pipeline.syncOperations.addHandler(handler)
        let downstream = TestDownstream(loop)
        let exchange = Exchange.test(from: downstream, to: handler)
        exchange.begin()
        exchange.requestEnd(HeaderFields())
        try channel.writeInbound(
            ByteBuffer(string: "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood\(behind)")
        )
        loop.run()
        let isActive = channel.isActive
        #expect(downstream.told == ["200", "good", "end"])
        #expect(changes == [isFree])
        #expect(isActive == isFree)
    }
}
