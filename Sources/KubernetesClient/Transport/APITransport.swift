import AsyncHTTPClient
public import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Reconciliation
import Secrets
import Synchronization

/// Carries requests to one API server, with credentials, retries and bounds.
///
/// Redirects are never followed: the credentials are for this server and no other. Answers are never asked for
/// compressed: it costs more time than it saves in a cluster, and a small answer must not become a large one.
///
/// Thread rule: any. One transport is one pool of connections; share it.
public final class APITransport: Sendable {
    public let configuration: ClientConfiguration
    private let http: HTTPClient
    private let tls: TLSMaterial
    private let turns: Mutex<RequestTurns?>
    private let retries: RetryDecision
    private let logger: Logger

    /// - Throws: ``ClientError/configuration(_:)`` for what this transport cannot do.
    public init(
        _ configuration: ClientConfiguration,
        logger: Logger = Logger(label: "nullius.kubernetes-client")
    ) throws(ClientError) {
        self.configuration = configuration
        self.logger = logger
        tls = TLSMaterial(configuration.trust)
        turns = Mutex(configuration.limits.rate.map { RequestTurns($0) })
        retries = RetryDecision(
            attempts: configuration.limits.attempts,
            retryAfterLimit: configuration.limits.retryAfterLimit
        )
        http = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup,
            configuration: try HTTPClient.Configuration(configuration)
        )
    }

    /// Whoever lets go of the last reference need not wait for connections to close, so this is done behind it.
    deinit {
        let http = http
        Task { try? await http.shutdown() }
    }

    /// Closes every connection; requests under way fail.
    public func shutdown() async {
        // Twice is once.
        try? await http.shutdown()
    }

    // MARK: Sending

    /// Sends a request and reads the whole answer.
    public func send(_ request: ClientRequest) async throws(ClientError) -> ClientResponse {
        let duration = request.timeout ?? configuration.limits.requestTimeout
        let limit = configuration.limits.responseBytes
        return try await within(duration) { deadline throws(ClientError) in
            try await self.attempt(request, until: deadline) { response throws(ClientError) in
                let body = try await Self.read(response, limit: limit)
                return ClientResponse(
                    code: Int(response.status.code),
                    warnings: ResponseReading.warnings(response.headers["warning"]),
                    body: body
                )
            }
        }
    }

    /// Sends a request and hands out the answer as it comes; the time limit is for its beginning.
    func open(_ request: ClientRequest) async throws(ClientError) -> HTTPClientResponse {
        let duration = request.timeout ?? configuration.limits.requestTimeout
        let deadline = Moment.now.advanced(by: duration)
        do {
            return try await attempt(request, until: deadline) { response throws(ClientError) in response }
        } catch .deadline {
            throw .deadline(duration)
        }
    }

    /// Sends as often as it takes and may be.
    private func attempt<Answer: Sendable>(
        _ request: ClientRequest,
        until deadline: Moment,
        accept: (HTTPClientResponse) async throws(ClientError) -> Answer
    ) async throws(ClientError) -> Answer {
        var attempt = 1
        var mayRenew = true
        while true {
            try await takeTurn(until: deadline)
            let credential = try await configuration.credentials.current()
            let outcome: RetryDecision.Outcome
            let failure: ClientError
            do {
                let response = try await http.execute(
                    try message(request, credential),
                    deadline: .now() + TimeAmount(max(Moment.now.duration(to: deadline), .milliseconds(1))),
                    logger: nil
                )
                if (200..<300).contains(response.status.code) { return try await accept(response) }
                let code = Int(response.status.code)
                let retryAfter = RetryDecision.retryAfter(response.headers.first(name: "retry-after"))
                failure = try await refusal(response, retryAfter)
                if code == 401, mayRenew {
                    mayRenew = false
                    if await configuration.credentials.refused(credential) { continue }
                }
                outcome = .status(code, retryAfter: retryAfter)
            } catch let error {
                (failure, outcome) = TransportFailure.classify(error)
            }
            if case .cancelled = failure { throw failure }
            guard let delay = retries.delay(after: outcome, attempt: attempt, of: request),
                Moment.now.advanced(by: delay) < deadline
            else { throw failure }
            logger.debug(
                "request is sent again",
                metadata: ["attempt": "\(attempt)", "after": "\(delay)", "reason": "\(failure)"]
            )
            attempt += 1
            try await Self.sleep(delay)
        }
    }

    private func message(_ request: ClientRequest, _ credential: Credential) throws(ClientError)
        -> HTTPClientRequest
    {
        let server = configuration.server
        var host = server.authority
        if let name = configuration.tlsServerName, server.isTLS { host = "\(name):\(server.port)" }
        let scheme = server.isTLS ? "https" : "http"
        var message = HTTPClientRequest(url: "\(scheme)://\(host)\(server.pathPrefix)\(request.target)")
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers = [
            "Host": server.authority, "User-Agent": configuration.userAgent, "Accept": request.accept,
        ]
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: request.contentType)
            message.body = .bytes(ByteBuffer(bytes: body))
        }
        credential.authorization?.reveal { message.headers.add(name: "Authorization", value: $0) }
        try configuration.impersonation?.add(to: &message.headers)
        if server.isTLS { message.tlsConfiguration = try tls.configuration(for: credential) }
        return message
    }

    // MARK: Reading

    private static func read(_ response: HTTPClientResponse, limit: Int) async throws(ClientError) -> [UInt8]
    {
        var bytes: [UInt8] = []
        do {
            for try await piece in response.body {
                guard bytes.count + piece.readableBytes <= limit else {
                    throw ClientError.malformed("the answer is longer than \(limit) bytes")
                }
                bytes.append(contentsOf: piece.readableBytesView)
            }
        } catch {
            throw TransportFailure.classify(error).failure
        }
        return bytes
    }

    private func refusal(
        _ response: HTTPClientResponse,
        _ retryAfter: Duration?
    ) async throws(ClientError) -> ClientError {
        let code = Int(response.status.code)
        guard !(300..<400).contains(code) else {
            return .malformed("it answers with a redirect (\(code)), which is not followed")
        }
        // What it says does not matter enough to read more of it.
        let body = try await Self.read(response, limit: 1 << 20)
        return .status(ResponseReading.status(code: code, body: body, retryAfter: retryAfter))
    }

    // MARK: Time

    private func takeTurn(until deadline: Moment) async throws(ClientError) {
        let now = Moment.now
        let delay = turns.withLock { $0?.take(at: now) } ?? .zero
        guard delay > .zero else { return }
        guard now.advanced(by: delay) < deadline else { throw .deadline(now.duration(to: deadline)) }
        try await Self.sleep(delay)
    }

    private static func sleep(_ duration: Duration) async throws(ClientError) {
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw .cancelled
        }
    }

    /// Runs the work, and ends it when the time is over.
    private func within<Answer: Sendable>(
        _ duration: Duration,
        _ work: @escaping @Sendable (Moment) async throws(ClientError) -> Answer
    ) async throws(ClientError) -> Answer {
        let deadline = Moment.now.advanced(by: duration)
        let first = await withTaskGroup(of: Result<Answer, ClientError>?.self) { group in
            group.addTask {
                do throws(ClientError) {
                    return .success(try await work(deadline))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: duration)
                    return .failure(.deadline(duration))
                } catch {
                    // Cancelled, by the work's end or with the caller: then the work says how it ended.
                    return nil
                }
            }
            defer { group.cancelAll() }
            while let result = await group.next() {
                if let result { return result }
            }
            return .failure(ClientError.cancelled)
        }
        switch first {
        case .failure(.deadline): throw .deadline(duration)
        case .failure(let error): throw error
        case .success(let answer): return answer
        }
    }
}

