import Crypto
import CryptoExtras
import FoundationEssentials
import Identity
import SwiftASN1
import Testing
import X509

@testable import CertificateAuthority

/// A leaf with one thing wrong, signed by the right root.
struct BadLeaf: Sendable, CustomTestStringConvertible {
    var name: String
    var violation: SVIDViolation
    var change: @Sendable (inout CertificateDraft) throws -> Void

    init(
        _ name: String,
        _ violation: SVIDViolation,
        _ change: @escaping @Sendable (inout CertificateDraft) throws -> Void
    ) {
        self.name = name
        self.violation = violation
        self.change = change
    }

    var testDescription: String { name }

    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static let names: [BadLeaf] = [
        BadLeaf("no names at all", .noURIName) { $0.uris = [] },
        BadLeaf("only a DNS name", .noURIName) {
            $0.uris = []
            $0.otherNames = [.dnsName("web.shop")]
        },
        BadLeaf("the SPIFFE ID as a DNS name", .noURIName) {
            $0.otherNames = $0.uris.map(GeneralName.dnsName)
            $0.uris = []
        },
        BadLeaf("two URI names", .severalURINames(2)) { $0.uris.append("https://web.shop") },
        BadLeaf("the same name twice", .severalURINames(2)) { $0.uris += $0.uris },
        BadLeaf("a web address", .notASPIFFEID(.schemeNotSPIFFE)) { $0.uris = ["https://web.shop"] },
        BadLeaf("a NUL after a good name", .notASPIFFEID(.pathByte(0))) {
            $0.uris = ["spiffe://cluster.local/ns/shop/sa/web\0.evil"]
        },
        BadLeaf("a NUL at the end", .notASPIFFEID(.pathByte(0))) { $0.uris[0] += "\0" },
        BadLeaf("a NUL in the trust domain", .notASPIFFEID(.trustDomainByte(0))) {
            $0.uris = ["spiffe://cluster.local\0.evil/ns/shop/sa/web"]
        },
        BadLeaf("an upper-case trust domain", .notASPIFFEID(.trustDomainByte(UInt8(ascii: "C")))) {
            $0.uris = ["spiffe://Cluster.local/ns/shop/sa/web"]
        },
        BadLeaf("a query", .notASPIFFEID(.pathByte(UInt8(ascii: "?")))) { $0.uris[0] += "?admin" },
        BadLeaf("an escape", .notASPIFFEID(.pathByte(UInt8(ascii: "%")))) { $0.uris[0] += "%2fadmin" },
        BadLeaf("a way up", .notASPIFFEID(.dotPathSegment)) { $0.uris[0] += "/../admin" },
        BadLeaf("a port", .notASPIFFEID(.trustDomainByte(UInt8(ascii: ":")))) {
            $0.uris = ["spiffe://cluster.local:443/ns/shop/sa/web"]
        },
        BadLeaf("a slash at the end", .notASPIFFEID(.trailingSlash)) { $0.uris[0] += "/" },
        BadLeaf("a name too long", .notASPIFFEID(.tooLong(2049))) {
            $0.uris[0] += String(repeating: "x", count: 2049 - $0.uris[0].utf8.count)
        },
        BadLeaf("the trust domain itself", .noPathInSPIFFEID) { $0.uris = ["spiffe://cluster.local"] },
        BadLeaf("another trust domain", .unknownTrustDomain(.elsewhere)) {
            $0.uris = ["spiffe://elsewhere.example/ns/shop/sa/web"]
        },
    ]

