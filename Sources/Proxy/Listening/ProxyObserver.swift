public import Authorization
public import CanonicalHTTP
public import CertificateAuthority
public import NetworkTypes
public import ProxyCore
public import Telemetry

/// Who hears what a proxy did: records and metrics hang on it.
///
/// Called on event loops; must not wait.
public protocol ProxyObserver: Sendable {
    func judged(_ event: JudgementEvent)
    func finished(_ event: RequestEvent)
    /// A request that had no canonical form, so that it could not be judged.
    func refused(_ event: RefusalEvent)
    func malformed(_ error: MessageError, direction: Direction)
    func handshakeFailed(_ reason: HandshakeFailureReason, direction: Direction)
    func connectionOpened(_ direction: Direction)
    func connectionClosed(_ direction: Direction)
    func upstreamFailed(destination: String)
}

/// A judgement with all that was judged.
public struct JudgementEvent: Sendable {
    public var decision: String
    public var request: AccessRequest
    public var judgement: Judgement
    /// The policy that was in force, for the trace of a denial.
    public var policy: PortPolicy
    public var wire: TrafficProtocol
    /// From the complete head to the verdict.
    public var latency: Duration
    public var traceID: String?

    public var port: Port { policy.port }
}

/// A request without canonical form.
public struct RefusalEvent: Sendable {
    public var decision: String
    public var refusal: RequestRefusal
    public var caller: Caller
    public var policy: PortPolicy
    public var wire: TrafficProtocol
}

/// A request that is over.
public struct RequestEvent: Sendable {
    /// What was decided about it; inbound only, and only when it could be judged.
    public var judgement: JudgementEvent?
    public var direction: Direction
    /// The destination's name outbound, the port inbound.
    public var destination: String
    public var wire: TrafficProtocol
    /// As sent to the client; `nil` when it left before it got one.
    public var status: UInt16?
    /// Whether the proxy gave the answer itself, because the other side could not.
    public var failure: ExchangeMachine.Answer?
    public var duration: Duration
    public var requestBytes: UInt64
    public var responseBytes: UInt64
}

extension RequestEvent {
    init(
        direction: Direction,
        destination: String,
        judgement: JudgementEvent? = nil,
        outcome: ExchangeOutcome
    ) {
        self.init(
            judgement: judgement,
            direction: direction,
            destination: destination,
            wire: outcome.wire,
            status: outcome.status,
            failure: outcome.failure,
            duration: outcome.duration,
            requestBytes: outcome.requestBytes,
            responseBytes: outcome.responseBytes
        )
    }
}

/// Why a TLS handshake came to nothing.
public enum HandshakeFailureReason: Equatable, Sendable {
    case violation(SVIDViolation)
    /// The server proved an identity that is not the destination's.
    case unexpectedIdentity
    /// Nothing to show yet.
    case noCredentials
    /// A session was resumed, so nobody proved anything.
    case resumed
    /// TLS itself: version, cipher, no certificate, a peer that went away.
    case tls

    init(_ refusal: PeerRefusal) {
        switch refusal {
        case .violation(let violation): self = .violation(violation)
        case .unexpectedIdentity: self = .unexpectedIdentity
        case .unreadable: self = .tls
        }
    }
}
