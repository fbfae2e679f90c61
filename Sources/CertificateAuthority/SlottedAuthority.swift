public import FoundationEssentials
public import Identity

/// The keys of one slot: those that sign certificates, and the one that signs tokens.
public struct SlotKeys: Sendable {
    public let authority: SigningAuthority
    public let tokenKey: TokenSigningKey

    public init(authority: SigningAuthority, tokenKey: TokenSigningKey = TokenSigningKey()) {
        self.authority = authority
        self.tokenKey = tokenKey
    }
}

/// The certificate authority of a mesh: a ``SlotMachine`` with the keys of its slots.
///
/// A value, so that a change is all or nothing: who holds it (an actor of the control plane) changes a copy,
/// writes the copy's ``journal`` where a function says so, and only then keeps the copy and hands out what was
/// signed. When the disk is full, nothing has happened.
public struct SlottedAuthority: Sendable {
    /// Something signed, and whether the journal must be written before it goes out.
    public struct Issued: Sendable {
        public let svid: X509SVID
        public let effect: SlotMachine.Effect?
    }

    public let trustDomain: TrustDomain
    public private(set) var machine: SlotMachine
    public private(set) var keys: [SlotID: SlotKeys]

    /// A new authority.
    public init(first keys: SlotKeys) {
        let id = SlotID(1)
        trustDomain = keys.authority.trustDomain
        machine = SlotMachine(first: id)
        self.keys = [id: keys]
    }

    /// Puts a journal and the keys it speaks of together again.
    public init(journal: AuthorityJournal, keys: [SlotID: SlotKeys]) throws(AuthorityJournalError) {
        machine = try journal.machine()
        for slot in machine.slots {
            guard let found = keys[slot.id] else { throw .missingKeys(slot.id) }
            guard found.authority.trustDomain == journal.trustDomain else { throw .otherTrustDomain(slot.id) }
        }
        trustDomain = journal.trustDomain
        self.keys = keys
        forgetDroppedKeys()
    }

    public var journal: AuthorityJournal {
        AuthorityJournal(
            trustDomain: trustDomain,
            machine: machine,
            chains: keys.mapValues { $0.authority.chain }
        )
    }

    /// The roots that verifiers of this trust domain hold now: those of all slots, the active one's first.
    public var bundle: TrustBundle {
        get throws(TrustBundleError) {
            var der: [[UInt8]] = []
            for slot in machine.slots {
                // Two slots may stand on one brought-along root.
                guard let root = keys[slot.id]?.authority.bundle.der.first, !der.contains(root) else {
                    continue
                }
                der.append(root)
            }
            return try TrustBundle(trustDomain: trustDomain, der: der)
        }
    }

    /// The keys that tokens may be signed with, in the order of the bundle.
    public var tokenKeys: [TokenSigningKey] { machine.slots.compactMap { keys[$0.id]?.tokenKey } }

    /// The keys that sign now; only a broken invariant leaves none.
    public var active: SlotKeys? { keys[machine.active.id] }

    /// Signs a leaf with the active slot.
    public mutating func issue(
        for id: SPIFFEID,
        request: CertificateRequest,
        lifetime: Duration = Issuer.defaultLifetime,
        at now: Date,
        using random: inout some RandomNumberGenerator
    ) throws(IssueError) -> Issued {
        guard let active else { throw .authorityNotValid }
        let svid = try Issuer(active.authority)
            .issue(for: id, request: request, lifetime: lifetime, at: now, using: &random)
        return Issued(svid: svid, effect: machine.signing(until: svid.notAfter))
    }

    /// Records that a token is about to be signed with the active slot's ``SlotKeys/tokenKey``.
    public mutating func signingToken(until end: Date) -> SlotMachine.Effect? {
        machine.signing(until: end)
    }

    public mutating func prepare(_ next: SlotKeys) throws(PrepareError) -> SlotMachine.Effect {
        guard next.authority.trustDomain == trustDomain else {
            throw .otherTrustDomain(next.authority.trustDomain)
        }
        let id = machine.nextID
        do {
            let effect = try machine.prepare(id)
            keys[id] = next
            return effect
        } catch {
            throw .machine(error)
        }
    }

    public enum PrepareError: Error, Equatable, Sendable {
        case otherTrustDomain(TrustDomain)
        case machine(SlotMachine.PrepareRefusal)
    }

    public mutating func activate(
        at now: Date,
        forced: Bool = false
    ) throws(SlotMachine.ActivateRefusal) -> SlotMachine.Effect {
        try machine.activate(at: now, forced: forced)
    }

    public mutating func clean(at now: Date) -> SlotMachine.Effect? {
        let effect = machine.clean(at: now)
        forgetDroppedKeys()
        return effect
    }

    // What proxies do changes no key; see the machine.

    public mutating func proxyArrived(_ id: ProxyID) { machine.proxyArrived(id) }

    @discardableResult
    public mutating func acknowledged(_ version: UInt64, by id: ProxyID) -> Bool {
        machine.acknowledged(version, by: id)
    }

    public mutating func proxyLost(_ id: ProxyID, until end: Date) { machine.proxyLost(id, until: end) }
    public mutating func proxyLeft(_ id: ProxyID) { machine.proxyLeft(id) }
    public mutating func restored(_ proxies: [ProxyID]) { machine.restored(proxies) }

    private mutating func forgetDroppedKeys() {
        let known = Set(machine.slots.map(\.id))
        keys = keys.filter { known.contains($0.key) }
    }
}
