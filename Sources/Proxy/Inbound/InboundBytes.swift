import Authorization
import NIOCore
import NetworkTypes
import ProxyCore
import Telemetry

/// Judges a connection whose bytes nobody looks into, joins it to the program, and judges again when policies change.
final class InboundBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let scope: ConnectionScope
    private let judge: ConnectionJudge
    private let pool: UpstreamPool
    private var buffer = ByteBuffer()
    private var inputClosed = false
    private var context: ChannelHandlerContext?

    init(scope: ConnectionScope, judge: ConnectionJudge, pool: UpstreamPool) {
        self.scope = scope
        self.judge = judge
        self.pool = pool
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let channel = context.channel
        guard judge.allows() else {
            channel.close(promise: nil)
            return
        }
        watchPolicies(channel)
        pool.bytes(to: .program(judge.services.program)) { [self] result in
            guard let program = try? result.get(), let context = self.context else {
                (try? result.get())?.close(promise: nil)
                channel.close(promise: nil)
                return
            }
            join(context, to: program)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        buffer.writeBuffer(&bytes)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            inputClosed = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func join(_ context: ChannelHandlerContext, to program: any Channel) {
        let channel = context.channel
        let bytes = buffer
        let inputClosed = inputClosed
        self.buffer = ByteBuffer()
        Pipe.join(
            Bytes(channel: channel, remainder: bytes),
            Bytes(channel: program, remainder: ByteBuffer()),
            idleTimeout: scope.settings.opaqueIdleTimeout
        )
        if inputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// Closes the connection as soon as a policy comes that does not allow it any more.
    private func watchPolicies(_ channel: any Channel) {
        let judge = judge
        let policies = judge.services.policies
        let watch = policies.watch {
            channel.eventLoop.execute {
                if !judge.stillAllows() { channel.closeNow() }
            }
        }
        channel.closeFuture.whenComplete { _ in policies.unwatch(watch) }
        // What was installed between the judgement and the watch.
        if !judge.stillAllows() { channel.closeNow() }
    }
}

/// Judges one connection, at its beginning and again.
struct ConnectionJudge: Sendable {
    let services: InboundServices
    let caller: Caller

    /// Judges and records.
    func allows() -> Bool {
        let event = judge()
        services.observer.judged(event)
        return event.judgement.enforced.isAllowed
    }

    /// Judges by a later policy; recorded only when the answer is no, since the first record stands otherwise.
    func stillAllows() -> Bool {
        let event = judge()
        if !event.judgement.enforced.isAllowed { services.observer.judged(event) }
        return event.judgement.enforced.isAllowed
    }

    private func judge() -> JudgementEvent {
        let arrived = NIODeadline.now()
        let policy = services.policies.policy(for: services.port)
        let question = AccessRequest(caller: caller, operation: .connection)
        let judgement = policy.judge(question)
        return JudgementEvent(
            decision: services.environment.makeDecisionID(),
            request: question,
            judgement: judgement,
            policy: policy,
            wire: .opaque,
            latency: .nanoseconds((NIODeadline.now() - arrived).nanoseconds),
            traceID: nil
        )
    }
}
