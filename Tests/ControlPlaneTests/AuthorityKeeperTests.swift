import AuthorityStorage
import CertificateAuthority
import FoundationEssentials
import Glibc
import Identity
import Logging
import MeshAPI
import Storage
import SystemPackage
import Telemetry
import TestSupport
import Testing
import TokenVerification
import X509

@testable import ControlPlane

/// An authority whose journal cannot be written while a test says so.
private final class Bench: Sendable {
    let directory: TemporaryDirectory
    let store: AuthorityStore
    let keeper: AuthorityKeeper
    let id: SPIFFEID

    init() throws {
        let place = try TemporaryDirectory()
        let files = AuthorityStore(try PrivateDirectory(at: FilePath(place.path + "/ca")))
        let authority = try AuthorityKeeper(
            store: files,
            trustDomain: .default,
            source: AuthorityKeeper.Source(lifetime: .seconds(86_400), broughtAlong: nil),
            leafLifetime: .seconds(3600),
            metrics: ControlPlaneMetrics(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        id = try WorkloadIdentity(trustDomain: .default, namespace: "shop", serviceAccount: "web").spiffeID
        store = files
        keeper = authority
        directory = place
    }

    private var journal: String { directory.path + "/ca/authority.json" }

    /// Puts a directory in the journal's place: nobody can write a file there, root neither.
    func breakDisk() throws {
        guard rename(journal, journal + ".aside") == 0, mkdir(journal, 0o700) == 0 else {
            throw SystemFailure(operation: "break", errno: errno)
        }
    }

    func mendDisk() throws {
        guard rmdir(journal) == 0, rename(journal + ".aside", journal) == 0 else {
            throw SystemFailure(operation: "mend", errno: errno)
        }
    }
}

@Suite("An authority whose disk is full", .timeLimit(.minutes(1)))
struct AuthorityKeeperTests {
    @Test func `no certificate goes out that the journal does not know of, however often it is asked for`()
        async throws
    {
        let bench = try Bench()
        try bench.breakDisk()
        for _ in 1...3 {
            let refusal = await #expect(throws: AuthorityRefusal.self) {
                _ = try await bench.keeper.issueWithKey(for: bench.id)
            }
            #expect(refusal?.isUnavailable == true)
        }
        try bench.mendDisk()
        let issued = try await bench.keeper.issueWithKey(for: bench.id)
        let stored = try #require(try bench.store.load())
        let recorded = try #require(stored.machine.active.signedUntil)
        #expect(recorded >= issued.svid.notAfter)
    }

    @Test func `no token goes out that the journal does not know of`() async throws {
        let bench = try Bench()
        try bench.breakDisk()
        for _ in 1...3 {
            let refusal = await #expect(throws: AuthorityRefusal.self) {
                _ = try await bench.keeper.signToken(
                    for: bench.id,
                    audiences: ["a"],
                    lifetime: .seconds(60)
                )
            }
            #expect(refusal?.isUnavailable == true)
        }
        try bench.mendDisk()
        let token = try await bench.keeper.signToken(for: bench.id, audiences: ["a"], lifetime: .seconds(60))
        #expect(token.split(separator: ".").count == 3)
        let stored = try #require(try bench.store.load())
        #expect(stored.machine.active.signedUntil != nil)
    }

    @Test func `a rotation that was not written down did not begin, and can be tried again`() async throws {
        let bench = try Bench()
        _ = try await bench.keeper.issueWithKey(for: bench.id)
        let before = bench.keeper.trust.current
        try bench.breakDisk()
        for _ in 1...2 {
            let refusal = await #expect(throws: AuthorityRefusal.self) { _ = try await bench.keeper.rotate() }
            #expect(refusal?.isUnavailable == true)
        }
        let during = await bench.keeper.status
        #expect(during.slots.map(\.phase) == [.active])
        #expect(bench.keeper.trust.current.number == before.number)

        try bench.mendDisk()
        let slot = try await bench.keeper.rotate()
        let after = await bench.keeper.status
        #expect(after.slots.map(\.phase) == [.active, .retired])
        #expect(after.slots.first?.id == slot)
        let published = bench.keeper.trust.value
        #expect(published.version == before.value.version + 1)
        let stored = try #require(try bench.store.load())
        // The order differs: what was published first has the new slot prepared, what is stored has it active.
        let roots = Set(try stored.bundle.der)
        #expect(roots == Set(published.bundle.der))
        #expect(Set(stored.tokenKeys.map(\.keyID)) == Set(published.tokenKeys.map(\.keyID)))
    }

    @Test func `the next key signs only when that was written down`() async throws {
        let bench = try Bench()
        let proxy = try WorkloadID(parsing: "web-00000001")
        let first = try await bench.keeper.issueWithKey(for: bench.id)
        await bench.keeper.proxyArrived(proxy)
        let slot = try await bench.keeper.rotate()
        try bench.breakDisk()
        await bench.keeper.acknowledged(bench.keeper.trust.value.version, by: proxy)
        let during = await bench.keeper.status
        #expect(during.slots.map(\.phase) == [.active, .prepared])
        let meanwhile = try await bench.keeper.issueWithKey(for: bench.id)
        #expect(meanwhile.svid.leaf.issuer == first.svid.leaf.issuer)

        try bench.mendDisk()
        await bench.keeper.tick(at: Date())
        let after = await bench.keeper.status
        #expect(after.slots.map(\.phase) == [.active, .retired])
        #expect(after.slots.first?.id == slot)
        let stored = try #require(try bench.store.load())
        #expect(stored.machine.active.id == slot)
    }
}

extension AuthorityRefusal {
    fileprivate var isUnavailable: Bool {
        if case .unavailable = self { true } else { false }
    }
}
