import CanonicalHTTP
import NIOCore
import ProxyCore
import Telemetry

/// Decides what becomes of one request: a listener's own part of an exchange.
///
/// Inbound judges by the policy and connects to the program; outbound looks a destination up and connects to its
/// proxies. Confined to one event loop.
protocol Gate: AnyObject {
    /// Decides about the request, at once; called once.
    func admit(_ head: RequestHead) -> Admission
    /// Finds a connection; calls back on the event loop, perhaps before it returns.
    func connect(
        version: HTTPVersion,
        fresh: Bool,
        then: @escaping (Result<any Upstream, UpstreamError>) -> Void
    )
    /// Takes from a response what the other side may not say, and adds what this side has to.
    func complete(_ response: inout ResponseHead)
    /// The request was an upgrade, and its connection carries bytes from now on.
    func becameBytes(_ channel: any Channel)
    /// The exchange is over, one way or the other.
    func finished(_ outcome: ExchangeOutcome)
}

enum Admission {
    case forward(CanonicalRequest)
    case refuse(Refusal)
}

/// Why there is no connection to the other side.
enum UpstreamError: Error, Equatable {
    /// The name stands for nothing, or nothing was received in time.
    case unknownDestination
    case noEndpoint
    case noCredentials
    case tooManyConnections
}

/// What is measured of an exchange.
struct ExchangeOutcome {
    var wire: TrafficProtocol
    /// As sent to the client; `nil` when it left before it got one.
    var status: UInt16?
    var failure: ExchangeMachine.Answer?
    var duration: Duration
    var requestBytes: UInt64
    var responseBytes: UInt64
}
