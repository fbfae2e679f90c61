/// The fields of a request that only the mesh may say, or that make a server see another request than was judged.
///
/// They are taken out of what clients send, whoever the client is. A proxy adds its own after the verdict.
public enum ReservedFields {
    /// Begins every field of ours, such as `nullius-decision`.
    public static let prefix = "nullius-"

    /// Names of an identity or an address that a proxy vouches for.
    public static let identity = [
        "x-forwarded-client-cert", "client-cert", "client-cert-chain", "l5d-client-id", "x-client-verify",
        "x-ssl-client-cert", "x-ssl-client-dn", "x-ssl-client-s-dn", "x-ssl-client-verify",
    ]

    /// Names that some servers obey instead of the request line.
    public static let overrides = [
        "x-envoy-original-path", "x-envoy-original-host", "x-envoy-decorator-operation", "x-original-url",
        "x-rewrite-url", "x-http-method", "x-http-method-override", "x-method-override",
    ]

    private static let initials = Set((identity + overrides + [prefix]).compactMap(\.utf8.first))
    private static let names: Set<[UInt8]> = Set((identity + overrides).map { Array($0.utf8) })

    /// Whether a (lower-case) name is one of them; `_` counts as `-`, as in servers that follow CGI.
    public static func contains(_ name: ArraySlice<UInt8>) -> Bool {
        // Most names are told by their first letter; the rest pays for a copy.
        guard let first = name.first, initials.contains(first) else { return false }
        let folded = name.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
        return folded.starts(with: prefix.utf8) || names.contains(folded)
    }
}
