public import CertificateAuthority
import Crypto
import Identity
import JSONText
public import Storage
import SwiftASN1
public import SystemPackage
import X509

/// Why a stored authority was not loaded.
///
/// A new one is never made in the place of one that cannot be read: all workloads would lose their peers.
public enum AuthorityStoreError: Error, Equatable, Sendable {
    case storage(StorageError)
    /// The journal is damaged, or not ours.
    case journal(FilePath, AuthorityJournalError)
    /// Keys are there and the journal that says what they are for is not.
    case journalMissing(FilePath)
    case keyMissing(FilePath)
    case keyMalformed(FilePath)
    /// The key does not belong to the certificates of its slot, or they do not make an authority.
    case authority(FilePath, SigningAuthorityError)
}

extension AuthorityStoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storage(let error): error.description
        case .journal(let path, let error): "\(path) cannot be believed (\(error)); restore it from a backup"
        case .journalMissing(let path): "\(path) is missing, though keys are there; restore it from a backup"
        case .keyMissing(let path): "\(path) is missing; restore it from a backup"
        case .keyMalformed(let path): "\(path) is not a key; restore it from a backup"
        case .authority(let path, let error): "\(path): \(error)"
        }
    }
}

/// Keeps an authority in a directory of its own.
///
/// | File                   | Content                                                             |
/// |------------------------|---------------------------------------------------------------------|
/// | `authority.json`       | the journal: slots, their certificates, what they signed            |
/// | `slot-N.key.pem`       | the key that signs certificates of slot N, PKCS #8 or as brought    |
/// | `slot-N.token-key.pem` | the key that signs tokens of slot N, PKCS #8                        |
///
/// Keys are written before the journal that names them and removed after it stopped doing so: a crash in
/// between leaves a key too many, never one too few.
public struct AuthorityStore: Sendable {
    private static let journalName = "authority.json"

    public let directory: PrivateDirectory

    public init(_ directory: PrivateDirectory) {
        self.directory = directory
    }

    /// Loads the authority.
    ///
    /// - Returns: `nil` only if the directory holds none and no trace of one.
    /// - Throws: The file that is wrong, and what is wrong with it.
    public func load() throws(AuthorityStoreError) -> SlottedAuthority? {
        guard let bytes = try read(Self.journalName) else {
            guard try slotFiles().isEmpty else { throw .journalMissing(try path(of: Self.journalName)) }
            return nil
        }
        let journal: AuthorityJournal
        do {
            journal = try AuthorityJournal(parsing: bytes)
        } catch {
            throw .journal(try path(of: Self.journalName), error)
        }
        var keys: [SlotID: SlotKeys] = [:]
        for entry in journal.entries {
            keys[entry.slot.id] = try slotKeys(of: entry, trustDomain: journal.trustDomain)
        }
        do {
            return try SlottedAuthority(journal: journal, keys: keys)
        } catch {
            throw .journal(try path(of: Self.journalName), error)
        }
    }

    /// Stores the authority; when this returns, it survives a power cut.
    public func save(_ authority: SlottedAuthority) throws(AuthorityStoreError) {
        for (id, keys) in authority.keys.sorted(by: { $0.key < $1.key }) {
            guard let document = try? keys.authority.revealKey(to: { try $0.serializeAsPEM() }) else {
                throw .keyMalformed(try path(of: Self.keyName(id)))
            }
            try write(Self.keyName(id), document.pemString + "\n")
            try write(Self.tokenKeyName(id), keys.tokenKey.reveal { $0.pemRepresentation } + "\n")
        }
        try write(Self.journalName, authority.journal.json.text(.pretty) + "\n")
        for (name, id) in try slotFiles() where authority.keys[id] == nil { try remove(name) }
    }

    // MARK: Keys

    private func slotKeys(
        of entry: AuthorityJournal.Entry,
        trustDomain: TrustDomain
    ) throws(AuthorityStoreError) -> SlotKeys {
        let keyName = Self.keyName(entry.slot.id)
        let text = try readKey(keyName)
        let authority: SigningAuthority
        do {
            authority = try SigningAuthority(
                restoring: entry.chain,
                key: SigningAuthority.parseKey(pem: text),
                trustDomain: trustDomain
            )
        } catch {
            throw .authority(try path(of: keyName), error)
        }
        let tokenKeyName = Self.tokenKeyName(entry.slot.id)
        let tokenText = try readKey(tokenKeyName)
        guard let tokenKey = try? P256.Signing.PrivateKey(pemRepresentation: tokenText) else {
            throw .keyMalformed(try path(of: tokenKeyName))
        }
        return SlotKeys(authority: authority, tokenKey: TokenSigningKey(tokenKey))
    }

    private static func keyName(_ id: SlotID) -> String { "slot-\(id).key.pem" }
    private static func tokenKeyName(_ id: SlotID) -> String { "slot-\(id).token-key.pem" }

    /// The key files in the directory, and the slots they belong to.
    private func slotFiles() throws(AuthorityStoreError) -> [(name: String, id: SlotID)] {
        let names: [String]
        do {
            names = try directory.names()
        } catch {
            throw .storage(error)
        }
        return names.compactMap { name in
            guard name.hasPrefix("slot-"), let number = UInt64(name.dropFirst(5).prefix { $0 != "." }) else {
                return nil
            }
            return (name, SlotID(number))
        }
    }

    private func readKey(_ name: String) throws(AuthorityStoreError) -> String {
        guard let bytes = try read(name) else { throw .keyMissing(try path(of: name)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Files

    private func path(of name: String) throws(AuthorityStoreError) -> FilePath {
        do {
            return try directory.file(name)
        } catch {
            throw .storage(error)
        }
    }

    private func read(_ name: String) throws(AuthorityStoreError) -> [UInt8]? {
        do {
            return try directory.read(name)
        } catch {
            throw .storage(error)
        }
    }

    /// Writes what is not there already: a key is written once, the journal as often as it changes.
    private func write(_ name: String, _ text: String) throws(AuthorityStoreError) {
        let bytes = Array(text.utf8)
        guard try read(name) != bytes else { return }
        do {
            try directory.write(name, bytes)
        } catch {
            throw .storage(error)
        }
    }

    private func remove(_ name: String) throws(AuthorityStoreError) {
        do {
            try directory.remove(name)
        } catch {
            throw .storage(error)
        }
    }
}
