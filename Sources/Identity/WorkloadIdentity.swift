/// The identity of a workload: a service account of a namespace of a trust domain.
///
/// Written `spiffe://<trust-domain>/ns/<namespace>/sa/<service-account>`. Both names are one SPIFFE path
/// segment, so a namespace that holds a slash cannot pose as another.
public struct WorkloadIdentity: Hashable, Sendable {
    public let trustDomain: TrustDomain
    public let namespace: String
    public let serviceAccount: String

    public init(
        trustDomain: TrustDomain,
        namespace: String,
        serviceAccount: String
    ) throws(IdentityError) {
        for name in [namespace, serviceAccount] {
            if let bad = name.utf8.first(where: { !SPIFFEID.allowsInSegment($0) }) { throw .pathByte(bad) }
        }
        let path = "/ns/\(namespace)/sa/\(serviceAccount)"
        try SPIFFEID.validate(path: path)
        let length = "spiffe://\(trustDomain.name)\(path)".utf8.count
        guard length <= 2048 else { throw .tooLong(length) }
        self.trustDomain = trustDomain
        self.namespace = namespace
        self.serviceAccount = serviceAccount
    }

    /// Reads the workload that a SPIFFE ID names.
    public init(_ id: SPIFFEID) throws(IdentityError) {
        let parts = id.path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "ns", parts[3] == "sa" else {
            throw .notAWorkload
        }
        trustDomain = id.trustDomain
        namespace = String(parts[2])
        serviceAccount = String(parts[4])
    }

    public var spiffeID: SPIFFEID {
        SPIFFEID(trustDomain: trustDomain, uncheckedPath: "/ns/\(namespace)/sa/\(serviceAccount)")
    }
}

extension WorkloadIdentity: CustomStringConvertible {
    public var description: String { spiffeID.description }
}
