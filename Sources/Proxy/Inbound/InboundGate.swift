import Authorization
import CanonicalHTTP
import Identity
import NIOCore
import NetworkTypes
import ProxyCore
import Telemetry

/// Judges one request by the policy in force now, and leads it to the workload's program.
final class InboundGate: Gate {
    private let services: InboundServices
    private let caller: Caller
    private let pool: UpstreamPool
    private var judged: JudgementEvent?

    init(services: InboundServices, caller: Caller, pool: UpstreamPool) {
        self.services = services
        self.caller = caller
        self.pool = pool
    }

    var leadsToProxy: Bool { false }

    func admit(_ head: RequestHead) -> Admission {
        let arrived = NIODeadline.now()
        let decision = services.environment.makeDecisionID()
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
            addCaller(to: &request)
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
    private func addCaller(to request: inout CanonicalRequest) {
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
