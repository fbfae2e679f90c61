public import NIOCore
public import ProxyCore

/// What a proxy's listeners and connections are held to.
public struct ProxySettings: Sendable {
    public var message = MessageLimits()
    /// Until the first byte of a connection, and for a TLS handshake.
    public var handshakeTimeout = TimeAmount.seconds(10)
    /// From the first byte of a request's head to its last.
    public var headTimeout = TimeAmount.seconds(15)
    /// How long a client's connection may stay without a request.
    public var idleTimeout = TimeAmount.seconds(120)
    /// How long an unused connection to the other side is kept; shorter than what servers commonly allow.
    public var poolIdleTimeout = TimeAmount.seconds(30)
    public var connectTimeout = TimeAmount.seconds(3)
    /// From the end of a request to the head of its response.
    public var responseTimeout = TimeAmount.seconds(300)
    /// How long an opaque connection may carry nothing in either direction.
    public var opaqueIdleTimeout = TimeAmount.hours(1)
    /// On a port declared opaque: how long a client may keep silent before it is taken for a plaintext one.
    ///
    /// Only for servers that speak first. A caller in plaintext has no identity and is judged as such, so waiting
    /// for less time than a TLS client needs can refuse one, never let one in.
    public var silentClientDelay = TimeAmount.seconds(2)
    /// Connections of one listener.
    public var maximumConnections = 10_000
    /// Concurrent streams of one HTTP/2 connection.
    public var maximumStreams = 100
    /// Idle connections to one endpoint, per event loop.
    public var poolPerEndpoint = 32
    /// Idle connections in all, per event loop.
    public var poolSize = 512

    public init() {}
}
