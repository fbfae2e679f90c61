import FoundationEssentials
import Identity
import Secrets
import Testing
import X509

@testable import CertificateAuthority

@Suite("Issuing and verifying")
struct IssuerTests {
    @Test func `what the issuer signs, the verifier believes`() throws {
        let mesh = try Mesh()
        let svid = try mesh.issue()

        let peer = try SVIDVerifier.verify(
            chain: svid.chain.der,
            against: mesh.bundles,
            as: .server,
            at: mesh.now
        )

        #expect(peer.spiffeID == mesh.id)
        #expect(peer.path == [svid.leaf, mesh.authority.root])
        #expect(peer.notAfter == svid.notAfter)
    }

    @Test func `the leaf lasts as asked, from a minute ago`() throws {
        let mesh = try Mesh()
        let svid = try mesh.issue(lifetime: .seconds(600))
        #expect(svid.notBefore == mesh.now - .seconds(60))
        #expect(svid.notAfter == mesh.now + .seconds(600))
    }

    @Test func `the leaf does not outlive its authority`() throws {
        let mesh = try Mesh(rootLifetime: .seconds(100))
        let svid = try mesh.issue(lifetime: .seconds(3600))
        #expect(svid.notAfter == mesh.authority.notAfter)
    }

    @Test func `an authority that is over signs nothing`() throws {
        let mesh = try Mesh(rootLifetime: .seconds(100))
        #expect(throws: IssueError.authorityNotValid) {
            try mesh.issue(at: mesh.now + .seconds(101))
        }
    }

    @Test func `each leaf has its own serial number of 128 bits`() throws {
        let mesh = try Mesh()
        let serials = try (0..<8).map { _ in try mesh.issue().leaf.serialNumber }
        #expect(Set(serials).count == 8)
        // A leading zero keeps a number positive whose first bit is set.
        #expect(serials.allSatisfy { (13...17).contains($0.bytes.count) })
    }

    @Test func `a request for another name is refused, whatever was attested`() throws {
        let mesh = try Mesh()
        let key = SVIDKey()
        let other = try SPIFFEID(parsing: "spiffe://cluster.local/ns/shop/sa/admin")
        let request = try CertificateRequest(der: CertificateRequest.make(for: other, key: key))
        #expect(throws: IssueError.request(.notTheAttestedIdentity)) {
            var random = SystemRandomNumberGenerator()
            return try Issuer(mesh.authority).issue(
                for: mesh.id,
                request: request,
                at: mesh.now,
                using: &random
            )
        }
    }

    @Test func `an identity of another trust domain is refused`() throws {
        let mesh = try Mesh()
        let other = try SPIFFEID(parsing: "spiffe://partner.example/ns/a/sa/b")
        let expected = IssueError.otherTrustDomain(other.trustDomain)
        #expect(throws: expected) { try mesh.issue(for: other) }
    }

    @Test(arguments: [Duration.zero, .milliseconds(999), .seconds(31 * 86_400), .seconds(-5)])
    func `a lifetime out of range is refused`(lifetime: Duration) throws {
        let mesh = try Mesh()
        #expect(throws: IssueError.lifetimeOutOfRange) { try mesh.issue(lifetime: lifetime) }
    }

    @Test func `an authority that is constrained to other names hands out nothing`() throws {
        let mesh = try Mesh()
        let root = try CertificateDraft.authority("corporate").with {
            $0.nameConstraints = NameConstraints(permittedURIDomains: ["corporate.example"])
        }.selfSigned()
        let authority = try SigningAuthority(
            trustDomain: mesh.id.trustDomain,
            chain: CertificateChain(der: [root.der()]),
            key: Secret(root.draft.key),
            at: mesh.now
        )
        let request = try CertificateRequest(der: CertificateRequest.make(for: mesh.id, key: SVIDKey()))
        #expect(throws: IssueError.notVerifiable(.nameNotPermitted(by: .root))) {
            var random = SystemRandomNumberGenerator()
            return try Issuer(authority).issue(for: mesh.id, request: request, at: mesh.now, using: &random)
        }
    }
}
