/// The algorithms that a token may be signed with (RFC 7518, section 3.1; RFC 8037, section 3.1).
///
/// A list of what is allowed: `none` and the symmetric `HS…` are not in it, and no key here can be used with them.
public enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    /// With Ed25519.
    case edDSA = "EdDSA"
}
