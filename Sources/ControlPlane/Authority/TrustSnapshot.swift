import CertificateAuthority
import Crypto
import Identity
import MeshAPI
import TokenVerification

/// What verifiers of our trust domain must hold, at one version.
struct TrustSnapshot: Sendable {
    var version: UInt64
    var bundle: TrustBundle
    /// The keys that verify JWT-SVIDs.
    var tokenKeys: [JWTAuthority]

    var trustDomain: TrustDomain { bundle.trustDomain }

    var bundles: TrustBundles {
        var bundles = TrustBundles()
        bundles.replace(with: bundle)
        return bundles
    }

    /// For proxies.
    var update: ControlUpdate {
        ControlUpdate(version: version, resource: .trust(TrustUpdate(roots: [trustDomain: bundle.der])))
    }

    /// The document that the Workload API hands out.
    var tokenKeyDocument: [UInt8] { JWTAuthority.document(of: tokenKeys) }
}

extension TrustSnapshot {
    init(_ authority: SlottedAuthority) throws {
        version = authority.machine.trustVersion
        bundle = try authority.bundle
        tokenKeys = authority.tokenKeys.map { key in
            key.reveal { JWTAuthority(keyID: key.keyID, publicKey: $0.publicKey) }
        }
    }
}
