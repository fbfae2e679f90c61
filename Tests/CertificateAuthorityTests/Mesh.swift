import FoundationEssentials
import Identity
import X509

@testable import CertificateAuthority

/// An authority, a workload and a moment, to issue certificates with.
struct Mesh {
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let id: SPIFFEID
    let authority: SigningAuthority
    let bundles: TrustBundles

    init(_ trustDomain: String = "cluster.local", rootLifetime: Duration = .seconds(86_400)) throws {
        var random = SystemRandomNumberGenerator()
        id = try SPIFFEID(parsing: "spiffe://\(trustDomain)/ns/shop/sa/web")
        authority = try SigningAuthority.makeRoot(
            trustDomain: id.trustDomain,
            lifetime: rootLifetime,
            at: now,
            using: &random
        )
        bundles = try TrustBundles([authority.bundle])
    }

    func issue(
        for id: SPIFFEID? = nil,
        lifetime: Duration = .seconds(3600),
        at moment: Date? = nil
    ) throws -> X509SVID {
        var random = SystemRandomNumberGenerator()
        let id = id ?? self.id
        let request = try CertificateRequest(der: CertificateRequest.make(for: id, key: SVIDKey()))
        return try Issuer(authority)
            .issue(for: id, request: request, lifetime: lifetime, at: moment ?? now, using: &random)
    }
}

extension TrustDomain {
    static let partner = (try? TrustDomain(parsing: "partner.example")) ?? .default
    static let elsewhere = (try? TrustDomain(parsing: "elsewhere.example")) ?? .default
}
