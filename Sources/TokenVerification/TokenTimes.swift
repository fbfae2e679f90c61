import Authorization
import JSONText

/// When a token is good (RFC 7519, section 4.1), in seconds since 1970.
///
/// Times may have a fraction ("NumericDate"), and any size; they are compared as floating point and never converted to
/// an integer, which could trap.
struct TokenTimes: Equatable, Sendable {
    var expiry: Double
    var notBefore: Double?
    var issuedAt: Double?

    init(_ payload: JSONObject) throws(TokenProblem) {
        guard let expiry = try Self.time("exp", in: payload) else { throw .malformed }
        self.expiry = expiry
        notBefore = try Self.time("nbf", in: payload)
        issuedAt = try Self.time("iat", in: payload)
    }

    /// Checks against a clock that may be wrong by so many seconds.
    func check(at now: Int64, skew: Int64) throws(TokenProblem) {
        let now = Double(now)
        let skew = Double(skew)
        guard now - skew < expiry else { throw .expired }
        for begin in [notBefore, issuedAt] {
            if let begin, begin > now + skew { throw .notYetValid }
        }
    }

    private static func time(_ name: String, in payload: JSONObject) throws(TokenProblem) -> Double? {
        guard let value = payload[name] else { return nil }
        guard let time = value.double, time >= 0 else { throw .malformed }
        return time
    }
}
