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

extension IdentityError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLong(let count): "a SPIFFE ID of \(count) bytes; at most 2048 are allowed"
        case .schemeNotSPIFFE: "a SPIFFE ID begins with spiffe://"
        case .trustDomainLength(let count): "a trust domain of \(count) bytes; 1 to 255 are allowed"
        case .trustDomainByte(let byte):
            "byte 0x\(String(byte, radix: 16)) in a trust domain; a-z, 0-9, '.', '-' and '_' are allowed"
        case .pathByte(let byte):
            "byte 0x\(String(byte, radix: 16)) in a SPIFFE path; letters, digits, '.', '-' and '_' are allowed"
        case .emptyPathSegment: "an empty segment in a SPIFFE path"
        case .dotPathSegment: "a '.' or '..' segment in a SPIFFE path"
        case .trailingSlash: "a slash at the end of a SPIFFE ID"
        case .notAWorkload: "not a workload; its path is /ns/<namespace>/sa/<service-account>"
        case .wildcardPlacement: "'*' may only be the whole last segment"
        }
    }
}
