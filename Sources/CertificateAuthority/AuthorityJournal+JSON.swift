import FoundationEssentials
import Identity
public import JSONText

extension AuthorityJournal {
    private static let version = 1

    public var json: JSONValue {
        [
            "version": .int(Self.version),
            "trustDomain": .string(trustDomain.name),
            "trustVersion": .int(trustVersion),
            "slots": .array(entries.map(Self.json)),
        ]
    }

    private static func json(of entry: Entry) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("id", .int(entry.slot.id.number)),
            ("phase", .string(entry.phase.rawValue)),
            ("introduced", .int(entry.slot.introduced)),
        ]
        if let end = entry.slot.signedUntil {
            members.append(("signedUntil", .int(Int64(end.timeIntervalSince1970.rounded(.up)))))
        }
        members.append(("certificates", .strings(entry.chain.der.map { Data($0).base64EncodedString() })))
        return .object(JSONObject(members))
    }

    /// Reads a journal; each mistake is named, and none is repaired.
    public init(parsing bytes: [UInt8]) throws(AuthorityJournalError) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw .json(error)
        }
        guard document["version"]?.int == Self.version else { throw .unknownVersion }
        guard let name = document["trustDomain"]?.string else { throw .member("trustDomain") }
        do {
            trustDomain = try TrustDomain(parsing: name)
        } catch {
            throw .trustDomain(error)
        }
        guard let trustVersion = document["trustVersion"]?.number?.uint64, trustVersion < .max / 2 else {
            throw .member("trustVersion")
        }
        guard let slots = document["slots"]?.array else { throw .member("slots") }
        var entries: [Entry] = []
        for (index, slot) in slots.enumerated() {
            entries.append(try Self.entry(slot, at: "slots[\(index)]", trustVersion: trustVersion))
        }
        self.trustVersion = trustVersion
        self.entries = entries
        _ = try machine()
    }

    private static func entry(
        _ value: JSONValue,
        at path: String,
        trustVersion: UInt64
    ) throws(AuthorityJournalError) -> Entry {
        guard let number = value["id"]?.number?.uint64, number < .max / 2 else { throw .member("\(path).id") }
        guard let phase = value["phase"]?.string.flatMap(Phase.init) else { throw .member("\(path).phase") }
        guard let introduced = value["introduced"]?.number?.uint64, introduced <= trustVersion else {
            throw .member("\(path).introduced")
        }
        var signedUntil: Date?
        if let end = value["signedUntil"] {
            // Year 9999, the end of what certificates can say (RFC 5280, section 4.1.2.5).
            guard let seconds = end.int, (0...253_402_300_799).contains(seconds) else {
                throw .member("\(path).signedUntil")
            }
            signedUntil = Date(timeIntervalSince1970: Double(seconds))
        }
        var der: [[UInt8]] = []
        for certificate in value["certificates"]?.array ?? [] {
            guard let data = certificate.string.flatMap({ Data(base64Encoded: $0) }) else {
                throw .member("\(path).certificates")
            }
            der.append(Array(data))
        }
        let id = SlotID(number)
        do {
            let slot = SlotMachine.Slot(id: id, introduced: introduced, signedUntil: signedUntil)
            return Entry(phase: phase, slot: slot, chain: try CertificateChain(der: der))
        } catch {
            throw .chain(id, error)
        }
    }
}
