/// A request in the one form in which it is judged and forwarded.
///
/// What is matched is what is forwarded, byte for byte: the only way to make one is
/// ``init(canonicalizing:relaxing:)``, and the proxy writes ``method``, ``target``, ``host`` and ``fields`` to the
/// workload, nothing else.
public struct CanonicalRequest: Equatable, Sendable {
    public let method: String
    /// Begins with a slash, or is `*` (OPTIONS): no dot segment, no empty inner segment, no `;parameter`, no encoded
    /// slash, backslash or NUL unless relaxed; ASCII.
    public let path: String
    /// What followed the question mark, if there was one.
    ///
    /// Never part of a match.
    public let query: String?
    /// Lower case, default port removed; empty only for HTTP/1.0 without `Host`.
    public let host: String
    /// Without `host` and pseudo-header fields.
    public var fields: HeaderFields
}

/// A refusal of the canonical form that a workload has switched off, by name, with a warning in `nullius check`.
public enum Relaxation: String, CaseIterable, Sendable {
    case encodedSlash = "encoded-slash"
    case encodedBackslash = "encoded-backslash"
    case encodedNull = "encoded-null"
    case encodedControl = "encoded-control"
    case invalidUTF8 = "not-utf8"
    case pathParameters = "path-parameters"
}
