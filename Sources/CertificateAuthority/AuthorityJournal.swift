import FoundationEssentials
public import Identity
public import JSONText

/// Why a journal cannot be believed.
public enum AuthorityJournalError: Error, Equatable, Sendable {
    case json(JSONError)
    /// Written by a newer version, or not by us.
    case unknownVersion
    /// A member that is absent or of the wrong kind; by its path in the file.
    case member(String)
    case trustDomain(IdentityError)
    case chain(SlotID, CertificateFormatError)
    case noActiveSlot
    case severalSlots(String)
    case slotTwice(SlotID)
    case missingKeys(SlotID)
    case otherTrustDomain(SlotID)
}

/// What must survive a restart of the authority, without its keys.
///
/// JSON, `"version": 1`. Times are whole seconds since 1970, rounded up: a root is kept rather too long than
/// too short. Certificates are base64 of DER, the signer first.
public struct AuthorityJournal: Equatable, Sendable {
    public enum Phase: String, Sendable, CaseIterable {
        case active
        case prepared
        case retired
    }

    public struct Entry: Equatable, Sendable {
        public var phase: Phase
        public var slot: SlotMachine.Slot
        public var chain: CertificateChain
    }

    public let trustDomain: TrustDomain
    public let trustVersion: UInt64
    /// In the order of the bundle.
    public let entries: [Entry]

    init(trustDomain: TrustDomain, machine: SlotMachine, chains: [SlotID: CertificateChain]) {
        self.trustDomain = trustDomain
        trustVersion = machine.trustVersion
        entries = machine.slots.compactMap { slot in
            guard let chain = chains[slot.id] else { return nil }
            let phase: Phase =
                switch slot.id {
                case machine.active.id: .active
                case machine.prepared?.id: .prepared
                default: .retired
                }
            return Entry(phase: phase, slot: slot, chain: chain)
        }
    }

    /// The machine as it was, with exactly one active slot and at most one prepared.
    func machine() throws(AuthorityJournalError) -> SlotMachine {
        var seen: Set<SlotID> = []
        for entry in entries where !seen.insert(entry.slot.id).inserted { throw .slotTwice(entry.slot.id) }
        let active = entries.filter { $0.phase == .active }.map(\.slot)
        let prepared = entries.filter { $0.phase == .prepared }.map(\.slot)
        guard let first = active.first else { throw .noActiveSlot }
        guard active.count == 1 else { throw .severalSlots(Phase.active.rawValue) }
        guard prepared.count <= 1 else { throw .severalSlots(Phase.prepared.rawValue) }
        return SlotMachine(
            trustVersion: trustVersion,
            active: first,
            prepared: prepared.first,
            retired: entries.filter { $0.phase == .retired }.map(\.slot)
        )
    }
}
