import CanonicalHTTP
import Identity
import NIOCore
import NetworkTypes
import ProxyCore

/// The connections of one event loop to programs and to other proxies.
///
/// HTTP/1.1 connections are taken out for an exchange and put back; of HTTP/2 there is one per endpoint, shared by
/// all. A change of credentials makes new keys, so new requests use new connections and old ones drain.
final class UpstreamPool {
    private let dialer: Dialer
    private let credentials: any CredentialSource
    private var machine: PoolMachine<UpstreamKey, ObjectIdentifier>
    private var idle: [ObjectIdentifier: HTTP1ClientHandler] = [:]
    private var keys: [ObjectIdentifier: UpstreamKey] = [:]
    private var shared: [UpstreamKey: HTTP2ClientConnection] = [:]
    private var turns: [String: Int] = [:]
    private var sweeper: RepeatedTask?

    private var settings: ProxySettings { dialer.settings }

    init(dialer: Dialer, credentials: any CredentialSource) {
        self.dialer = dialer
        self.credentials = credentials
        machine = PoolMachine(
            limitPerKey: dialer.settings.poolPerEndpoint,
            limit: dialer.settings.poolSize
        )
    }

    /// Finds a connection for one exchange.
    ///
    /// `fresh` says that one that carried an exchange before will not do.
    func http(
        to target: UpstreamTarget,
        version: HTTPVersion,
        fresh: Bool,
        then: @escaping (Result<any Upstream, UpstreamError>) -> Void
    ) {
        let isHTTP2 = version == .http2
        attempt(target, offering: isHTTP2 ? .http2 : .http1, then: then) { [self] key, security, done in
            if isHTTP2 {
                stream(key, security, fresh: fresh, then: done)
            } else {
                connection(key, security, fresh: fresh, then: done)
            }
        }
    }

    /// Makes a connection for bytes.
    func bytes(to target: UpstreamTarget, then: @escaping (Result<any Channel, UpstreamError>) -> Void) {
        attempt(target, offering: .opaque, then: then) { [self] key, security, done in
            dialer.dial(key.endpoint, security: security) { done(try? $0.get()) }
        }
    }

    /// Closes what is idle and lets the rest finish.
    func drain() {
        sweeper?.cancel()
        sweeper = nil
        for name in machine.retire(idleSince: .max) { idle.removeValue(forKey: name)?.close() }
        for connection in shared.values { connection.retire() }
        shared.removeAll()
    }

    // MARK: - Endpoints

    /// Tries the target's endpoints one after the other, beginning with the one whose turn it is.
    private func attempt<Value>(
        _ target: UpstreamTarget,
        offering offered: ApplicationProtocol,
        then: @escaping (Result<Value, UpstreamError>) -> Void,
        using make: @escaping (UpstreamKey, Dialer.Security?, @escaping (Value?) -> Void) -> Void
    ) {
        var identities: Set<SPIFFEID> = []
        var held: Credentials?
        if case .mesh(let destination) = target {
            guard let found = credentials.credentials() else { return then(.failure(.noCredentials)) }
            held = found
            identities = destination.identities
        }
        let endpoints = target.endpoints
        guard !endpoints.isEmpty else { return then(.failure(.noEndpoint)) }
        let turn = turns[target.name, default: 0]
        turns[target.name] = (turn + 1) % endpoints.count
        startSweeping()

        let security = held.flatMap { held in
            held.client(for: offered).map {
                Dialer.Security(context: $0, bundles: held.bundles, expected: identities, offered: offered)
            }
        }
        let keySecurity = held.map { UpstreamKey.Security(generation: $0.generation, identities: identities) }
        func tryNext(_ tried: Int) {
            guard tried < endpoints.count else { return then(.failure(.noEndpoint)) }
            let endpoint = endpoints[(turn + tried) % endpoints.count]
            make(UpstreamKey(endpoint: endpoint, security: keySecurity), security) { value in
                guard let value else { return tryNext(tried + 1) }
                then(.success(value))
            }
        }
        tryNext(0)
    }

    // MARK: - HTTP/1.1

    private func connection(
        _ key: UpstreamKey,
        _ security: Dialer.Security?,
        fresh: Bool,
        then: @escaping ((any Upstream)?) -> Void
    ) {
        if !fresh, let name = machine.take(key), let handler = idle.removeValue(forKey: name) {
            return then(handler)
        }
        dialer.dial(key.endpoint, security: security) { [self] result in
            guard let channel = try? result.get() else { return then(nil) }
            let handler = HTTP1ClientHandler(limits: settings.message) { [weak self] handler, isFree in
                self?.changed(handler, isFree: isFree)
            }
            do {
                try channel.pipeline.syncOperations.addHandler(handler)
            } catch {
                channel.close(promise: nil)
                return then(nil)
            }
            keys[ObjectIdentifier(handler)] = key
            then(handler)
        }
    }

    private func changed(_ handler: HTTP1ClientHandler, isFree: Bool) {
        let name = ObjectIdentifier(handler)
        guard isFree, let key = keys[name], !isUseless(key) else {
            machine.remove(name)
            idle[name] = nil
            keys[name] = nil
            if isFree { handler.close() }
            return
        }
        idle[name] = handler
        if let surplus = machine.put(name, for: key, at: Self.milliseconds) {
            idle.removeValue(forKey: surplus)?.close()
        }
    }

    // MARK: - HTTP/2

    private func stream(
        _ key: UpstreamKey,
        _ security: Dialer.Security?,
        fresh: Bool,
        then: @escaping ((any Upstream)?) -> Void
    ) {
        if let connection = shared[key], connection.acceptsStreams {
            return connection.open(then: then)
        }
        // One that is full carries its streams to their ends, and then closes.
        shared[key]?.retire()
        let connection = HTTP2ClientConnection(settings: settings)
        shared[key] = connection
        connection.open(then: then)
        dialer.dial(key.endpoint, security: security) { [weak self] result in
            connection.start(on: try? result.get()) {
                if self?.shared[key] === connection { self?.shared[key] = nil }
            }
        }
    }

    // MARK: - Growing old

    /// Whether connections of that key must not carry new requests: the certificate they were made with was replaced.
    private func isUseless(_ key: UpstreamKey) -> Bool {
        guard let security = key.security else { return false }
        return security.generation != credentials.credentials()?.generation
    }

    private func startSweeping() {
        guard sweeper == nil else { return }
        let period = TimeAmount.seconds(1)
        let bound = NIOLoopBound(Weak(self), eventLoop: dialer.loop)
        sweeper = dialer.loop.scheduleRepeatedTask(initialDelay: period, delay: period) { task in
            guard let pool = bound.value.value else { return task.cancel() }
            pool.sweep()
        }
    }

    private func sweep() {
        let limit = UInt64(max(0, settings.poolIdleTimeout.nanoseconds / 1_000_000))
        let now = Self.milliseconds
        let before = now > limit ? now - limit : 0
        for name in machine.retire(idleSince: before, orKey: isUseless) {
            idle.removeValue(forKey: name)?.close()
        }
        for (key, connection) in shared where isUseless(key) {
            shared[key] = nil
            connection.retire()
        }
        if machine.count == 0, shared.isEmpty {
            sweeper?.cancel()
            sweeper = nil
        }
    }

    private static var milliseconds: UInt64 { NIODeadline.now().uptimeNanoseconds / 1_000_000 }
}

private struct Weak<Value: AnyObject> {
    weak var value: Value?

    init(_ value: Value) {
        self.value = value
    }
}
