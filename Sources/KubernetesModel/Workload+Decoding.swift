import NetworkTypes

extension Workload {
    static let kinds: Set = ["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"]

    init?(kind: String, _ document: ManifestValue, _ report: inout [Diagnostic]) {
        guard let meta = ObjectMeta(of: document, &report) else { return nil }
        self.kind = kind
        self.meta = meta
        guard let spec = document["spec"] else {
            report.append(.error("missing-field", "spec is missing", at: document.location))
            return nil
        }
        let podSpec: ManifestValue
        let path: String
        if kind == "Pod" {
            podSpec = spec
            path = "spec"
            labels = meta.labels
            annotations = meta.annotations
        } else {
            guard let template = spec["template"], let inner = template["spec"] else {
                report.append(.error("missing-field", "spec.template.spec is missing", at: spec.location))
                return nil
            }
            podSpec = inner
            path = "spec.template.spec"
            let metadata = template["metadata"] ?? ManifestValue(.null, at: template.location)
            guard var fields = FieldReader(metadata, "spec.template.metadata", &report) else { return nil }
            labels = fields.dictionary("labels", &report)
            annotations = fields.dictionary("annotations", &report)
        }
        guard var fields = FieldReader(podSpec, path, &report) else { return nil }
        serviceAccount = fields.string("serviceAccountName", &report) ?? "default"
        ports = []
        probes = []
        guard DNSName.isSubdomain(serviceAccount) else {
            report.append(
                .badName(
                    "\(path).serviceAccountName",
                    serviceAccount,
                    at: fields.place(of: "serviceAccountName")
                )
            )
            return nil
        }
        for list in ["initContainers", "containers"] {
            for (index, entry) in (fields.list(list, &report) ?? []).enumerated() {
                guard var container = FieldReader(entry, "\(path).\(list)[\(index)]", &report) else {
                    continue
                }
                readPorts(&container, &report)
                readProbes(&container, &report)
            }
        }
    }

    private mutating func readPorts(_ container: inout FieldReader, _ report: inout [Diagnostic]) {
        for (index, entry) in (container.list("ports", &report) ?? []).enumerated() {
            let path = "\(container.path).ports[\(index)]"
            guard var fields = FieldReader(entry, path, &report) else { continue }
            if let transport = fields.string("protocol", &report), transport != "TCP" { continue }
            guard let number = fields.value("containerPort") else {
                fields.missing("containerPort", &report)
                continue
            }
            let reference = PortReference(number, "\(path).containerPort", &report)
            guard case .number(let port)? = reference else { continue }
            ports.append(ContainerPort(name: fields.string("name", &report), port: port))
        }
    }

    private mutating func readProbes(_ container: inout FieldReader, _ report: inout [Diagnostic]) {
        for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard var probe = container.fields(kind, &report), var get = probe.fields("httpGet", &report)
            else {
                continue
            }
            guard let port = get.value("port") else {
                get.missing("port", &report)
                continue
            }
            guard let reference = PortReference(port, "\(get.path).port", &report) else { continue }
            probes.append(HTTPProbe(path: get.string("path", &report) ?? "/", port: reference))
        }
    }
}
