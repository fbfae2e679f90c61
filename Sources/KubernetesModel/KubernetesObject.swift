/// A Kubernetes object that decisions need, read from a manifest.
public enum KubernetesObject: Hashable, Sendable {
    case namespace(ObjectMeta)
    case serviceAccount(ObjectMeta)
    case service(Service)
    case workload(Workload)

    public var meta: ObjectMeta {
        switch self {
        case .namespace(let meta), .serviceAccount(let meta): meta
        case .service(let service): service.meta
        case .workload(let workload): workload.meta
        }
    }

    public var kind: String {
        switch self {
        case .namespace: "Namespace"
        case .serviceAccount: "ServiceAccount"
        case .service: "Service"
        case .workload(let workload): workload.kind
        }
    }

    /// Reads a document of a kind that is known here.
    ///
    /// `nil` without a diagnostic for a kind that decides nothing, such as a ConfigMap.
    public init?(_ document: ManifestValue, _ report: inout [Diagnostic]) {
        let version = document["apiVersion"]?.string
        switch (version, document["kind"]?.string) {
        case ("v1", "Namespace"):
            guard let meta = ObjectMeta(of: document, isNamespaced: false, &report) else { return nil }
            guard DNSName.isLabel(meta.name) else {
                report.append(.badName("metadata.name", meta.name, at: meta.location))
                return nil
            }
            self = .namespace(meta)
        case ("v1", "ServiceAccount"):
            guard let meta = ObjectMeta(of: document, &report) else { return nil }
            self = .serviceAccount(meta)
        case ("v1", "Service"):
            guard let service = Service(document, &report) else { return nil }
            self = .service(service)
        case (let version?, let kind?) where Workload.kinds.contains(kind) && Self.versions.contains(version):
            guard let workload = Workload(kind: kind, document, &report) else { return nil }
            self = .workload(workload)
        default:
            return nil
        }
    }

    private static let versions: Set = ["v1", "apps/v1", "batch/v1"]
}
