public import FoundationEssentials

/// One life of the authority's keys; never used twice.
public struct SlotID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: UInt64

    public init(_ number: UInt64) {
        self.number = number
    }

    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    public var description: String { String(number) }
}

/// A verifier that must know a root before anything is signed with it.
public struct ProxyID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let name: String

    public init(_ name: String) {
        self.name = name
    }

    public static func < (left: Self, right: Self) -> Bool { left.name < right.name }
    public var description: String { name }
}

/// Decides which of the authority's keys signs, and which roots verifiers hold.
///
///     prepared ──all live proxies acknowledged it──▶ active ──successor activated──▶ retired ──nothing it
///     signed can be valid──▶ dropped
///
/// There is one active slot at all times and at most one prepared. The bundle is the roots of all slots; each
/// change of it is a new trust version. Holds no key and no clock.
///
/// A proxy that lost its connection goes on with the bundle it has, and so counts until its certificate ends;
/// after a restart of the control plane the same holds for proxies that have not come back yet.
public struct SlotMachine: Equatable, Sendable {
    public enum Effect: Equatable, Sendable {
        /// Write the journal before anything that was signed is handed out.
        case save
        /// The bundle changed: write the journal, then send the new trust version to all proxies.
        case saveAndPublish
    }

    public struct Slot: Equatable, Sendable {
        public let id: SlotID
        /// The first trust version that holds its root.
        public let introduced: UInt64
        /// Nothing that it signed is valid after this; `nil` if it signed nothing.
        public internal(set) var signedUntil: Date?

        public init(id: SlotID, introduced: UInt64, signedUntil: Date? = nil) {
            self.id = id
            self.introduced = introduced
            self.signedUntil = signedUntil
        }
    }

    /// Whether the prepared slot can become active, and what it waits for.
    public enum Readiness: Equatable, Sendable {
        case nothingPrepared
        /// These proxies have not acknowledged its root, in order; and, after a restart, those that were not
        /// seen since may be around until that time.
        case waiting(for: [ProxyID], unseenUntil: Date?)
        case ready
    }

    public enum PrepareRefusal: Error, Equatable, Sendable {
        case alreadyPrepared(SlotID)
        /// Slots are numbered upwards; this one is no newer than one we had.
        case numberUsed(SlotID)
    }

    public enum ActivateRefusal: Error, Equatable, Sendable {
        case nothingPrepared
        case waiting(for: [ProxyID], unseenUntil: Date?)
    }

    struct Verifier: Equatable {
        var acknowledged: UInt64
        /// `nil` while it is connected.
        var countsUntil: Date?
    }

    /// For verifiers whose clock is behind.
    public static let clockSkew: Duration = .seconds(300)
    /// How far ahead the journal's record of what was signed runs, so that not every leaf costs a write.
    public static let journalAhead: Duration = .seconds(600)

    public private(set) var trustVersion: UInt64
    public private(set) var active: Slot
    public private(set) var prepared: Slot?
    /// The oldest first.
    public private(set) var retired: [Slot]
    private var newest: SlotID
    private var verifiers: [ProxyID: Verifier] = [:]
    private var unseenUntil: Date?

    /// A new authority, with one slot that signs from the start: nobody verifies yet.
    public init(first: SlotID) {
        trustVersion = 1
        active = Slot(id: first, introduced: 1)
        retired = []
        newest = first
    }

    /// Goes on after a restart, with proxies out there that still have to come back.
    public init(trustVersion: UInt64, active: Slot, prepared: Slot?, retired: [Slot]) {
        self.trustVersion = trustVersion
        self.active = active
        self.prepared = prepared
        self.retired = retired.sorted { $0.id < $1.id }
        let all = [active] + (prepared.map { [$0] } ?? []) + retired
        newest = all.map(\.id).max() ?? active.id
        unseenUntil = all.compactMap(\.signedUntil).max()
    }

    /// All slots, in the order of the bundle: active, prepared, retired.
    public var slots: [Slot] { [active] + (prepared.map { [$0] } ?? []) + retired }

    /// What a next slot may be called.
    public var nextID: SlotID { SlotID(newest.number + 1) }

