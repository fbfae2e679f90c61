import Crypto
import CryptoExtras
import FoundationEssentials
import Identity
import SwiftASN1
import Testing
import X509

@testable import CertificateAuthority

/// A hierarchy: root, intermediate, leaf.
private struct Hierarchy {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    var root: Signed
    var intermediate: Signed
    var leaf: Signed

    init(
        root changeRoot: (inout CertificateDraft) throws -> Void = { _ in },
        intermediate changeIntermediate: (inout CertificateDraft) throws -> Void = { _ in },
        leaf changeLeaf: (inout CertificateDraft) throws -> Void = { _ in }
    ) throws {
        root = try CertificateDraft.authority("root").with(changeRoot).selfSigned()
        intermediate = try CertificateDraft.authority("intermediate").with(changeIntermediate).signed(
            by: root
        )
        leaf = try CertificateDraft().with(changeLeaf).signed(by: intermediate)
    }

    func verify(_ chain: [Signed]? = nil, roots: [Signed]? = nil) throws -> VerifiedPeer {
        let bundle = try TrustBundle(trustDomain: .default, der: (roots ?? [root]).map { try $0.der() })
        return try SVIDVerifier.verify(
            chain: (chain ?? [leaf, intermediate]).map { try $0.der() },
            against: TrustBundles([bundle]),
            as: .server,
            at: Self.now
        )
    }

    func violation(_ chain: [Signed]? = nil, roots: [Signed]? = nil) -> SVIDViolation? {
        #expect(throws: SVIDViolation.self) { try verify(chain, roots: roots) }
    }
}

@Suite("From a leaf to a root")
struct PathTests {
    @Test func `the intermediate leads the way`() throws {
        let mesh = try Hierarchy()
        let peer = try mesh.verify()
        #expect(peer.path == [mesh.leaf.certificate, mesh.intermediate.certificate, mesh.root.certificate])
        #expect(peer.notAfter == mesh.leaf.draft.notAfter)
    }

    @Test func `without it there is no way`() throws {
        let mesh = try Hierarchy()
        let violation = mesh.violation([mesh.leaf])
        #expect(violation == .noPathToRoot)
    }

    @Test func `the order and what is superfluous do not matter, the root may be there too`() throws {
        let mesh = try Hierarchy()
        let other = try Hierarchy()
        let peer = try mesh.verify([mesh.leaf, other.root, mesh.root, other.intermediate, mesh.intermediate])
        #expect(peer.path.count == 3)
    }

    @Test func `a root that only the peer sent is no root`() throws {
        let mesh = try Hierarchy()
        let other = try Hierarchy()
        let violation = mesh.violation([other.leaf, other.intermediate, other.root])
        // The name of the root is the same, its key is not.
        #expect(violation == .signatureInvalid(.intermediate(1)))
    }

    @Test func `two roots of one name are told apart`() throws {
        let mesh = try Hierarchy()
        let namesakes = try (0..<3).map { _ in try CertificateDraft.authority("root").selfSigned() }
        let peer = try mesh.verify(roots: namesakes + [mesh.root])
        #expect(peer.path.last == mesh.root.certificate)
    }

