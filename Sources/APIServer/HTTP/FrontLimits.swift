/// What the server takes from the network before it refuses.
///
/// The numbers are those of kube-apiserver where it has one; where it has none, they are for one machine.
public struct FrontLimits: Hashable, Sendable {
    public var bodyBytes = 3 << 20
    /// All header fields of a request, and as many as there may be.
    public var headerBytes = 64 << 10
    public var headerCount = 256
    public var connections = 2048
    /// Requests that read, watches aside, at one time.
    public var readsInFlight = 400
    /// Requests that write, at one time.
    public var writesInFlight = 200
    public var watches = 4096
    public var watchesPerUser = 1024
    /// From the first byte to the last one of an answer, watches aside.
    public var request = Duration.seconds(60)
    /// From the connection to the end of the TLS handshake.
    public var handshake = Duration.seconds(10)
    /// Without a request; also how long the head of one may take.
    public var idle = Duration.seconds(90)
    /// How long one chunk of a watch may wait for a client that does not read.
    public var stalledWatch = Duration.seconds(60)
    /// How long requests may go on once the server was told to stop.
    public var shutdown = Duration.seconds(10)

    public init() {}
}
