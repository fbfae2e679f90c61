/// Why a text is not a SPIFFE identity.
///
/// Carries counts and bytes, never the text: it comes from outside and may be long or hostile.
public enum IdentityError: Error, Equatable, Sendable {
    /// More than 2,048 bytes (SPIFFE-ID, section 2.3).
    case tooLong(Int)
    case schemeNotSPIFFE
    case trustDomainLength(Int)
    case trustDomainByte(UInt8)
    case pathByte(UInt8)
    case emptyPathSegment
    case dotPathSegment
    case trailingSlash
    /// A valid SPIFFE ID whose path is not `/ns/<namespace>/sa/<service-account>`.
    case notAWorkload
    /// A `*` elsewhere than as the whole last segment.
    case wildcardPlacement
}