    @Test func `a signature that was changed does not count`() throws {
        let mesh = try Hierarchy()
        let bundle = try TrustBundle(trustDomain: .default, der: [mesh.root.der()])
        var der = try mesh.leaf.der()
        der[der.count - 1] ^= 1
        let chain = [der, try mesh.intermediate.der()]
        #expect(throws: SVIDViolation.signatureInvalid(.leaf)) {
            try SVIDVerifier.verify(
                chain: chain,
                against: TrustBundles([bundle]),
                as: .server,
                at: Hierarchy.now
            )
        }
    }

    @Test func `an intermediate has to be an authority that may sign`() throws {
        let leafAsIssuer = try Hierarchy(intermediate: { $0.basicConstraints = .notCertificateAuthority })
        let silent = try Hierarchy(intermediate: { $0.basicConstraints = nil })
        let mute = try Hierarchy(intermediate: { $0.keyUsage = KeyUsage(digitalSignature: true) })
        let noUsage = try Hierarchy(intermediate: { $0.keyUsage = nil })
        let violations = [leafAsIssuer, silent, mute, noUsage].map { $0.violation() }
        #expect(
            violations == [
                .issuerIsNoAuthority(.intermediate(1)), .issuerIsNoAuthority(.intermediate(1)),
                .issuerMayNotSignCertificates(.intermediate(1)),
                .issuerMayNotSignCertificates(.intermediate(1)),
            ]
        )
    }

    @Test func `path lengths are kept`() throws {
        let mesh = try Hierarchy(root: { $0.basicConstraints = .isCertificateAuthority(maxPathLength: 0) })
        let one = try Hierarchy(root: { $0.basicConstraints = .isCertificateAuthority(maxPathLength: 1) })
        let violation = mesh.violation()
        let peer = try one.verify()
        #expect(violation == .pathTooLong(.root))
        #expect(peer.path.count == 3)
    }

    @Test func `every certificate of the path is valid now`() throws {
        let past = Hierarchy.now - .seconds(1)
        let future = Hierarchy.now + .seconds(1)
        let violations = [
            try Hierarchy(intermediate: { $0.notAfter = past }).violation(),
            try Hierarchy(intermediate: { $0.notBefore = future }).violation(),
            try Hierarchy(root: { $0.notAfter = past }).violation(),
        ]
        #expect(
            violations == [
                .expired(.intermediate(1), at: past), .notYetValid(.intermediate(1), from: future),
                .expired(.root, at: past),
            ]
        )
    }

    @Test func `the peer is good for as long as the whole path`() throws {
        let end = Hierarchy.now + .seconds(10)
        let peer = try Hierarchy(intermediate: { $0.notAfter = end }).verify()
        #expect(peer.notAfter == end)
    }

    @Test func `weak links are refused`() throws {
        let weak = try Certificate.PrivateKey(_RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)))
        let strong = try Certificate.PrivateKey(_RSA.Signing.PrivateKey(keySize: .bits2048))
        let violations = [
            try Hierarchy(intermediate: { $0.key = weak }).violation(),
            try Hierarchy(root: { $0.key = strong }, intermediate: { $0.algorithm = .sha1WithRSAEncryption })
                .violation(),
            try Hierarchy(intermediate: { $0.key = strong }, leaf: { $0.algorithm = .sha1WithRSAEncryption })
                .violation(),
            try Hierarchy(intermediate: { $0.key = Certificate.PrivateKey(Curve25519.Signing.PrivateKey()) })
                .violation(),
        ]
        #expect(
            violations == [
                .unsupportedKey(.intermediate(1)), .unsupportedSignatureAlgorithm(.intermediate(1)),
                .unsupportedSignatureAlgorithm(.leaf), .unsupportedSignatureAlgorithm(.leaf),
            ]
        )
    }

    @Test func `an authority for other uses or of another trust domain is none here`() throws {
        let violations = [
            try Hierarchy(intermediate: { $0.extendedUsages = [.clientAuth] }).violation(),
            try Hierarchy(intermediate: { $0.uris = ["spiffe://partner.example"] }).violation(),
            try Hierarchy(intermediate: {
                $0.moreExtensions = [.init(oid: [1, 2, 3], critical: true, value: [5, 0])]
            }).violation(),
        ]
        #expect(
            violations == [
                .issuerOfWrongRole(.intermediate(1), .server),
                .issuerOfAnotherTrustDomain(.intermediate(1), .partner),
                .unknownCriticalExtension(.intermediate(1)),
            ]
        )
    }

    @Test func `certificates that sign each other end in a refusal`() throws {
        let mesh = try Hierarchy()
        let a = try CertificateDraft.authority("a").selfSigned()
        let b = try CertificateDraft.authority("b").selfSigned()
        let circle = try [
            CertificateDraft().signed(by: a), a.draft.signed(by: b), b.draft.signed(by: a), a, b,
        ]
        let violation = mesh.violation(circle)
        #expect(violation == .noPathToRoot)
    }

    @Test func `a thicket of namesakes costs a bounded number of signatures`() throws {
        let mesh = try Hierarchy()
        // All have one name and one key: any may have signed any other.
        let draft = try CertificateDraft.authority("thicket")
        let thicket = try (0..<7).map { _ in try draft.selfSigned() }
        let leaf = try CertificateDraft().signed(by: thicket[0])
        let violation = mesh.violation([leaf] + thicket)
        #expect(violation == .tooManyCandidates)
    }

    @Test func `chains are bounded before they are parsed`() throws {
        let mesh = try Hierarchy()
        let leaf = try mesh.leaf.der()
        let cases: [([[UInt8]], SVIDViolation)] = [
            ([], .noCertificate),
            (Array(repeating: leaf, count: 9), .tooManyCertificates(9)),
            ([Array(repeating: 0x30, count: 16_385)], .certificateTooLarge(bytes: 16_385)),
            ([[]], .malformedCertificate(.leaf)),
            ([leaf.dropLast()], .malformedCertificate(.leaf)),
            ([leaf + [0]], .malformedCertificate(.leaf)),
            ([leaf, [0x30, 0]], .malformedCertificate(.intermediate(1))),
        ]
        for (chain, expected) in cases {
            let violation = #expect(throws: SVIDViolation.self) {
                try SVIDVerifier.verify(chain: chain, against: TrustBundles(), as: .client, at: Hierarchy.now)
            }
            #expect(violation == expected)
        }
    }

    @Test(arguments: 0..<UInt64(8))
    func `a leaf with bytes turned over never passes for another, and crashes nothing`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let mesh = try Hierarchy()
        let bundles = try TrustBundles([TrustBundle(trustDomain: .default, der: [mesh.root.der()])])
        let good = [try mesh.leaf.der(), try mesh.intermediate.der()]
        var refused = 0
        for _ in 0..<300 {
            var chain = good
            let which = Int.random(in: 0..<2, using: &random)
            let place = Int.random(in: 0..<chain[which].count, using: &random)
            chain[which][place] ^= UInt8.random(in: 1...255, using: &random)
            if (try? SVIDVerifier.verify(chain: chain, against: bundles, as: .server, at: Hierarchy.now))
                == nil
            {
                refused += 1
            }
        }
        #expect(refused == 300, "seed \(seed)")
    }
}

