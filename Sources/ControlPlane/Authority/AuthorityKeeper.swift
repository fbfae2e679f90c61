import AuthorityStorage
import CertificateAuthority
import Crypto
import FoundationEssentials
import Identity
import Logging
import MeshAPI
import Telemetry
import TokenVerification
import X509

/// Why the authority did not do what it was asked.
enum AuthorityRefusal: Error {
    /// The caller's fault.
    case request(CertificateRequestViolation)
    /// Ours: the reason is for the log.
    case unavailable(String)
    /// A rotation is under way; this slot waits to become active.
    case rotationUnderWay(SlotID)
    /// The authority was brought along, and the files hold nothing new.
    case nothingNewBroughtAlong
}

/// Holds the certificate authority: signs, rotates, and writes down what must survive before anything goes out.
///
/// Each change is made to a copy, which is written down and only then kept: what could not be written did not happen,
/// and can be tried again.
actor AuthorityKeeper {
    /// How a next slot is made.
    struct Source: Sendable {
        var lifetime: Duration
        /// Reads the files of an authority that was brought along; `nil`: roots of our own.
        var broughtAlong: (@Sendable (Date) throws -> SigningAuthority)?
    }

    /// A slot as an operator sees it.
    struct SlotStatus: Sendable {
        enum Phase: Sendable { case prepared, active, retired }

        var id: SlotID
        var phase: Phase
        var notBefore: Date
        var notAfter: Date
        var fingerprint: String
        var isExternal: Bool
        var droppableAt: Date?
    }

    struct Status: Sendable {
        var trustVersion: UInt64
        var slots: [SlotStatus]
        var waitingFor: [ProxyID]
        var unseenUntil: Date?
    }

    /// The newest trust; published only after it was written down.
    nonisolated let trust: Watch<TrustSnapshot>
    nonisolated let trustDomain: TrustDomain

    private var authority: SlottedAuthority
    private let store: AuthorityStore
    private let source: Source
    private let lifetime: Duration
    private let metrics: ControlPlaneMetrics
    private let logger: Logger
    private var random = SystemRandomNumberGenerator()
    /// Whether the last attempt to write the journal failed: said once, not with every attempt.
    private var isUnwritable = false

    /// Loads the authority of a store, or makes the first.
    init(
        store: AuthorityStore,
        trustDomain: TrustDomain,
        source: Source,
        leafLifetime: Duration,
        metrics: ControlPlaneMetrics,
        logger: Logger
    ) throws {
        if let stored = try store.load() {
            guard stored.trustDomain == trustDomain else {
                throw ControlPlaneError.otherTrustDomain(stored: stored.trustDomain, asked: trustDomain)
            }
            authority = stored
            if let read = source.broughtAlong, let given = try? read(Date()),
                !stored.keys.values.contains(where: { $0.authority.chain == given.chain })
            {
                logger.warning(
                    "the authority that is brought along does not sign yet: nullius ca rotate takes it up"
                )
            }
        } else {
            authority = SlottedAuthority(first: try Self.makeKeys(source, trustDomain: trustDomain))
            try store.save(authority)
            logger.notice("certificate authority made", metadata: ["trust_domain": "\(trustDomain)"])
        }
        self.store = store
        self.source = source
        self.trustDomain = trustDomain
        self.metrics = metrics
        self.logger = logger
        lifetime = leafLifetime
        trust = Watch(try TrustSnapshot(authority))
        Self.measure(authority, metrics)
    }

    // MARK: Signing

    /// Signs a leaf for an attested identity, for a key that the caller proved to hold.
    func issue(for id: SPIFFEID, request der: [UInt8]) throws(AuthorityRefusal) -> X509SVID {
        let request: CertificateRequest
        do {
            request = try CertificateRequest(der: der)
        } catch {
            metrics.certificateRequested(.refused)
            throw .request(error)
        }
        do {
            var next = authority
            let issued = try next.issue(
                for: id,
                request: request,
                lifetime: lifetime,
                at: Date(),
                using: &random
            )
            try keep(next, issued.effect)
            metrics.certificateRequested(.accepted)
            return issued.svid
        } catch let error as IssueError {
            metrics.certificateRequested(.refused)
            if case .request(let violation) = error { throw .request(violation) }
            logger.error("no certificate was signed", metadata: ["error": "\(error)"])
            throw .unavailable("the certificate authority cannot sign: \(error)")
        } catch {
            metrics.certificateRequested(.refused)
            throw .unavailable("the certificate authority cannot write its journal")
        }
    }

    /// Makes a key and signs a leaf for it: for callers to whom keys are handed out.
    func issueWithKey(for id: SPIFFEID) throws(AuthorityRefusal) -> (svid: X509SVID, key: SVIDKey) {
        let key = SVIDKey()
        guard let request = try? CertificateRequest.make(for: id, key: key) else {
            throw .unavailable("no certificate request could be made")
        }
        return (try issue(for: id, request: request), key)
    }

    /// Signs a JWT-SVID for an attested identity.
    func signToken(for id: SPIFFEID, audiences: [String], lifetime: Duration) throws(AuthorityRefusal)
        -> String
    {
        let now = Date()
        guard let key = authority.active?.tokenKey else { throw .unavailable("no slot is active") }
        do {
            var next = authority
            let effect = next.signingToken(until: now + lifetime.inSeconds)
            try keep(next, effect)
            return try key.reveal { secret in
                try JWTSVID.sign(
                    id,
                    audiences: audiences,
                    ttl: lifetime,
                    key: secret,
                    keyID: key.keyID,
                    now: Int64(now.timeIntervalSince1970)
                ).token
            }
        } catch {
            throw .unavailable("no token could be signed")
        }
    }

    // MARK: Rotation

    /// Prepares a new slot, which signs as soon as every live proxy knows its root.
    func rotate() throws(AuthorityRefusal) -> SlotID {
        if let prepared = authority.machine.prepared { throw .rotationUnderWay(prepared.id) }
        do {
            let keys = try Self.makeKeys(source, trustDomain: trustDomain)
            let isKnown = authority.keys.values.contains { $0.authority.chain == keys.authority.chain }
            guard source.broughtAlong == nil || !isKnown else {
                throw AuthorityRefusal.nothingNewBroughtAlong
            }
            let id = authority.machine.nextID
            var next = authority
            let effect = try next.prepare(keys)
            try keep(next, effect)
            logger.notice("certificate authority: slot prepared", metadata: ["slot": "\(id)"])
            activateIfReady()
            return id
        } catch let refusal as AuthorityRefusal {
            throw refusal
        } catch {
            throw .unavailable("no new slot could be prepared: \(error)")
        }
    }

    /// Moves on what only waits for time: activates, drops what is over, begins the next rotation in good time.
    func tick(at now: Date) {
        activateIfReady()
        var next = authority
        let effect = next.clean(at: now)
        // Failed, it is tried again with the next tick.
        try? keep(next, effect)
        guard source.broughtAlong == nil, authority.machine.prepared == nil, let active = authority.active
        else {
            return
        }
        let life = active.authority.notAfter.timeIntervalSince(active.authority.root.notValidBefore)
        if active.authority.notAfter.timeIntervalSince(now) < life / 3 { _ = try? rotate() }
    }

    private func activateIfReady() {
        guard case .ready = authority.machine.readiness(at: Date()) else { return }
        var next = authority
        // Failed, it is tried again with the next tick.
        guard let effect = try? next.activate(at: Date()), (try? keep(next, effect)) != nil else { return }
        logger.notice(
            "certificate authority: slot active",
            metadata: ["slot": "\(authority.machine.active.id)"]
        )
    }

    // MARK: Proxies

    /// After a restart: only these can be out there still, so a rotation waits for nobody else.
    func restored(_ ids: [WorkloadID]) {
        authority.restored(ids.map { ProxyID($0.text) })
        activateIfReady()
    }

    func proxyArrived(_ id: WorkloadID) {
        authority.proxyArrived(ProxyID(id.text))
    }

    func acknowledged(_ version: UInt64, by id: WorkloadID) {
        authority.acknowledged(version, by: ProxyID(id.text))
        activateIfReady()
    }

    func proxyLost(_ id: WorkloadID, until end: Date) {
        authority.proxyLost(ProxyID(id.text), until: end)
    }

    func proxyLeft(_ id: WorkloadID) {
        authority.proxyLeft(ProxyID(id.text))
        activateIfReady()
    }

    // MARK: Status

    var status: Status {
        let machine = authority.machine
        var waitingFor: [ProxyID] = []
        var unseenUntil: Date?
        if case .waiting(let proxies, let until) = machine.readiness(at: Date()) {
            waitingFor = proxies
            unseenUntil = until
        }
        let slots = machine.slots.compactMap { slot -> SlotStatus? in
            guard let keys = authority.keys[slot.id] else { return nil }
            let phase: SlotStatus.Phase =
                switch slot.id {
                case machine.active.id: .active
                case machine.prepared?.id: .prepared
                default: .retired
                }
            return SlotStatus(
                id: slot.id,
                phase: phase,
                notBefore: keys.authority.root.notValidBefore,
                notAfter: keys.authority.notAfter,
                fingerprint: Self.fingerprint(keys.authority),
                isExternal: source.broughtAlong != nil,
                droppableAt: phase == .retired
                    ? slot.signedUntil.map { $0 + SlotMachine.clockSkew.inSeconds } : nil
            )
        }
        return Status(
            trustVersion: machine.trustVersion,
            slots: slots,
            waitingFor: waitingFor,
            unseenUntil: unseenUntil
        )
    }

    // MARK: What must be written down

    /// Writes a changed authority down where the machine says so, then keeps it and publishes what is new.
    ///
    /// - Throws: When it cannot be written; then nothing has changed.
    private func keep(_ next: SlottedAuthority, _ effect: SlotMachine.Effect?) throws {
        guard let effect else {
            authority = next
            return
        }
        let snapshot = effect == .saveAndPublish ? try TrustSnapshot(next) : nil
        do {
            try store.save(next)
        } catch {
            // Part of it may be there: the key of a slot that does not exist, or a journal that names one. The next
            // attempt makes other keys under the same number.
            try? store.save(authority)
            if !isUnwritable {
                isUnwritable = true
                logger.error("the authority's journal cannot be written", metadata: ["error": "\(error)"])
            }
            throw error
        }
        if isUnwritable {
            isUnwritable = false
            logger.notice("the authority's journal can be written again")
        }
        authority = next
        Self.measure(authority, metrics)
        if let snapshot { trust.set(snapshot) }
    }

    private static func makeKeys(_ source: Source, trustDomain: TrustDomain) throws -> SlotKeys {
        if let read = source.broughtAlong { return SlotKeys(authority: try read(Date())) }
        var random = SystemRandomNumberGenerator()
        return SlotKeys(
            authority: try SigningAuthority.makeRoot(
                trustDomain: trustDomain,
                lifetime: source.lifetime,
                at: Date(),
                using: &random
            )
        )
    }

    private static func fingerprint(_ authority: SigningAuthority) -> String {
        let digits = Array("0123456789abcdef")
        return authority.bundle.der.prefix(1).flatMap { SHA256.hash(data: $0) }.reduce(into: "") {
            text,
            byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }

    private static func measure(_ authority: SlottedAuthority, _ metrics: ControlPlaneMetrics) {
        metrics.slots(.active, 1)
        metrics.slots(.prepared, authority.machine.prepared == nil ? 0 : 1)
        metrics.slots(.retired, authority.machine.retired.count)
        if let active = authority.active {
            metrics.certificateExpiry.set(active.authority.notAfter.timeIntervalSince1970)
        }
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
