import Authorization
import CanonicalHTTP
import FoundationEssentials
import Identity
import NIOCore
import NetworkTypes
import ProxyCore
import Telemetry

/// Judges one request by the policy in force now, and leads it to the workload's program.
final class InboundGate: Gate {
    private let services: InboundServices
    private let caller: Caller
    /// When the certificate ends that proved the caller's identity.
    private let provedUntil: Date?
    private let pool: UpstreamPool
    private var judged: JudgementEvent?

    init(services: InboundServices, caller: Caller, provedUntil: Date?, pool: UpstreamPool) {
        self.services = services
        self.caller = caller
        self.provedUntil = provedUntil
        self.pool = pool
    }

    func admit(_ head: RequestHead) -> Admission {
        let arrived = NIODeadline.now()
        let decision = services.environment.makeDecisionID()
        var caller = caller
        // What a certificate proves ends with it, also on a connection that its owner does not leave.
        if let provedUntil, services.environment.now() >= provedUntil { caller.identity = nil }
        let policy = services.policies.policy(for: services.port)
        var request: CanonicalRequest
        do throws(RequestRefusal) {
            request = try CanonicalRequest(canonicalizing: head, relaxing: policy.relaxations)
        } catch {
            services.observer.refused(
                RefusalEvent(
                    decision: decision,
                    refusal: error,
                    caller: caller,
                    policy: policy,
                    wire: head.wire
                )
            )
            var refusal = Refusal(error)
            refusal.decision = decision
            return .refuse(refusal)
        }
        let token =
            policy.requiresToken
            ? services.tokens.evidence(in: request.fields, at: services.environment.now()) : .absent
        let trace = services.environment.continueTrace(in: &request.fields)
        let question = AccessRequest(caller: caller, operation: .http(request), token: token)
        let judgement = policy.judge(question)
        let event = JudgementEvent(
            decision: decision,
            request: question,
            judgement: judgement,
            policy: policy,
            wire: head.wire,
            latency: .nanoseconds((NIODeadline.now() - arrived).nanoseconds),
            traceID: trace.traceID
        )
        judged = event
        services.observer.judged(event)
        switch judgement.enforced {
        case .deny(let denial):
            return .refuse(Refusal(denial, decision: decision))
        case .allow:
            // Where bytes pass that nobody looks into, anyone could write this field; a program must not learn to
            // believe it there.
            if policy.requiresHTTP { add(caller, to: &request) }
            return .forward(request)
        }
    }

    func connect(
        version: HTTPVersion,
        fresh: Bool,
        then: @escaping (Result<any Upstream, UpstreamError>) -> Void
    ) {
        pool.http(to: .program(services.program), version: version, fresh: fresh, then: then)
    }

    /// What a proxy says about decisions, a program must not be able to say.
    func complete(_ response: inout ResponseHead) {
        response.fields.removeAll { $0.starts(with: ReservedFields.prefix.utf8) }
        // Hexadecimal digits of our own, always a valid value.
        if let judged { try? response.fields.append(ProxyFields.decision, judged.decision) }
    }

    func becameBytes(_ channel: any Channel) {
        guard let judged else { return }
        ConnectionJudge(services: services, question: judged.request, wire: judged.wire).watch(channel)
    }

    func finished(_ outcome: ExchangeOutcome) {
        services.observer.finished(
            RequestEvent(
                direction: .inbound,
                destination: services.port.description,
                judgement: judged,
                outcome: outcome
            )
        )
    }

    /// The canonical request holds no such field any more, whatever the client sent.
    private func add(_ caller: Caller, to request: inout CanonicalRequest) {
        guard let identity = caller.identity else { return }
        // A SPIFFE ID is printable ASCII by its grammar, so this cannot fail.
        try? request.fields.append(ProxyFields.caller, identity.description)
    }
}

extension Refusal {
    /// What a caller is told of a denial: the reason's name and the id; the rules are not its business.
    init(_ denial: Denial, decision: String) {
        let isUnknown = denial == .undecidable(.notReceived)
        self.init(
            status: isUnknown ? 503 : denial.status,
            code: denial.reason.name,
            detail: isUnknown
                ? "The proxy has not received its policy yet, so nothing is let pass."
                : "Access is denied. Ask the operator about decision \(decision).",
            decision: decision
        )
        if case .badToken = denial { asksForToken = true }
    }
}