@Suite("Trust domains and their roots")
struct TrustDomainBoundaryTests {
    @Test func `the root of one domain does not vouch for a name in another`() throws {
        let own = try CertificateDraft.authority("own").selfSigned()
        let foreign = try CertificateDraft.authority("foreign").selfSigned()
        let bundles = try TrustBundles([
            TrustBundle(trustDomain: .default, der: [own.der()]),
            TrustBundle(trustDomain: .partner, der: [foreign.der()]),
        ])
        let impostor = try CertificateDraft().signed(by: foreign).der()
        let guest = try CertificateDraft().with { $0.uris = ["spiffe://partner.example/ns/a/sa/b"] }
            .signed(by: foreign).der()

        #expect(throws: SVIDViolation.rootOfAnotherTrustDomain(.partner)) {
            try SVIDVerifier.verify(chain: [impostor], against: bundles, as: .client, at: Hierarchy.now)
        }
        let peer = try SVIDVerifier.verify(chain: [guest], against: bundles, as: .client, at: Hierarchy.now)
        #expect(peer.spiffeID.trustDomain == .partner)
    }

    @Test func `a bundle is of one domain, and a domain has one bundle`() throws {
        let root = try CertificateDraft.authority("root")
            .with { $0.uris = ["spiffe://partner.example"] }.selfSigned().der()
        let leaf = try CertificateDraft().selfSigned().der()
        #expect(throws: TrustBundleError.ofAnotherTrustDomain(.partner, index: 0)) {
            try TrustBundle(trustDomain: .default, der: [root])
        }
        #expect(throws: TrustBundleError.notAnAuthority(index: 1)) {
            try TrustBundle(trustDomain: .partner, der: [root, leaf])
        }
        #expect(throws: TrustBundleError.noRoots) { try TrustBundle(trustDomain: .default, der: []) }
        #expect(throws: TrustBundleError.tooManyRoots(65)) {
            try TrustBundle(trustDomain: .partner, der: Array(repeating: root, count: 65))
        }
        let bundle = try TrustBundle(trustDomain: .partner, der: [root])
        #expect(throws: TrustBundleError.twoBundlesForOneTrustDomain(.partner)) {
            try TrustBundles([bundle, bundle])
        }
    }

    @Test func `name constraints are kept`() throws {
        struct Case {
            var permitted: [GeneralName] = []
            var excluded: [GeneralName] = []
            var names: [GeneralName] = []
            var expected: SVIDViolation?
        }
        let refused = SVIDViolation.nameNotPermitted(by: .intermediate(1))
        let cases: [Case] = [
            Case(permitted: [.uniformResourceIdentifier("cluster.local")]),
            Case(permitted: [.uniformResourceIdentifier(".local")]),
            Case(permitted: [.uniformResourceIdentifier("local")], expected: refused),
            Case(permitted: [.uniformResourceIdentifier(".cluster.local")], expected: refused),
            Case(permitted: [.uniformResourceIdentifier("ter.local")], expected: refused),
            Case(excluded: [.uniformResourceIdentifier("cluster.local")], expected: refused),
            Case(permitted: [.dnsName("shop.example")]),
            Case(permitted: [.dnsName("shop.example")], names: [.dnsName("a.shop.example")]),
            Case(
                permitted: [.dnsName("shop.example")],
                names: [.dnsName("ashop.example")],
                expected: refused
            ),
            Case(excluded: [.dnsName("")], names: [.dnsName("a.example")], expected: refused),
            Case(permitted: [.rfc822Name("example")]),
            Case(
                permitted: [.rfc822Name("example")],
                names: [.rfc822Name("a@example")],
                expected: .nameConstraintNotUnderstood(.intermediate(1))
            ),
        ]
        for sample in cases {
            let mesh = try Hierarchy(
                intermediate: {
                    $0.nameConstraints = NameConstraints(
                        permittedSubtrees: sample.permitted,
                        excludedSubtrees: sample.excluded
                    )
                },
                leaf: { $0.otherNames = sample.names }
            )
            var violation: SVIDViolation?
            do {
                _ = try mesh.verify()
            } catch {
                violation = error as? SVIDViolation
            }
            #expect(violation == sample.expected, "\(sample)")
        }
    }
}