    // MARK: Slots

    /// Takes a new slot into the bundle; it signs nothing yet.
    public mutating func prepare(_ id: SlotID) throws(PrepareRefusal) -> Effect {
        if let prepared { throw .alreadyPrepared(prepared.id) }
        guard id > newest else { throw .numberUsed(id) }
        trustVersion += 1
        prepared = Slot(id: id, introduced: trustVersion)
        newest = id
        return .saveAndPublish
    }

    public func readiness(at now: Date) -> Readiness {
        guard let prepared else { return .nothingPrepared }
        let missing = verifiers.filter { _, verifier in
            verifier.acknowledged < prepared.introduced && (verifier.countsUntil ?? .distantFuture) > now
        }
        let unseen = unseenUntil.flatMap { $0 > now ? $0 : nil }
        guard missing.isEmpty, unseen == nil else {
            return .waiting(for: missing.keys.sorted(), unseenUntil: unseen)
        }
        return .ready
    }

    /// Lets the prepared slot sign, and retires the active one.
    ///
    /// Forced, it is an operator's word that those still waited for do not matter: their connections to
    /// workloads with new certificates will fail until they learn the root.
    public mutating func activate(at now: Date, forced: Bool = false) throws(ActivateRefusal) -> Effect {
        guard let next = prepared else { throw .nothingPrepared }
        if !forced, case .waiting(let proxies, let unseen) = readiness(at: now) {
            throw .waiting(for: proxies, unseenUntil: unseen)
        }
        retired.append(active)
        active = next
        prepared = nil
        return .save
    }

    /// The active slot is about to sign something that is valid until then.
    ///
    /// - Returns: `.save` when the journal must be written before the signed thing is handed out.
    public mutating func signing(until end: Date) -> Effect? {
        if let recorded = active.signedUntil, end <= recorded { return nil }
        active.signedUntil = end + Self.journalAhead
        return .save
    }

    /// Drops what is retired and has nothing valid left; forgets proxies that no longer count.
    public mutating func clean(at now: Date) -> Effect? {
        verifiers = verifiers.filter { ($0.value.countsUntil ?? .distantFuture) > now }
        if let unseen = unseenUntil, unseen <= now { unseenUntil = nil }
        let kept = retired.filter { slot in
            slot.signedUntil.map { $0 + Self.clockSkew >= now } ?? false
        }
        guard kept.count < retired.count else { return nil }
        retired = kept
        trustVersion += 1
        return .saveAndPublish
    }

    // MARK: Proxies

    /// A proxy connected; it knows nothing until it acknowledges.
    public mutating func proxyArrived(_ id: ProxyID) {
        verifiers[id] = Verifier(acknowledged: 0)
    }

    /// A proxy holds a trust version.
    ///
    /// - Returns: `false` for a proxy that is not connected or a version that never was: its fault, ignored.
    @discardableResult
    public mutating func acknowledged(_ version: UInt64, by id: ProxyID) -> Bool {
        guard version <= trustVersion, let verifier = verifiers[id], verifier.countsUntil == nil else {
            return false
        }
        verifiers[id]?.acknowledged = max(verifier.acknowledged, version)
        return true
    }

    /// A proxy lost its connection; it may go on serving until its certificate ends.
    public mutating func proxyLost(_ id: ProxyID, until end: Date) {
        verifiers[id]?.countsUntil = end
    }

    /// A proxy ended for good: its workload was deregistered.
    public mutating func proxyLeft(_ id: ProxyID) {
        verifiers[id] = nil
    }

    /// After a restart: these are all the proxies that can be out there, so nobody else is waited for.
    public mutating func restored(_ proxies: [ProxyID]) {
        guard let end = unseenUntil else { return }
        for id in proxies where verifiers[id] == nil {
            verifiers[id] = Verifier(acknowledged: 0, countsUntil: end)
        }
        unseenUntil = nil
    }

    /// What each proxy has acknowledged, for the operator.
    public var acknowledgements: [(proxy: ProxyID, version: UInt64, isConnected: Bool)] {
        verifiers.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value.acknowledged, $0.value.countsUntil == nil) }
    }
}
