import CertificateAuthority
import FoundationEssentials
import GRPCCore
import GRPCNIOTransportHTTP2
import Identity
import Logging
import MeshAPI
import X509

/// Serves proxies: one stream each, with what concerns its workload, as it changes.
struct MeshService: WireMesh.SimpleServiceProtocol {
    /// How long a peer may take to say who it is.
    static let helloDeadline = Duration.seconds(10)

    let coordinator: MeshCoordinator
    let logger: Logger

    func subscribe(
        request: RPCAsyncSequence<WireProxyMessage, any Error>,
        response: RPCWriter<WireControlMessage>,
        context: ServerContext
    ) async throws {
        let peer = try MeshPeer(context)
        let stream = MeshStream(coordinator: coordinator, peer: peer)
        do {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for try await message in request { try await stream.receive(message) }
                }
                group.addTask {
                    while let update = await stream.mailbox.next() { try await response.write(update.wire) }
                }
                group.addTask { try await stream.watchTime() }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch {
            await stream.ended()
            throw Self.status(of: error)
        }
        await stream.ended()
    }

    private static func status(of error: any Error) -> any Error {
        switch error {
        case let refusal as SessionRefusal:
            switch refusal {
            case .unknownWorkload:
                RPCError(
                    code: .notFound,
                    message: "no workload of that id is registered; it must register again"
                )
            case .otherIdentity:
                RPCError(code: .permissionDenied, message: "the certificate is not that of this workload")
            case .tooManyDestinations(let limit):
                RPCError(
                    code: .resourceExhausted,
                    message: "a proxy may ask for \(limit) destinations at most"
                )
            case .superseded:
                RPCError(
                    code: .aborted,
                    message: "another stream of this workload took the place of this one"
                )
            }
        case let error as WireError:
            RPCError(code: .invalidArgument, message: error.description)
        default:
            error
        }
    }
}

/// Who is at the other end of a connection of the mesh API.
struct MeshPeer: Sendable {
    var spiffeID: SPIFFEID
    var certificateEnd: Date

    /// Takes the certificate that the handshake verified; a connection without one serves nobody.
    init(_ context: ServerContext) throws {
        guard
            let transport = context.transportSpecific as? HTTP2ServerTransport.Posix.Context,
            // Only there when our verifier ran in this connection's handshake, so a resumed session does not count.
            let leaf = transport.peerCertificateChain?.leaf,
            let chain = try? CertificateChain([leaf]), let svid = try? X509SVID(chain: chain),
            svid.notAfter > Date()
        else { throw RPCError(code: .unauthenticated, message: "a valid X.509-SVID is needed here") }
        spiffeID = svid.spiffeID
        certificateEnd = svid.notAfter
    }
}

/// The state of one stream: who it is for, once that was said.
private actor MeshStream {
    nonisolated let mailbox = Mailbox()
    private let coordinator: MeshCoordinator
    private let peer: MeshPeer
    private var session: (workload: WorkloadID, number: UInt64)?

    init(coordinator: MeshCoordinator, peer: MeshPeer) {
        self.coordinator = coordinator
        self.peer = peer
    }

    func receive(_ message: WireProxyMessage) async throws {
        let report = try ProxyReport(message)
        switch (session, report) {
        case (nil, .hello(let workload, _)):
            let number = try await coordinator.connect(
                workload,
                peer: peer.spiffeID,
                certificateEnd: peer.certificateEnd,
                mailbox: mailbox
            )
            session = (workload, number)
        case (nil, _):
            throw WireError.missing("hello")
        case (_?, .hello):
            throw WireError.repeated("hello")
        case (let session?, _):
            try await coordinator.received(report, from: session.workload, session: session.number)
        }
    }

    /// Ends the stream when nobody says hello, and when the certificate that opened it is over.
    func watchTime() async throws {
        try await Task.sleep(for: min(MeshService.helloDeadline, timeLeft))
        guard session != nil else {
            throw RPCError(code: .deadlineExceeded, message: "the first message must be a hello, and soon")
        }
        try await Task.sleep(for: timeLeft)
        throw RPCError(
            code: .unauthenticated,
            message: "the certificate of this stream is over; connect again"
        )
    }

    /// Until the certificate that opened the stream is over.
    private var timeLeft: Duration { .seconds(max(0, peer.certificateEnd.timeIntervalSince(Date()))) }

    func ended() async {
        mailbox.finish()
        guard let session else { return }
        await coordinator.disconnected(session.workload, session: session.number)
    }
}
