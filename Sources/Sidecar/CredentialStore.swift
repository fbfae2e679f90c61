import CertificateAuthority
import FoundationEssentials
import MeshAPI
import Proxy
import Synchronization

/// Joins the certificate, which we ask for, and the roots, which are sent to us, into the credentials in force.
///
/// The two change independently; each change makes a new generation.
final class CredentialStore: Sendable {
    private struct State {
        var identity: (svid: X509SVID, key: SVIDKey)?
        var bundles: TrustBundles?
        var trustVersion: UInt64 = 0
        var generation: UInt64 = 0
    }

    let inForce: CredentialsInForce
    private let state = Mutex(State())

    init(inForce: CredentialsInForce) {
        self.inForce = inForce
    }

    /// Puts a new certificate in force, together with the roots that came with it unless we know later ones.
    func install(_ issued: IssuedIdentity, key: SVIDKey) throws {
        let bundles = try TrustBundles(issued.trust)
        try state.withLock { state in
            if issued.trustVersion >= state.trustVersion || state.bundles == nil {
                state.bundles = bundles
                state.trustVersion = issued.trustVersion
            }
            state.identity = (issued.svid, key)
            try makeGeneration(&state)
        }
    }

    /// Puts new roots in force; who acknowledges them may rely on it that they verify from now on.
    func install(_ trust: TrustUpdate, version: UInt64) throws {
        let bundles = try TrustBundles(trust)
        try state.withLock { state in
            guard version >= state.trustVersion else { return }
            state.bundles = bundles
            state.trustVersion = version
            try makeGeneration(&state)
        }
    }

    private func makeGeneration(_ state: inout State) throws {
        guard let identity = state.identity, let bundles = state.bundles else { return }
        state.generation += 1
        inForce.install(
            try Credentials(
                generation: state.generation,
                svid: identity.svid,
                key: identity.key,
                bundles: bundles
            )
        )
    }
}

extension TrustBundles {
    /// Parses the roots of a message, domain by domain.
    init(_ trust: TrustUpdate) throws {
        try self.init(trust.roots.map { try TrustBundle(trustDomain: $0.key, der: $0.value) })
    }
}
