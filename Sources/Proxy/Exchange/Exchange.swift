import CanonicalHTTP
import NIOCore
import ProxyCore
import Telemetry

/// Carries one request and its response between two sides, as ``ExchangeMachine`` decides.
///
/// Knows no HTTP version: codecs hand it parts and take parts. Confined to the event loop that both sides share.
final class Exchange {
    private var machine: ExchangeMachine
    private let gate: any Gate
    private var downstream: (any Downstream)?
    private var upstream: (any Upstream)?

    private let head: RequestHead
    private let body: BodyLength
    private let wantsUpgrade: Bool
    private var request: CanonicalRequest?

    private let started = NIODeadline.now()
    private var status: UInt16?
    private var failure: ExchangeMachine.Answer?
    private var requestBytes: UInt64 = 0
    private var responseBytes: UInt64 = 0
    /// The request's end; kept, since a request that is repeated has to end again.
    private var endTrailers: HeaderFields?
    private var responseTimer: Scheduled<Void>?
    private let settings: ProxySettings

    init(
        _ head: RequestHead,
        body: BodyLength,
        upgradesToWebSocket: Bool,
        from downstream: any Downstream,
        gate: any Gate,
        settings: ProxySettings
    ) {
        self.head = head
        self.body = body
        wantsUpgrade = upgradesToWebSocket
        self.downstream = downstream
        self.gate = gate
        self.settings = settings
        machine = ExchangeMachine(isIdempotent: Self.idempotent.contains(head.method))
    }

    private static let idempotent: Set = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]

    /// Whether the request's next part may be handed over.
    var wantsRequest: Bool {
        guard machine.wantsRequest else { return false }
        return machine.isAnswering || upstream?.isWritable == true
    }

    /// Whether the response's next part may be handed over.
    var wantsResponse: Bool { machine.isForwarding && downstream?.isWritable == true }

    // MARK: - From the side that asks

    func begin() {
        switch gate.admit(head) {
        case .refuse(let refusal):
            machine.refuse()
            answer(refusal)
        case .forward(let request):
            self.request = request
            machine.forward()
            connect(fresh: false)
        }
    }

    func requestBody(_ bytes: ByteBuffer) {
        requestBytes += UInt64(bytes.readableBytes)
        guard machine.requestBody() else { return }
        upstream?.sendBody(bytes)
    }

    func requestEnd(_ trailers: HeaderFields) {
        let (tell, effect) = machine.requestEnded()
        endTrailers = trailers
        if tell {
            upstream?.sendEnd(trailers)
            startResponseTimer()
        }
        perform(effect)
    }

    func requestFlush() { upstream?.flush() }

    func downstreamGone() {
        perform(machine.downstreamGone())
    }

    func downstreamWritable() {
        if wantsResponse { upstream?.demand() }
    }

    // MARK: - From the side that answers

    func responsePart(_ part: ResponsePart) {
        stopResponseTimer()
        switch part {
        case .informational(var head):
            gate.complete(&head)
            downstream?.send(.informational(head))
            if endTrailers != nil { startResponseTimer() }
        case .head(var head, let length):
            guard machine.responseStarted() else { return }
            status = head.status
            gate.complete(&head)
            downstream?.send(.head(head, length))
        case .body(let bytes):
            responseBytes += UInt64(bytes.readableBytes)
            downstream?.send(part)
        case .end:
            // First let go of everything, for the next request begins inside `send`.
            let side = downstream
            perform(machine.responseEnded())
            side?.send(part)
        case .switching(var head):
            gate.complete(&head)
            switchToBytes(.switching(head))
        }
    }

    func responseFlush() { downstream?.flush() }

    func upstreamFailed(_ failure: ExchangeMachine.Failure) {
        stopResponseTimer()
        let isReused = upstream?.isReused ?? false
        upstream = nil
        perform(machine.upstreamFailed(failure, isReused: isReused))
    }

    func upstreamWritable() {
        if wantsRequest { downstream?.demand() }
    }

    // MARK: - Carrying out

    private func perform(_ effect: ExchangeMachine.Effect?) {
        switch effect {
        case nil: break
        case .startForwarding: startForwarding()
        case .release:
            upstream?.release()
            upstream = nil
        case .reconnect: connect(fresh: true)
        case .answer(let answer):
            failure = answer
            self.answer(Refusal(answer))
        case .abortDownstream:
            downstream?.abort()
            finish()
        case .abortUpstream:
            upstream?.abort()
            finish()
        case .finish: finish()
        }
    }

    private func connect(fresh: Bool) {
        gate.connect(version: head.version, fresh: fresh) { [self] result in
            switch result {
            case .success(let found):
                upstream = found
                perform(machine.connected())
            case .failure:
                perform(machine.connectionFailed())
            }
        }
    }

    private func startForwarding() {
        guard let upstream, let request else { return }
        upstream.attach(self)
        upstream.send(request, body: body, upgradesToWebSocket: wantsUpgrade)
        if let endTrailers {
            upstream.sendEnd(endTrailers)
            startResponseTimer()
        } else {
            downstream?.demand()
        }
        // The other side may be gone by now; flushing a closed connection does nothing.
        upstream.flush()
        if wantsResponse { upstream.demand() }
    }

    private func answer(_ refusal: Refusal) {
        status = refusal.status
        for part in refusal.parts(toGRPC: head.wire == .grpc) {
            switch part {
            case .head(let head, let length):
                downstream?.send(.head(head, self.head.method == "HEAD" ? .none : length))
            case .body where head.method == "HEAD":
                break
            case .end:
                let side = downstream
                perform(machine.responseEnded())
                side?.send(part)
            default:
                downstream?.send(part)
            }
        }
    }

    private func switchToBytes(_ part: ResponsePart) {
        guard wantsUpgrade, let downstream, let upstream else {
            self.upstream?.abort()
            upstreamFailed(.malformed)
            return
        }
        status = 101
        downstream.send(part)
        downstream.flush()
        guard let left = downstream.becomeBytes(), let right = upstream.becomeBytes() else {
            downstream.abort()
            upstream.abort()
            perform(machine.downstreamGone())
            return
        }
        perform(machine.switched())
        Pipe.join(left, right, idleTimeout: settings.opaqueIdleTimeout)
        gate.becameBytes(left.channel)
    }

    private func stopResponseTimer() {
        responseTimer?.cancel()
        responseTimer = nil
    }

    private func startResponseTimer() {
        guard let loop = downstream?.loop, responseTimer == nil else { return }
        responseTimer = loop.assumeIsolated().scheduleTask(in: settings.responseTimeout) { [weak self] in
            guard let self, let upstream = self.upstream, self.machine.isForwarding, self.status == nil else {
                return
            }
            upstream.abort()
            self.upstreamFailed(.timedOut)
        }
    }

    /// Lets go of both sides, so that neither is kept alive by the other.
    private func finish() {
        stopResponseTimer()
        guard downstream != nil else { return }
        downstream = nil
        upstream = nil
        let elapsed = NIODeadline.now() - started
        gate.finished(
            ExchangeOutcome(
                wire: head.wire,
                status: status,
                failure: failure,
                duration: .nanoseconds(elapsed.nanoseconds),
                requestBytes: requestBytes,
                responseBytes: responseBytes
            )
        )
    }
}

extension RequestHead {
    /// What the request is, as records and metrics name it.
    var wire: TrafficProtocol {
        guard version == .http2 else { return .http1 }
        guard let type = fields.onlyValue(of: "content-type") else { return .http2 }
        return type.starts(with: "application/grpc".utf8) ? .grpc : .http2
    }
}
