/// One SPIFFE ID, or all that differ from it in the last path segment only.
///
/// `*` stands for exactly one segment and must be the whole of it: `spiffe://a.example/ns/pay/sa/*` matches
/// neither `…/sa/a/b` nor `…/sa`.
public struct IdentityPattern: Hashable, Sendable {
    private enum Form: Hashable {
        case exact(SPIFFEID)
        /// `prefix` is the path up to and with the last slash.
        case anyLastSegment(trustDomain: TrustDomain, prefix: String)
    }

    private let form: Form

    public init(_ id: SPIFFEID) {
        form = .exact(id)
    }

    public init(parsing text: some StringProtocol) throws(IdentityError) {
        guard text.hasSuffix("*") else {
            guard !text.utf8.contains(UInt8(ascii: "*")) else { throw .wildcardPlacement }
            form = .exact(try SPIFFEID(parsing: text))
            return
        }
        let head = text.dropLast()
        guard head.hasSuffix("/"), !head.utf8.contains(UInt8(ascii: "*")) else {
            throw .wildcardPlacement
        }
        // Any segment will do to check the rest by the rules of an identity.
        let sample = try SPIFFEID(parsing: "\(head)x")
        // `spiffe://*` would make the star the trust domain.
        guard !sample.path.isEmpty else { throw .wildcardPlacement }
        form = .anyLastSegment(trustDomain: sample.trustDomain, prefix: String(sample.path.dropLast()))
    }

    public func matches(_ id: SPIFFEID) -> Bool {
        switch form {
        case .exact(let exact):
            exact == id
        case .anyLastSegment(let trustDomain, let prefix):
            trustDomain == id.trustDomain
                && id.path.utf8.starts(with: prefix.utf8)
                && id.path.utf8.count > prefix.utf8.count
                && !id.path.utf8.dropFirst(prefix.utf8.count).contains(UInt8(ascii: "/"))
        }
    }
}

extension IdentityPattern: CustomStringConvertible {
    public var description: String {
        switch form {
        case .exact(let id): id.description
        case .anyLastSegment(let trustDomain, let prefix): "spiffe://\(trustDomain.name)\(prefix)*"
        }
    }
}
