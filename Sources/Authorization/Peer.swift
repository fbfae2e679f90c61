public import Identity
public import NetworkTypes

/// One entry of a rule's `from`.
public enum Peer: Hashable, Sendable {
    case serviceAccount(WorkloadIdentity)
    /// Every workload of a namespace of a trust domain.
    case namespace(TrustDomain, String)
    case identity(IdentityPattern)
    case network(CIDR, except: [CIDR])
    /// Any identity that was proved.
    case authenticated
    /// Also those who cannot prove one.
    case anyone

    public func matches(_ caller: Caller) -> Bool {
        switch self {
        case .serviceAccount(let workload):
            return Self.serviceAccount(of: caller, in: workload.trustDomain, workload.namespace)
                .map { $0.elementsEqual(workload.serviceAccount.utf8) } ?? false
        case .namespace(let trustDomain, let name):
            return Self.serviceAccount(of: caller, in: trustDomain, name) != nil
        case .identity(let pattern):
            return caller.identity.map(pattern.matches) ?? false
        case .network(let range, let exceptions):
            return range.contains(caller.address) && !exceptions.contains { $0.contains(caller.address) }
        case .authenticated:
            return caller.identity != nil
        case .anyone:
            return true
        }
    }

    /// The name after `/ns/<namespace>/sa/`, read in place: this runs for every rule of every request.
    private static func serviceAccount(
        of caller: Caller,
        in trustDomain: TrustDomain,
        _ namespace: String
    ) -> Substring.UTF8View? {
        guard let identity = caller.identity, identity.trustDomain == trustDomain else { return nil }
        var rest = identity.path.utf8[...]
        for part in ["/ns/", namespace, "/sa/"] {
            guard rest.starts(with: part.utf8) else { return nil }
            rest = rest.dropFirst(part.utf8.count)
        }
        return rest.isEmpty || rest.contains(UInt8(ascii: "/")) ? nil : rest
    }
}

extension Peer: CustomStringConvertible {
    public var description: String {
        switch self {
        case .serviceAccount(let workload): workload.description
        case .namespace(let trustDomain, let name): "namespace \(name) of \(trustDomain)"
        case .identity(let pattern): pattern.description
        case .network(let range, let exceptions):
            exceptions.isEmpty
                ? range.description
                : "\(range) except \(exceptions.map(\.description).joined(separator: ", "))"
        case .authenticated: "anyone with an identity"
        case .anyone: "anyone"
        }
    }
}
