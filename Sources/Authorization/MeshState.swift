public import Identity
public import KubernetesModel

/// All that policies are compiled from: one consistent reading of the manifests.
public struct MeshState: Equatable, Sendable {
    public var trustDomain: TrustDomain
    /// By name; a namespace without a manifest has no annotations.
    public var namespaces: [String: ObjectMeta]
    public var serviceAccounts: Set<ObjectName>
    public var services: [Service]
    public var workloads: [Workload]
    public var policies: [AccessPolicy]
    /// Policies that are there, cannot be read, and have no last good version.
    public var unreadable: [UnreadablePolicy]

    public init(
        trustDomain: TrustDomain = .default,
        objects: [KubernetesObject] = [],
        policies: [AccessPolicy] = [],
        unreadable: [UnreadablePolicy] = []
    ) {
        self.trustDomain = trustDomain
        self.policies = policies
        self.unreadable = unreadable
        namespaces = [:]
        serviceAccounts = []
        services = []
        workloads = []
        for object in objects {
            switch object {
            case .namespace(let meta): namespaces[meta.name] = meta
            case .serviceAccount(let meta): serviceAccounts.insert(meta.objectName)
            case .service(let service): services.append(service)
            case .workload(let workload): workloads.append(workload)
            }
        }
    }

    /// The one workload of that name, whatever its kind; `nil` when there is none or more than one.
    public func workload(named name: ObjectName) -> Workload? {
        let found = workloads.filter { $0.meta.objectName == name }
        return found.count == 1 ? found[0] : nil
    }
}

extension Workload {
    /// What its certificates say.
    public func identity(in trustDomain: TrustDomain) throws(IdentityError) -> WorkloadIdentity {
        try WorkloadIdentity(
            trustDomain: trustDomain,
            namespace: meta.namespace,
            serviceAccount: serviceAccount
        )
    }
}
