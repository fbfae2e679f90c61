import Authorization
import CanonicalHTTP
import CertificateAuthority
import FoundationEssentials
import Identity
import Logging
import NetworkTypes
import Proxy
import ProxyCore
import Telemetry

/// Turns what the data plane did into records, metrics and, for what an operator must see, log lines.
struct TelemetryObserver: ProxyObserver {
    let namespace: String
    let workload: String
    let identity: SPIFFEID
    let records: RecordLog
    let metrics: ProxyMetrics
    let logger: Logger

    func judged(_ event: JudgementEvent) {
        if let rule = event.judgement.enforced.rule {
            metrics.verdicts(of: rule.description, Outcome(event.judgement)).increment()
        }
        if event.wire == .opaque {
            metrics.connectionJudged(
                .inbound,
                Outcome(event.judgement),
                because: VerdictReason(event.judgement.enforced)
            )
        }
        var record: DecisionRecord
        if event.judgement.enforced.isAllowed, event.judgement.wouldBe.isAllowed {
            record = DecisionRecord(
                id: event.decision,
                time: Self.now(),
                request: event.request,
                judgement: event.judgement,
                destination: destination(event.port),
                wire: .init(event.wire),
                revision: event.policy.revision
            )
        } else {
            record = DecisionRecord(
                id: event.decision,
                time: Self.now(),
                explanation: event.policy.explain(event.request),
                destination: destination(event.port),
                wire: .init(event.wire),
                revision: event.policy.revision
            )
        }
        record.latency = UInt64(clamping: event.latency.nanoseconds)
        record.traceID = event.traceID
        records.append(record)
    }

    func finished(_ event: RequestEvent) {
        let outcome: Outcome
        let reason: VerdictReason
        switch (event.judgement?.judgement, event.failure, event.direction) {
        case (let judgement?, nil, _):
            (outcome, reason) = (Outcome(judgement), VerdictReason(judgement.enforced))
        case (_, .timeout?, _):
            (outcome, reason) = (.failed, .timeout)
        case (_, .badGateway?, _), (_, .unavailable?, _):
            (outcome, reason) = (.failed, .upstreamUnavailable)
        case (nil, nil, .inbound):
            (outcome, reason) = (.failed, .malformed)
        case (nil, nil, .outbound):
            (outcome, reason) = event.status == nil ? (.failed, .cancelled) : (.allowed, .other)
        }
        metrics.requestEnded(
            TrafficDirection(event.direction),
            event.wire,
            outcome,
            because: reason,
            after: event.duration
        )
    }

    func refused(_ event: RefusalEvent) {
        records.append(
            DecisionRecord(
                id: event.decision,
                time: Self.now(),
                refusal: event.refusal,
                caller: event.caller,
                destination: destination(event.policy.port),
                wire: .init(event.wire),
                revision: event.policy.revision
            )
        )
    }

    func malformed(_ error: MessageError, direction: Direction) {
        metrics.requestEnded(
            TrafficDirection(direction),
            .http1,
            .failed,
            because: .malformed,
            after: .zero
        )
    }

    func handshakeFailed(_ reason: HandshakeFailureReason, direction: Direction) {
        metrics.handshakeFailed(TrafficDirection(direction), because: HandshakeFailure(reason))
        logger.info(
            "a TLS handshake failed",
            metadata: ["direction": "\(direction.rawValue)", "reason": "\(reason)"]
        )
    }

    func connectionOpened(_ direction: Direction) {
        metrics.connectionOpened(TrafficDirection(direction))
    }

    func connectionClosed(_ direction: Direction) {
        metrics.connectionClosed(TrafficDirection(direction))
    }

    func upstreamFailed(destination: String) {
        logger.warning("a destination cannot be reached", metadata: ["destination": "\(destination)"])
    }

    private func destination(_ port: Port) -> DecisionRecord.Destination {
        .init(namespace: namespace, workload: workload, identity: identity.description, port: port)
    }

    private static func now() -> Int64 {
        Int64(Date().timeIntervalSince1970 * 1_000_000) * 1000
    }
}

extension Outcome {
    init(_ judgement: Judgement) {
        guard judgement.enforced.isAllowed else {
            self = .denied
            return
        }
        self = judgement.wouldBe.isAllowed ? .allowed : .wouldDeny
    }
}

extension TrafficDirection {
    init(_ direction: Direction) {
        self = direction == .inbound ? .inbound : .outbound
    }
}

extension DecisionRecord.WireProtocol {
    init(_ wire: TrafficProtocol) {
        switch wire {
        case .http1: self = .http1
        case .http2, .grpc: self = .http2
        case .opaque: self = .opaque
        }
    }
}

extension HandshakeFailure {
    init(_ reason: HandshakeFailureReason) {
        switch reason {
        case .violation(let violation): self.init(violation)
        case .unexpectedIdentity: self = .wrongIdentity
        case .noCredentials, .resumed: self = .other
        case .tls: self = .protocolMismatch
        }
    }

    private init(_ violation: SVIDViolation) {
        switch violation {
        case .noCertificate: self = .noCertificate
        case .expired: self = .expired
        case .notYetValid: self = .notYetValid
        case .unknownTrustDomain, .rootOfAnotherTrustDomain, .issuerOfAnotherTrustDomain:
            self = .foreignTrustDomain
        case .noPathToRoot, .signatureInvalid, .tooManyCandidates, .pathTooLong: self = .untrustedChain
        default: self = .notSVID
        }
    }
}

extension Duration {
    /// Saturates after 292 years.
    var nanoseconds: Int64 {
        let (seconds, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : seconds + components.attoseconds / 1_000_000_000
    }
}
