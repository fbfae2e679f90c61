public import CanonicalHTTP
public import NetworkTypes

/// What is kept of one decision; `docs/records.md` is its schema.
///
/// A pure value: identifier, time and latency come from outside, the rest from the request and its judgement.
public struct DecisionRecord: Equatable, Sendable {
    public enum Verdict: String, CaseIterable, Sendable {
        case allow
        case deny
        /// The request had no canonical form and was never judged.
        case refuse
    }

    /// The workload that was asked, as the proxy in front of it knows it.
    public struct Destination: Hashable, Sendable {
        public var namespace: String
        public var workload: String
        /// Its SPIFFE ID.
        public var identity: String
        public var port: Port

        public init(namespace: String, workload: String, identity: String, port: Port) {
            self.namespace = namespace
            self.workload = workload
            self.identity = identity
            self.port = port
        }
    }

    public enum WireProtocol: String, CaseIterable, Sendable {
        case http1 = "http/1.1"
        case http2 = "http/2"
        case opaque
    }

    /// One rule that was considered.
    public struct Considered: Equatable, Sendable {
        public var rule: String
        public var action: String
        public var mode: String
        /// ``Misses/names``; empty when the rule matched.
        public var missed: [String]
        public var sentences: [String]
    }

    /// The 32 hexadecimal digits that went back to the caller.
    public var id: String
    /// Nanoseconds since 1970-01-01 00:00 UTC.
    public var time: Int64
    public var verdict: Verdict
    public var wouldBe: Verdict
    /// A ``ReasonCode``, or the code of a ``RequestRefusal``.
    public var reason: String
    public var summary: String
    public var rule: String?
    public var source: Caller
    public var destination: Destination
    public var wire: WireProtocol
    /// Absent for an opaque connection and for a request without canonical form.
    public var method: String?
    public var host: String?
    public var path: String?
    public var route: String?
    /// The person behind the request, when a token was verified.
    public var issuer: String?
    public var subject: String?
    /// What the caller was answered, once it is known.
    public var status: UInt16?
    public var revision: PolicyRevision
    /// From the first byte of the request to the last of the answer, in nanoseconds.
    public var latency: UInt64?
    /// The trace id of `traceparent` (W3C Trace Context), 32 hexadecimal digits.
    public var traceID: String?
    /// For a denial, enforced or would-be: the rules that were considered, nearest first, at most ``consideredLimit``.
    public var considered: [Considered] = []
    /// For a denial: how many were left out of ``considered``.
    public var omitted: Int = 0

    public static let consideredLimit = 32
}

extension DecisionRecord {
    /// The record of a judgement, without the trace.
    public init(
        id: String,
        time: Int64,
        request: AccessRequest,
        judgement: Judgement,
        destination: Destination,
        wire: WireProtocol,
        revision: PolicyRevision
    ) {
        self.id = id
        self.time = time
        verdict = judgement.enforced.isAllowed ? .allow : .deny
        wouldBe = judgement.wouldBe.isAllowed ? .allow : .deny
        reason = judgement.enforced.reason.name
        summary = ""
        rule = (judgement.enforced.rule ?? judgement.wouldBe.rule)?.description
        source = request.caller
        self.destination = destination
        self.wire = wire
        self.revision = revision
        route = judgement.route
        if case .http(let asked) = request.operation {
            method = asked.method
            host = asked.host
            path = asked.path
        }
        if case .verified(let token) = request.token {
            issuer = token.issuer
            subject = token.subject
        }
    }

    /// The record of a judgement with its trace; for what was denied, or would have been.
    public init(
        id: String,
        time: Int64,
        explanation: Explanation,
        destination: Destination,
        wire: WireProtocol,
        revision: PolicyRevision
    ) {
        self.init(
            id: id,
            time: time,
            request: explanation.request,
            judgement: explanation.judgement,
            destination: destination,
            wire: wire,
            revision: revision
        )
        summary = explanation.summary
        let ordered = explanation.considered.sorted {
            ($0.misses.distance, $0.rule.id) < ($1.misses.distance, $1.rule.id)
        }
        considered = ordered.prefix(Self.consideredLimit).map { one in
            Considered(
                rule: one.rule.id.description,
                action: one.rule.action.rawValue,
                mode: one.mode.rawValue,
                missed: one.misses.names,
                sentences: explanation.sentences(for: one)
            )
        }
        omitted = ordered.count - considered.count
    }

    /// The record of a request without canonical form.
    ///
    /// It holds nothing of what the client wrote: that has no bound and no one reading.
    public init(
        id: String,
        time: Int64,
        refusal: RequestRefusal,
        caller: Caller,
        destination: Destination,
        wire: WireProtocol,
        revision: PolicyRevision
    ) {
        self.id = id
        self.time = time
        verdict = .refuse
        wouldBe = .refuse
        reason = refusal.code
        summary = refusal.description
        source = caller
        self.destination = destination
        self.wire = wire
        self.revision = revision
        status = refusal.status
    }
}
