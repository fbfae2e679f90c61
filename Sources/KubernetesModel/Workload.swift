public import NetworkTypes

/// What runs: a Pod, or the pods that a Deployment, StatefulSet, DaemonSet or Job makes from its template.
public struct Workload: Hashable, Sendable {
    public struct ContainerPort: Hashable, Sendable {
        public var name: String?
        public var port: Port

        public init(name: String?, port: Port) {
            self.name = name
            self.port = port
        }
    }

    /// An `httpGet` probe of the kubelet.
    public struct HTTPProbe: Hashable, Sendable {
        /// As written, query included.
        public var path: String
        public var port: PortReference

        public init(path: String, port: PortReference) {
            self.path = path
            self.port = port
        }
    }

    /// Such as `Deployment`.
    public var kind: String
    /// Of the object itself; a controller's labels and annotations are not its pods'.
    public var meta: ObjectMeta
    /// Of the pods.
    public var labels: [String: String]
    /// Of the pods.
    public var annotations: [String: String]
    public var serviceAccount: String
    /// TCP ports of all containers.
    public var ports: [ContainerPort]
    public var probes: [HTTPProbe]

    public init(
        kind: String,
        meta: ObjectMeta,
        labels: [String: String],
        annotations: [String: String] = [:],
        serviceAccount: String = "default",
        ports: [ContainerPort] = [],
        probes: [HTTPProbe] = []
    ) {
        self.kind = kind
        self.meta = meta
        self.labels = labels
        self.annotations = annotations
        self.serviceAccount = serviceAccount
        self.ports = ports
        self.probes = probes
    }

    /// The ports that a reference means here: by number if declared, by name as containers name them.
    public func resolve(_ reference: PortReference) -> [Port] {
        let found = ports.filter { declared in
            switch reference {
            case .number(let number): declared.port == number
            case .name(let name): declared.name == name
            }
        }
        return Array(Set(found.map(\.port))).sorted()
    }

    /// Each declared port once, in order.
    public var declaredPorts: [Port] { Array(Set(ports.map(\.port))).sorted() }
}
