public import NetworkTypes

/// A name for the workloads that a selector picks (`v1/Service`).
public struct Service: Hashable, Sendable {
    public struct ServicePort: Hashable, Sendable {
        public var name: String?
        public var port: Port
        public var target: PortReference
        public var appProtocol: String?

        public init(name: String?, port: Port, target: PortReference, appProtocol: String? = nil) {
            self.name = name
            self.port = port
            self.target = target
            self.appProtocol = appProtocol
        }
    }

    public var meta: ObjectMeta
    /// Empty selects nothing: the endpoints are somebody else's business.
    public var selector: [String: String]
    /// TCP only.
    public var ports: [ServicePort]

    public init(meta: ObjectMeta, selector: [String: String], ports: [ServicePort]) {
        self.meta = meta
        self.selector = selector
        self.ports = ports
    }

    public func selects(_ workload: Workload) -> Bool {
        !selector.isEmpty && workload.meta.namespace == meta.namespace
            && selector.allSatisfy { workload.labels[$0.key] == $0.value }
    }
}

extension Service {
    init?(_ document: ManifestValue, _ report: inout [Diagnostic]) {
        guard let meta = ObjectMeta(of: document, &report) else { return nil }
        self.meta = meta
        guard let spec = document["spec"], var fields = FieldReader(spec, "spec", &report) else {
            report.append(.error("missing-field", "spec is missing", at: document.location))
            return nil
        }
        selector = fields.dictionary("selector", &report)
        ports = []
        for (index, entry) in (fields.list("ports", &report) ?? []).enumerated() {
            let path = "spec.ports[\(index)]"
            guard var port = FieldReader(entry, path, &report) else { continue }
            if let transport = port.string("protocol", &report), transport != "TCP" { continue }
            guard let number = port.value("port") else {
                port.missing("port", &report)
                continue
            }
            guard case .number(let own)? = PortReference(number, "\(path).port", &report) else { continue }
            let target = port.value("targetPort").map { PortReference($0, "\(path).targetPort", &report) }
            guard let target = target ?? .number(own) else { continue }
            ports.append(
                ServicePort(
                    name: port.string("name", &report),
                    port: own,
                    target: target,
                    appProtocol: port.string("appProtocol", &report)
                )
            )
        }
    }
}
