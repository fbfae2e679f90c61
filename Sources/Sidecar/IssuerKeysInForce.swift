import Authorization
import CanonicalHTTP
import FoundationEssentials
import MeshAPI
import Proxy
import Synchronization
import TokenVerification

/// The keys that verify the tokens of people, replaced as a whole when the control plane sends others.
final class IssuerKeysInForce: TokenSource {
    private struct State {
        var issuers: [String: IssuerKeys] = [:]
        var verifier = TokenVerifier(issuers: [:])
    }

    private let state = Mutex(State())

    /// Puts the keys of one issuer in force, or the knowledge that they cannot be had.
    func install(_ update: IssuerKeysUpdate) throws {
        let keys: IssuerKeys
        switch update.state {
        case .keys(let document): keys = .keys(try KeySet(parsing: document))
        case .unavailable: keys = .unavailable
        }
        state.withLock { state in
            state.issuers[update.issuer] = keys
            state.verifier = TokenVerifier(issuers: state.issuers)
        }
    }

    func evidence(in fields: HeaderFields, at now: Date) -> TokenEvidence {
        let verifier = state.withLock { $0.verifier }
        return verifier.evidence(
            for: fields.values(of: "authorization"),
            at: Int64(now.timeIntervalSince1970)
        )
    }
}
