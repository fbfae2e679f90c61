import CanonicalHTTP
import NIOCore
import NIOEmbedded
import ProxyCore

@testable import Proxy

/// The side of an exchange that asks; keeps what it is told.
final class TestDownstream: Downstream {
    let loop: any EventLoop
    var isWritable = true
    private(set) var parts: [ResponsePart] = []
    private(set) var isAborted = false

    init(_ loop: EmbeddedEventLoop) {
        self.loop = loop
    }

    /// What came, in short.
    var told: [String] { parts.map(\.summary) }

    func send(_ part: ResponsePart) { parts.append(part) }
    func flush() {}
    func demand() {}
    func abort() { isAborted = true }
    func becomeBytes() -> Bytes? { nil }
}

/// The side of an exchange that answers; keeps what it is told.
final class TestUpstream: Upstream {
    let isReused: Bool
    private(set) var told: [String] = []
    private(set) weak var exchange: Exchange?

    init(isReused: Bool) {
        self.isReused = isReused
    }

    var isWritable: Bool { true }
    func attach(_ exchange: Exchange) { self.exchange = exchange }
    func send(_ request: CanonicalRequest, body: BodyLength, upgradesToWebSocket: Bool) {
        told.append("head")
    }
    func sendBody(_ bytes: ByteBuffer) { told.append("body") }
    func sendEnd(_ trailers: HeaderFields) { told.append(trailers.isEmpty ? "end" : "end with trailers") }
    func flush() {}
    func demand() {}
    func abort() { told.append("abort") }
    func release() { told.append("release") }
    func becomeBytes() -> Bytes? { nil }
}

/// Lets every request pass to one connection after the other, or refuses all when it was given none.
final class TestGate: Gate {
    private var upstreams: [any Upstream]
    private let admitted: () -> Void

    init(_ upstreams: [any Upstream] = [], admitted: @escaping () -> Void = {}) {
        self.upstreams = upstreams
        self.admitted = admitted
    }

    func admit(_ head: RequestHead) -> Admission {
        admitted()
        guard !upstreams.isEmpty, let request = try? CanonicalRequest(canonicalizing: head) else {
            return .refuse(.unavailable)
        }
        return .forward(request)
    }

    func connect(
        version: HTTPVersion,
        fresh: Bool,
        then: @escaping (Result<any Upstream, UpstreamError>) -> Void
    ) {
        then(upstreams.isEmpty ? .failure(.noEndpoint) : .success(upstreams.removeFirst()))
    }

    func complete(_ response: inout ResponseHead) {}
    func becameBytes(_ channel: any Channel) {}
    func finished(_ outcome: ExchangeOutcome) {}
}

extension RequestHead {
    /// A request for `/` of `orders`.
    static func test(_ method: String = "GET", version: HTTPVersion = .http1_1) -> RequestHead {
        RequestHead(
            method: method,
            target: Array("/".utf8),
            authorities: [Array("orders".utf8)],
            fields: HeaderFields(),
            version: version
        )
    }
}

extension Exchange {
    /// An exchange of two sides that a test made.
    static func test(
        _ head: RequestHead = .test(),
        body: BodyLength = .none,
        from downstream: TestDownstream,
        to upstreams: any Upstream...
    ) -> Exchange {
        Exchange(
            head,
            body: body,
            upgradesToWebSocket: false,
            from: downstream,
            gate: TestGate(upstreams),
            settings: ProxySettings()
        )
    }
}

extension ResponsePart {
    fileprivate var summary: String {
        switch self {
        case .informational(let head), .head(let head, _), .switching(let head): "\(head.status)"
        case .body(let bytes): String(buffer: bytes)
        case .end: "end"
        }
    }
}
