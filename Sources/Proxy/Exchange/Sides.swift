import CanonicalHTTP
import NIOCore
import ProxyCore

/// The connection or stream that a request came in on, as an exchange sees it.
///
/// Codecs implement it: HTTP/1.1 over a connection, HTTP/2 over a stream. All calls on one event loop.
protocol Downstream: AnyObject {
    var loop: any EventLoop { get }
    /// Whether more of the response may be written without piling up.
    var isWritable: Bool { get }
    func send(_ part: ResponsePart)
    func flush()
    /// The exchange can take more of the request: hand over what is there, then read.
    func demand()
    /// The response that began cannot be completed.
    func abort()
    /// 101 was sent: gives up the connection for raw bytes.
    func becomeBytes() -> Bytes?
}

/// The connection or stream that a request goes out on, as an exchange sees it.
protocol Upstream: AnyObject {
    var isWritable: Bool { get }
    /// Whether the connection had carried an exchange before this one.
    var isReused: Bool { get }
    func attach(_ exchange: Exchange)
    func send(_ request: CanonicalRequest, body: BodyLength, upgradesToWebSocket: Bool)
    func sendBody(_ bytes: ByteBuffer)
    func sendEnd(_ trailers: HeaderFields)
    func flush()
    /// The exchange can take more of the response.
    func demand()
    /// Nobody wants the response any more.
    func abort()
    /// The exchange never began: the connection is as good as before.
    func release()
    func becomeBytes() -> Bytes?
}

/// A connection whose HTTP is over.
struct Bytes {
    var channel: any Channel
    /// What came behind the head.
    var remainder: ByteBuffer
}
