public import Authorization
public import Crypto
import FoundationEssentials
public import Identity
import JSONText

/// A workload's identity as a token for one audience or a few (SPIFFE JWT-SVID).
public struct JWTSVID: Equatable, Sendable {
    public let id: SPIFFEID
    public let audiences: [String]
    /// In seconds since 1970.
    public let expiry: Int64

    /// Why a token is no JWT-SVID for us.
    public enum VerificationError: Error, Equatable, Sendable {
        /// As for any token.
        case token(TokenProblem)
        /// `sub` is absent or no SPIFFE ID (section 3.1).
        case subject
        /// No bundle of the trust domain of `sub` is known.
        case unknownTrustDomain(TrustDomain)
        /// `aud` does not name who verifies (section 3.2).
        case audience
    }

    /// Signs a token that says who holds it, for these audiences.
    ///
    /// ES256, with `kid`, `sub`, `aud`, `exp` and `iat`. Times are in seconds since 1970; a fraction of the time to live
    /// is cut.
    public static func sign(
        _ id: SPIFFEID,
        audiences: [String],
        ttl: Duration,
        key: P256.Signing.PrivateKey,
        keyID: String,
        now: Int64
    ) throws -> (token: String, svid: JWTSVID) {
        let expiry = now.addingReportingOverflow(ttl.components.seconds)
        let svid = JWTSVID(id: id, audiences: audiences, expiry: expiry.overflow ? .max : expiry.partialValue)
        let claims: JSONObject = [
            "sub": .string(id.description),
            "aud": .strings(audiences),
            "exp": .int(svid.expiry),
            "iat": .int(now),
        ]
        return (try CompactToken.sign(claims, key: key, keyID: keyID), svid)
    }

    /// Verifies a token with the keys of the trust domain that its subject names, and of no other.
    ///
    /// The key sets are read for ``KeySet/Use/jwtSVID``.
    public static func verify(
        _ token: some StringProtocol,
        audience: String,
        bundles: [TrustDomain: KeySet],
        now: Int64,
        clockSkew: Duration = .seconds(60)
    ) throws(VerificationError) -> JWTSVID {
        let checked: Result<JWTSVID, VerificationError>
        do throws(TokenProblem) {
            checked = try check(Array(token.utf8)[...], audience, bundles, now, clockSkew)
        } catch {
            throw .token(error)
        }
        return try checked.get()
    }

    /// Makes the checks, in an order in which each may rely on the ones before.
    private static func check(
        _ text: ArraySlice<UInt8>,
        _ audience: String,
        _ bundles: [TrustDomain: KeySet],
        _ now: Int64,
        _ clockSkew: Duration
    ) throws(TokenProblem) -> Result<JWTSVID, VerificationError> {
        let token = try SignedToken(parsing: text)
        // The specification lists what may sign (section 2.1); EdDSA is not there.
        guard token.header.algorithm != .edDSA else { throw .unsupportedAlgorithm }
        guard let subject = token.payload["sub"]?.string, let id = try? SPIFFEID(parsing: subject) else {
            return .failure(.subject)
        }
        guard let keys = bundles[id.trustDomain] else { return .failure(.unknownTrustDomain(id.trustDomain)) }
        try token.verify(with: keys)
        let times = try TokenTimes(token.payload)
        try times.check(at: now, skew: max(0, clockSkew.components.seconds))
        let audiences = try TokenClaims.audiences(token.payload)
        guard audiences.contains(where: { $0.utf8.elementsEqual(audience.utf8) }) else {
            return .failure(.audience)
        }
        // Beyond 2^53 a Double names no single second; the exact value no longer matters then.
        let expiry = Int64(exactly: times.expiry.rounded(.down)) ?? .max
        return .success(JWTSVID(id: id, audiences: audiences, expiry: expiry))
    }
}
