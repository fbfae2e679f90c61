import CertificateAuthority
import FoundationEssentials
import Glibc
import Identity
import JSONText
import Storage
import SwiftASN1
import SystemPackage
import Testing
import X509

@testable import AuthorityStorage

/// A store in a directory of the test's own, and keys to put into it.
private struct Bench: ~Copyable {
    let path: FilePath
    let store: AuthorityStore
    let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws {
        var template = Array("/tmp/nullius-authority-XXXXXX".utf8CString)
        path = FilePath(mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent")
        store = AuthorityStore(try PrivateDirectory(at: path))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path.string)
    }

    func keys() throws -> SlotKeys {
        var random = SystemRandomNumberGenerator()
        return SlotKeys(
            authority: try SigningAuthority.makeRoot(trustDomain: .default, at: now, using: &random)
        )
    }

    func file(_ name: String) -> FilePath { path.appending(name) }
}

@Suite("Keeping the authority on disk")
struct AuthorityStoreTests {
    @Test func `an empty directory holds no authority`() throws {
        let bench = try Bench()
        let loaded = try bench.store.load()
        #expect(loaded?.trustDomain == nil)
    }

    @Test func `what was saved comes back, in every phase, with keys that belong to it`() throws {
        let bench = try Bench()
        var authority = SlottedAuthority(first: try bench.keys())
        _ = authority.signingToken(until: bench.now.addingTimeInterval(3600))
        _ = try authority.prepare(bench.keys())
        _ = try authority.activate(at: bench.now)
        _ = try authority.prepare(bench.keys())
        try bench.store.save(authority)

        let loaded = try #require(try bench.store.load())
        #expect(loaded.journal == authority.journal)
        let roots = try (loaded.bundle, authority.bundle)
        #expect(roots.0 == roots.1)
        #expect(loaded.bundleSize == 3)
        #expect(loaded.tokenKeys.map(\.keyID) == authority.tokenKeys.map(\.keyID))
        #expect(loaded.active?.authority.root == authority.active?.authority.root)
        let names = try bench.store.directory.names()
        #expect(
            names == [
                "authority.json", "slot-1.key.pem", "slot-1.token-key.pem", "slot-2.key.pem",
                "slot-2.token-key.pem", "slot-3.key.pem", "slot-3.token-key.pem",
            ]
        )
        let modes = Set(names.map { mode(of: bench.file($0)) })
        #expect(modes == [0o600])
    }

    @Test func `the keys of a dropped slot are removed`() throws {
        let bench = try Bench()
        var authority = SlottedAuthority(first: try bench.keys())
        _ = try authority.prepare(bench.keys())
        try bench.store.save(authority)
        _ = try authority.activate(at: bench.now)
        _ = authority.clean(at: bench.now)
        try bench.store.save(authority)
        let names = try bench.store.directory.names()
        #expect(names == ["authority.json", "slot-2.key.pem", "slot-2.token-key.pem"])
    }

    @Test(arguments: [
        "", "{", "[]", #"{"version":2}"#, #"{"version":1}"#,
        #"{"version":1,"trustDomain":"cluster.local","trustVersion":1,"slots":[]}"#,
        #"{"version":1,"trustDomain":"Cluster","trustVersion":1,"slots":[]}"#,
        #"{"version":1,"trustDomain":"a","trustVersion":1,"slots":[{"id":1,"phase":"active","introduced":1}]}"#,
        #"{"version":1,"trustDomain":"a","trustVersion":18446744073709551615,"slots":[]}"#,
        #"{"version":1,"trustDomain":"a","trustVersion":1,"slots":[{"id":1,"phase":"active","introduced":9}]}"#,
    ])
    func `a damaged journal is named, never replaced by a new authority`(text: String) throws {
        let bench = try Bench()
        try bench.store.save(SlottedAuthority(first: try bench.keys()))
        try bench.store.directory.write("authority.json", text.utf8)
        let error = #expect(throws: AuthorityStoreError.self) { try bench.store.load() }
        guard case .journal(bench.file("authority.json"), _) = error else {
            Issue.record("\(error.debugDescription)")
            return
        }
    }

    @Test func `keys without a journal are no empty directory`() throws {
        let bench = try Bench()
        try bench.store.save(SlottedAuthority(first: try bench.keys()))
        try bench.store.directory.remove("authority.json")
        let expected = AuthorityStoreError.journalMissing(bench.file("authority.json"))
        #expect(throws: expected) { try bench.store.load() }
    }

    @Test(arguments: ["slot-1.key.pem", "slot-1.token-key.pem"])
    func `a key that is missing, damaged, another's or readable by others is named`(name: String) throws {
        let bench = try Bench()
        let authority = SlottedAuthority(first: try bench.keys())
        try bench.store.save(authority)
        let file = bench.file(name)

        chmod(file.string, 0o644)
        let open = #expect(throws: AuthorityStoreError.self) { try bench.store.load() }
        #expect(open == .storage(.openToOthers(file, mode: 0o644)))

        try bench.store.directory.write(name, "no key".utf8)
        let damaged = #expect(throws: AuthorityStoreError.self) { try bench.store.load() }
        let expected: [AuthorityStoreError?] = [.keyMalformed(file), .authority(file, .keyPEM(.noBlocks))]
        #expect(expected.contains(damaged))

        try bench.store.directory.remove(name)
        let missing = #expect(throws: AuthorityStoreError.self) { try bench.store.load() }
        #expect(missing == .keyMissing(file))
    }

    @Test func `a key of another authority is refused`() throws {
        let bench = try Bench()
        try bench.store.save(SlottedAuthority(first: try bench.keys()))
        let other = try bench.keys().authority.revealKey { try $0.serializeAsPEM().pemString }
        try bench.store.directory.write("slot-1.key.pem", other.utf8)
        let expected = AuthorityStoreError.authority(bench.file("slot-1.key.pem"), .keyDoesNotMatch)
        #expect(throws: expected) { try bench.store.load() }
    }

    @Test func `a crash between the key and the journal costs nothing`() throws {
        let bench = try Bench()
        let authority = SlottedAuthority(first: try bench.keys())
        try bench.store.save(authority)
        let orphan = try bench.keys().authority.revealKey { try $0.serializeAsPEM().pemString }
        try bench.store.directory.write("slot-2.key.pem", orphan.utf8)

        var loaded = try #require(try bench.store.load())
        #expect(loaded.journal == authority.journal)
        _ = try loaded.prepare(bench.keys())
        try bench.store.save(loaded)
        let again = try bench.store.load()
        #expect(again?.journal == loaded.journal)
    }

    @Test func `an authority that expired comes back, so that it can be succeeded`() throws {
        let bench = try Bench()
        var random = SystemRandomNumberGenerator()
        let root = try SigningAuthority.makeRoot(
            trustDomain: .default,
            lifetime: .seconds(1),
            at: Date(timeIntervalSince1970: 1_000_000_000),
            using: &random
        )
        try bench.store.save(SlottedAuthority(first: SlotKeys(authority: root)))
        let loaded = try bench.store.load()
        #expect(loaded?.active?.authority.root == root.root)
    }
}

/// The lowest nine bits of a file's mode.
private func mode(of path: FilePath) -> UInt32? {
    var status = stat()
    return lstat(path.string, &status) == 0 ? status.st_mode & 0o777 : nil
}

extension SlottedAuthority {
    fileprivate var bundleSize: Int? { try? bundle.roots.count }
}
