public import KubernetesModel
public import NetworkTypes

extension ServedProtocol {
    /// What the Services in front of a port declare by `appProtocol`, or by the port's name up to its first hyphen.
    ///
    /// ``detected`` when nothing is declared, the word is not known, or two Services disagree.
    public static func declared(for port: Port, of workload: Workload, by services: [Service])
        -> ServedProtocol
    {
        var found: Set<ServedProtocol> = []
        for service in services where service.selects(workload) {
            for entry in service.ports where workload.serves(entry.target, at: port) {
                let word =
                    entry.appProtocol
                    ?? entry.name.flatMap { $0.split(separator: "-").first.map(String.init) }
                if let served = word.flatMap(named) { found.insert(served) }
            }
        }
        return found.count == 1 ? found.first ?? .detected : .detected
    }

    private static func named(_ word: String) -> ServedProtocol? {
        switch word.lowercased() {
        case "http", "http2", "h2c", "grpc", "grpc-web", "kubernetes.io/h2c", "kubernetes.io/ws", "ws": .http
        case "tcp", "tls", "https", "wss", "kubernetes.io/wss", "redis", "mysql", "mongo", "postgres",
            "postgresql",
            "amqp", "smtp", "kafka", "opaque":
            .opaque
        default: nil
        }
    }
}

extension Workload {
    /// Whether a Service's target port arrives at this port; a number counts even if no container declares it.
    fileprivate func serves(_ target: PortReference, at port: Port) -> Bool {
        switch target {
        case .number(let number): number == port
        case .name: resolve(target).contains(port)
        }
    }
}