    static let uses: [BadLeaf] = [
        BadLeaf("an authority", .leafIsAuthority) {
            $0.basicConstraints = .isCertificateAuthority(maxPathLength: 0)
        },
        BadLeaf("may sign certificates", .leafMaySignCertificates) {
            $0.keyUsage = KeyUsage(digitalSignature: true, keyCertSign: true)
        },
        BadLeaf("may sign revocation lists", .leafMaySignRevocationLists) {
            $0.keyUsage = KeyUsage(digitalSignature: true, cRLSign: true)
        },
        BadLeaf("no key usage", .keyUsageMissing) { $0.keyUsage = nil },
        BadLeaf("key usage that may be ignored", .keyUsageNotCritical) { $0.keyUsageIsCritical = false },
        BadLeaf("only key encipherment", .digitalSignatureMissing) {
            $0.keyUsage = KeyUsage(keyEncipherment: true)
        },
        BadLeaf("no extended usages", .extendedUsagesMissing) { $0.extendedUsages = nil },
        BadLeaf("for clients only", .wrongRole(.server)) { $0.extendedUsages = [.clientAuth] },
        BadLeaf("for any use, in words that SVIDs do not have", .wrongRole(.server)) {
            $0.extendedUsages = [.any]
        },
        BadLeaf("for code", .wrongRole(.server)) { $0.extendedUsages = [.codeSigning] },
        BadLeaf("version 1", .notVersion3(.leaf)) { $0.version = .v1 },
        BadLeaf("an extension that must be understood", .unknownCriticalExtension(.leaf)) {
            $0.moreExtensions = [.init(oid: [1, 2, 3, 4], critical: true, value: [5, 0])]
        },
        BadLeaf("policy constraints that must be understood", .unknownCriticalExtension(.leaf)) {
            $0.moreExtensions = [.init(oid: [2, 5, 29, 36], critical: true, value: [0x30, 0])]
        },
        BadLeaf("a name that cannot be read", .malformedExtension(.leaf)) {
            $0.uris = []
            $0.moreExtensions = [
                .init(oid: .X509ExtensionID.subjectAlternativeName, critical: false, value: [0x30, 0x7f])
            ]
        },
        BadLeaf("key usage that cannot be read", .malformedExtension(.leaf)) {
            $0.keyUsage = nil
            $0.moreExtensions = [
                .init(oid: .X509ExtensionID.keyUsage, critical: true, value: [3, 2, 9, 0])
            ]
        },
        BadLeaf("key usage of no bits at all", .digitalSignatureMissing) {
            $0.keyUsage = nil
            $0.moreExtensions = [.init(oid: .X509ExtensionID.keyUsage, critical: true, value: [3, 1, 0])]
        },
        BadLeaf("over", .expired(.leaf, at: now - .seconds(1))) { $0.notAfter = now - .seconds(1) },
        BadLeaf("of the future", .notYetValid(.leaf, from: now + .seconds(1))) {
            $0.notBefore = now + .seconds(1)
        },
        BadLeaf("over before it began", .expired(.leaf, at: now - .seconds(100))) {
            $0.notBefore = now - .seconds(50)
            $0.notAfter = now - .seconds(100)
        },
        BadLeaf("an Ed25519 key", .unsupportedKey(.leaf)) {
            $0.key = Certificate.PrivateKey(Curve25519.Signing.PrivateKey())
        },
        BadLeaf("a P-521 key", .unsupportedKey(.leaf)) {
            $0.key = Certificate.PrivateKey(P521.Signing.PrivateKey())
        },
        BadLeaf("an RSA key of 1,024 bits", .unsupportedKey(.leaf)) {
            $0.key = try Certificate.PrivateKey(_RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)))
        },
    ]
}

@Suite("Leaves that are no SVIDs")
struct BadLeafTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func verify(_ draft: CertificateDraft, as role: PeerRole = .server) throws -> VerifiedPeer
    {
        let root = try CertificateDraft.authority("root").selfSigned()
        let bundle = try TrustBundle(trustDomain: .default, der: [root.der()])
        let leaf = try draft.signed(by: root)
        return try SVIDVerifier.verify(
            chain: [leaf.der()],
            against: TrustBundles([bundle]),
            as: role,
            at: now
        )
    }

    @Test func `the draft as it is, is a good one`() throws {
        let peer = try Self.verify(CertificateDraft())
        #expect(peer.spiffeID.description == "spiffe://cluster.local/ns/shop/sa/web")
    }

    @Test(arguments: BadLeaf.names)
    func `the name is wrong`(leaf: BadLeaf) throws {
        let draft = try CertificateDraft().with(leaf.change)
        let violation = #expect(throws: SVIDViolation.self) { try Self.verify(draft) }
        #expect(violation == leaf.violation)
    }

    @Test(arguments: BadLeaf.uses)
    func `the use is wrong`(leaf: BadLeaf) throws {
        let draft = try CertificateDraft().with(leaf.change)
        let violation = #expect(throws: SVIDViolation.self) { try Self.verify(draft) }
        #expect(violation == leaf.violation)
    }

    @Test func `a server's certificate is none for a client`() throws {
        let draft = CertificateDraft().with { $0.extendedUsages = [.serverAuth] }
        let server = try Self.verify(draft, as: .server)
        #expect(server.notAfter == draft.notAfter)
        #expect(throws: SVIDViolation.wrongRole(.client)) { try Self.verify(draft, as: .client) }
    }

    @Test func `valid from its first second to its last`() throws {
        let first = try Self.verify(CertificateDraft().with { $0.notBefore = Self.now })
        let last = try Self.verify(CertificateDraft().with { $0.notAfter = Self.now })
        #expect(first.spiffeID == last.spiffeID)
    }

    @Test(arguments: ["P-384", "RSA"])
    func `other strong keys will do`(kind: String) throws {
        let draft = try CertificateDraft().with {
            $0.key =
                kind == "RSA"
                ? try Certificate.PrivateKey(_RSA.Signing.PrivateKey(keySize: .bits2048))
                : Certificate.PrivateKey(P384.Signing.PrivateKey())
        }
        let peer = try Self.verify(draft)
        #expect(peer.path.count == 2)
    }
}
