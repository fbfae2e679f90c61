import JSONText
import KubernetesModel

/// Services, what is behind them, what comes in, and who may talk.
enum NetworkTables {
    static let core: [String: BuiltInTable] = [
        "Service": BuiltInTable(
            ["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "Selector*"]
        ) { object, now in
            let spec = object["spec"]
            return [
                CellText.name(object), CellText.text(spec?["type"], or: ""),
                CellText.text(spec?["clusterIP"]),
                .string(externalAddress(object)), .string(ports(spec?["ports"]?.array ?? [])),
                CellText.age(of: object, now), .string(CellText.labels(spec?["selector"])),
            ]
        },
        "Endpoints": BuiltInTable(["Name", "Endpoints", "Age"]) { object, now in
            // Few are shown and the others counted: two long lists have a much longer product.
            var shown: [String] = []
            var count = 0
            for subset in object["subsets"]?.array ?? [] {
                let ports = (subset["ports"]?.array ?? []).map { CellText.plain($0["port"], or: "") }
                let addresses = (subset["addresses"]?.array ?? []).compactMap { $0["ip"]?.string }
                count += addresses.count * max(ports.count, 1)
                for port in ports.isEmpty ? [""] : ports where shown.count < 3 {
                    shown += addresses.prefix(3 - shown.count).map { port.isEmpty ? $0 : "\($0):\(port)" }
                }
            }
            let more = count > shown.count ? " + \(count - shown.count) more..." : ""
            let text = shown.isEmpty ? "<none>" : shown.joined(separator: ",") + more
            return [CellText.name(object), .string(text), CellText.age(of: object, now)]
        },
    ]

    private static func externalAddress(_ service: JSONValue) -> String {
        let spec = service["spec"]
        let given = (spec?["externalIPs"]?.array ?? []).compactMap(\.string)
        switch spec?["type"]?.string {
        case "ExternalName": return CellText.plain(spec?["externalName"])
        case "LoadBalancer":
            let ingress = service["status"]?["loadBalancer"]?["ingress"]?.array ?? []
            let balanced = ingress.compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }
            let all = balanced + given
            return all.isEmpty ? "<pending>" : all.joined(separator: ",")
        default: return given.isEmpty ? "<none>" : given.joined(separator: ",")
        }
    }

    private static func ports(_ ports: [JSONValue]) -> String {
        guard !ports.isEmpty else { return "<none>" }
        return ports.map { port in
            let node = port["nodePort"]?.int ?? 0
            let number = CellText.plain(port["port"], or: "0")
            return "\(number)\(node > 0 ? ":\(node)" : "")/\(port["protocol"]?.string ?? "")"
        }.joined(separator: ",")
    }

    static let networking: [String: BuiltInTable] = [
        "Ingress": BuiltInTable(["Name", "Class", "Hosts", "Address", "Ports", "Age"]) { object, now in
            let spec = object["spec"]
            let hosts = (spec?["rules"]?.array ?? []).compactMap { $0["host"]?.string }.filter { !$0.isEmpty }
            let old = object["metadata"]?["annotations"]?["kubernetes.io/ingress.class"]
            let ingress = object["status"]?["loadBalancer"]?["ingress"]?.array ?? []
            let addresses = ingress.compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }
            let hasTLS = !(spec?["tls"]?.array ?? []).isEmpty
            return [
                CellText.name(object), CellText.text(spec?["ingressClassName"] ?? old),
                .string(hosts.isEmpty ? "*" : CellText.list(hosts, limit: 3)),
                .string(addresses.joined(separator: ",")), .string(hasTLS ? "80, 443" : "80"),
                CellText.age(of: object, now),
            ]
        },
        "IngressClass": BuiltInTable(["Name", "Controller", "Parameters", "Age"]) { object, now in
            let parameters = object["spec"]?["parameters"]
            let group = parameters?["apiGroup"]?.string
            let kind = parameters?["kind"]?.string ?? ""
            let text = "\(group.map { "\(kind).\($0)" } ?? kind)/\(parameters?["name"]?.string ?? "")"
            return [
                CellText.name(object), CellText.text(object["spec"]?["controller"], or: ""),
                .string(parameters?.object == nil ? "<none>" : text), CellText.age(of: object, now),
            ]
        },
        "NetworkPolicy": BuiltInTable(["Name", "Pod-Selector", "Age"]) { object, now in
            [
                CellText.name(object), .string(CellText.selector(object["spec"]?["podSelector"])),
                CellText.age(of: object, now),
            ]
        },
    ]

    static let discovery: [String: BuiltInTable] = [
        "EndpointSlice": BuiltInTable(["Name", "AddressType", "Ports", "Endpoints", "Age"]) { object, now in
            let ports = object["ports"]?.array ?? []
            let addresses = (object["endpoints"]?.array ?? []).flatMap { endpoint in
                (endpoint["addresses"]?.array ?? []).compactMap(\.string)
            }
            let numbers = ports.map { CellText.plain($0["port"], or: "*") }
            return [
                CellText.name(object), CellText.text(object["addressType"], or: ""),
                .string(numbers.isEmpty ? "<unset>" : CellText.list(numbers, limit: 3)),
                .string(addresses.isEmpty ? "<unset>" : CellText.list(addresses, limit: 3)),
                CellText.age(of: object, now),
            ]
        }
    ]
}
