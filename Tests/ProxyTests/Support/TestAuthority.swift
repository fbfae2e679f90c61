import CertificateAuthority
import FoundationEssentials
import Identity

@testable import Proxy

/// A certificate authority of one trust domain, which signs for whoever asks.
struct TestAuthority: Sendable {
    let trustDomain: TrustDomain
    let authority: SigningAuthority
    /// An hour ago, so that a test can have things that are over.
    let started = Date().addingTimeInterval(-3600)

    init(_ name: String = "cluster.local") throws {
        var random = SystemRandomNumberGenerator()
        trustDomain = try TrustDomain(parsing: name)
        authority = try SigningAuthority.makeRoot(trustDomain: trustDomain, at: started, using: &random)
    }

    func identity(_ name: String) throws -> SPIFFEID {
        try WorkloadIdentity(trustDomain: trustDomain, namespace: "shop", serviceAccount: name).spiffeID
    }

    func issue(
        _ name: String,
        lifetime: Duration = .seconds(3600),
        at now: Date = Date()
    ) throws -> (svid: X509SVID, key: SVIDKey) {
        var random = SystemRandomNumberGenerator()
        let id = try identity(name)
        let key = SVIDKey()
        let request = try CertificateRequest(der: try CertificateRequest.make(for: id, key: key))
        let svid = try Issuer(authority).issue(
            for: id,
            request: request,
            lifetime: lifetime,
            at: now,
            using: &random
        )
        return (svid, key)
    }

    /// Credentials that trust this authority, and others if asked to.
    func credentials(
        _ name: String,
        generation: UInt64 = 1,
        trusting others: [TestAuthority] = []
    ) throws -> Credentials {
        let (svid, key) = try issue(name)
        let bundles = try TrustBundles([authority.bundle] + others.map(\.authority.bundle))
        return try Credentials(generation: generation, svid: svid, key: key, bundles: bundles)
    }
}