extension HTTPClient.Configuration {
    init(_ configuration: ClientConfiguration) throws(ClientError) {
        self.init(redirectConfiguration: .disallow)
        timeout.connect = TimeAmount(configuration.limits.connectTimeout)
        connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(configuration.limits.connections, 1)
        // A refused connection, or a certificate that is not believed, is told at once; callers back off.
        connectionPool.retryConnectionEstablishment = false
        let server = configuration.server
        if let name = configuration.tlsServerName ?? (server.isAddress ? nil : server.host), server.isTLS,
            configuration.trust.asksForProof
        {
            let identity = ServerIdentity(name: name)
            http1_1ConnectionDebugInitializer = { identity.check($0) }
            http2ConnectionDebugInitializer = { identity.check($0) }
        }
        if let name = configuration.tlsServerName {
            guard !ServerAddress(host: name, port: 443).isAddress else {
                throw .configuration("tls-server-name \(name) is an address; it can only be a name here")
            }
            dnsOverride = [name: server.host]
        }
        guard let proxy = configuration.proxy else { return }
        // The address that a certificate without a name is held against would be the proxy's.
        guard !server.isTLS || !server.isAddress || configuration.tlsServerName != nil else {
            throw .configuration(
                "the server \(server) is an address behind a proxy; set tls-server-name to a name in its certificate"
            )
        }
        switch proxy.kind {
        case .http:
            let login = proxy.login?.reveal { text in
                HTTPClient.Authorization.basic(credentials: Base64.encode(text.utf8))
            }
            self.proxy = .server(host: proxy.host, port: proxy.port, authorization: login)
        case .socks5:
            guard proxy.login == nil else {
                throw .configuration("a SOCKS proxy with a login is not supported")
            }
            self.proxy = .socksServer(host: proxy.host, port: proxy.port)
        }
    }
}

extension ImpersonatedUser {
    func add(to headers: inout HTTPHeaders) throws(ClientError) {
        var all: [(String, String)] = [("Impersonate-User", user)]
        if !uid.isEmpty { all.append(("Impersonate-Uid", uid)) }
        all += groups.map { ("Impersonate-Group", $0) }
        for (name, values) in extra.sorted(by: { $0.key < $1.key }) {
            // Header names know no case and few bytes: what is not plain is percent-encoded, as servers expect it.
            all += values.map { ("Impersonate-Extra-\(ClientRequest.encoded(name))", $0) }
        }
        for (name, value) in all {
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw .configuration("\(name) holds bytes that cannot be sent")
            }
            headers.add(name: name, value: value)
        }
    }
}
