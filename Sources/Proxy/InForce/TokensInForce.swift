public import Authorization
public import CanonicalHTTP
public import FoundationEssentials
import Synchronization
public import TokenVerification

/// Where a proxy finds out what a request's token is worth.
public protocol TokenSource: Sendable {
    /// Never waits: keys that are not there yet make a token unverifiable.
    func evidence(in fields: HeaderFields, at now: Date) -> TokenEvidence
}

/// The issuers and keys in force; before the first came, no token proves anything.
public final class TokensInForce: TokenSource {
    private let current: Mutex<TokenVerifier>

    public init(_ verifier: TokenVerifier = TokenVerifier(issuers: [:])) {
        current = Mutex(verifier)
    }

    public func install(_ verifier: TokenVerifier) {
        current.withLock { $0 = verifier }
    }

    public func evidence(in fields: HeaderFields, at now: Date) -> TokenEvidence {
        let verifier = current.withLock { $0 }
        let seconds = now.timeIntervalSince1970.rounded(.down)
        // A clock that far off is broken; nothing verifies then.
        guard let unixSeconds = Int64(exactly: seconds) else { return .unverifiable(.notYetValid) }
        return verifier.evidence(for: fields.values(of: "authorization"), at: unixSeconds)
    }
}
