import Authorization
import CanonicalHTTP
import NIOCore
import ProxyCore
import Telemetry

/// Judges what lasts longer than a request, at its beginning and again whenever policies change: an opaque connection,
/// or the bytes that a request to upgrade turned into.
struct ConnectionJudge: Sendable {
    let services: InboundServices
    let question: AccessRequest
    let wire: TrafficProtocol

    init(services: InboundServices, question: AccessRequest, wire: TrafficProtocol) {
        self.services = services
        self.question = question
        self.wire = wire
    }

    /// Judges a connection whose bytes nobody looks into.
    init(services: InboundServices, caller: Caller) {
        self.init(
            services: services,
            question: AccessRequest(caller: caller, operation: .connection),
            wire: .opaque
        )
    }

    /// Judges and records.
    func allows() -> Bool {
        let event = judge()
        services.observer.judged(event)
        return event.judgement.enforced.isAllowed
    }

    /// Closes the connection as soon as a policy comes that does not allow it any more.
    func watch(_ channel: any Channel) {
        let policies = services.policies
        let watch = policies.watch {
            channel.eventLoop.execute {
                if !stillAllows() { channel.closeNow() }
            }
        }
        channel.closeFuture.whenComplete { _ in policies.unwatch(watch) }
        // What was installed between the judgement and the watch.
        if !stillAllows() { channel.closeNow() }
    }

    /// Judges by a later policy; recorded only when the answer is no, since the first record stands otherwise.
    private func stillAllows() -> Bool {
        let event = judge()
        if !event.judgement.enforced.isAllowed { services.observer.judged(event) }
        return event.judgement.enforced.isAllowed
    }

    private func judge() -> JudgementEvent {
        let arrived = NIODeadline.now()
        let policy = services.policies.policy(for: services.port)
        var question = question
        if case .http(let request) = question.operation, policy.requiresToken {
            // Rules about tokens may be new, and tokens end.
            question.token = services.tokens.evidence(in: request.fields, at: services.environment.now())
        }
        let judgement = policy.judge(question)
        return JudgementEvent(
            decision: services.environment.makeDecisionID(),
            request: question,
            judgement: judgement,
            policy: policy,
            wire: wire,
            latency: .nanoseconds((NIODeadline.now() - arrived).nanoseconds),
            traceID: nil
        )
    }
}
