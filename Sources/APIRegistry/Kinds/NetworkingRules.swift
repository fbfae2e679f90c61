import JSONText
import NetworkTypes

/// Who may talk to whom, and what comes in from outside (groups networking.k8s.io and discovery.k8s.io).
enum NetworkingRules {
    static let kinds: [String: KindRules] = [
        "NetworkPolicy": networkPolicy, "Ingress": ingress,
        "IngressClass": KindRules(
            hasGeneration: true,
            validateUpdate: { new, old, errors in
                errors.checkUnchanged("controller", new["spec"], old["spec"], spec)
            }
        ),
    ]

    private static let spec = FieldPath("spec")

    // MARK: NetworkPolicy

    private static let networkPolicy = KindRules(
        hasGeneration: true,
        applyDefaults: { object in
            object.edit("spec") { spec in
                for direction in ["ingress", "egress"] {
                    spec.editElements(direction) { rule in
                        rule.editElements("ports") { $0.setDefault("protocol", "TCP") }
                    }
                }
                guard spec.isEmpty("policyTypes") else { return }
                let egress = spec.isEmpty("egress") ? [] : ["Egress"]
                spec["policyTypes"] = .strings(["Ingress"] + egress)
            }
        },
        validate: { object, errors in
            let value = object["spec"]
            SelectorRules.validate(value?["podSelector"], spec.child("podSelector"), &errors)
            for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
                for (index, rule) in (value?[direction]?.array ?? []).enumerated() {
                    let path = spec.child(direction)[index]
                    for (index, port) in (rule["ports"]?.array ?? []).enumerated() {
                        validate(port: port, path.child("ports")[index], &errors)
                    }
                    for (index, peer) in (rule[peers]?.array ?? []).enumerated() {
                        validate(peer: peer, path.child(peers)[index], &errors)
                    }
                }
            }
            let types = value?["policyTypes"]?.array ?? []
            if types.count > 2 {
                errors.invalid(
                    spec.child("policyTypes"),
                    .array(types),
                    "may not specify more than two policyTypes"
                )
                return
            }
            for (index, type) in types.enumerated() {
                errors.checkOneOf(
                    type,
                    ["Egress", "Ingress"],
                    spec.child("policyTypes")[index],
                    isRequired: true
                )
            }
        }
    )

    private static func validate(port: JSONValue, _ path: FieldPath, _ errors: inout FieldErrors) {
        errors.checkOneOf(port["protocol"], ServiceRules.protocols, path.child("protocol"))
        errors.checkPortOrName(port["port"], path.child("port"))
        guard let end = port["endPort"]?.int else { return }
        if let number = port["port"]?.int {
            if end < number {
                errors.invalid(path.child("endPort"), .int(end), "must be greater than or equal to `port`")
            }
            errors.checkPort(port["endPort"], path.child("endPort"))
        } else if port["port"]?.string != nil {
            errors.invalid(
                path.child("endPort"),
                .int(end),
                "may not be specified when `port` is non-numeric"
            )
        } else {
            errors.invalid(
                path.child("endPort"),
                .int(end),
                "may not be specified when `port` is not specified"
            )
        }
    }

    private static func validate(peer: JSONValue, _ path: FieldPath, _ errors: inout FieldErrors) {
        let hasPods = peer["podSelector"]?.object != nil
        let hasNamespaces = peer["namespaceSelector"]?.object != nil
        SelectorRules.validate(peer["podSelector"], path.child("podSelector"), &errors)
        SelectorRules.validate(peer["namespaceSelector"], path.child("namespaceSelector"), &errors)
        guard let block = peer["ipBlock"], block.object != nil else {
            if !hasPods, !hasNamespaces { errors.required(path, "must specify a peer") }
            return
        }
        if hasPods || hasNamespaces {
            errors.forbidden(path, "may not specify both ipBlock and another peer")
        }
        let place = path.child("ipBlock")
        let text = block["cidr"]?.string ?? ""
        guard !text.isEmpty else { return errors.required(place.child("cidr")) }
        errors.checkCIDR(text, place.child("cidr"))
        guard let outer = try? CIDR(parsing: text) else { return }
        for (index, except) in (block["except"]?.array ?? []).enumerated() {
            let text = except.string ?? ""
            let path = place.child("except")[index]
            errors.checkCIDR(text, path)
            if let inner = try? CIDR(parsing: text), !outer.contains(inner) || inner == outer {
                errors.invalid(path, except, "must be a strict subset of `cidr`")
            }
        }
    }

    // MARK: Ingress

    private static let ingress = KindRules(
        hasGeneration: true,
        initialStatus: ["loadBalancer": [:]],
        validate: { object, errors in
            let value = object["spec"]
            let rules = value?["rules"]?.array ?? []
            if rules.isEmpty, value?["defaultBackend"]?.object == nil {
                errors.invalid(
                    spec,
                    text: "[]",
                    "either `defaultBackend` or `rules` must be specified"
                )
            }
            if let backend = value?["defaultBackend"], backend.object != nil {
                validate(backend: backend, spec.child("defaultBackend"), &errors)
            }
            for (index, rule) in rules.enumerated() {
                let path = spec.child("rules")[index]
                validate(host: rule["host"]?.string ?? "", path.child("host"), &errors)
                guard let http = rule["http"], http.object != nil else { continue }
                let paths = http["paths"]?.array ?? []
                let place = path.child("http").child("paths")
                if paths.isEmpty { errors.required(place) }
                for (index, entry) in paths.enumerated() { validate(path: entry, place[index], &errors) }
            }
        }
    )

    private static func validate(host: String, _ path: FieldPath, _ errors: inout FieldErrors) {
        guard !host.isEmpty else { return }
        let isWildcard = host.hasPrefix("*.")
        let name = isWildcard ? String(host.dropFirst(2)) : host
        if (try? IPAddress(parsing: host)) != nil {
            errors.invalid(path, .string(host), "must be a DNS name, not an IP address")
        } else if let problem = Names.subdomainProblem(name) {
            errors.invalid(path, .string(host), problem)
        }
    }

    private static func validate(path entry: JSONValue, _ path: FieldPath, _ errors: inout FieldErrors) {
        let text = entry["path"]?.string ?? ""
        let types = ["Exact", "ImplementationSpecific", "Prefix"]
        switch entry["pathType"]?.string {
        case nil, ""?: errors.required(path.child("pathType"), "pathType must be specified")
        case "Exact"?, "Prefix"?:
            if !text.hasPrefix("/") {
                errors.invalid(path.child("path"), .string(text), "must be an absolute path")
            }
        case "ImplementationSpecific"?:
            if !text.isEmpty, !text.hasPrefix("/") {
                errors.invalid(path.child("path"), .string(text), "must be an absolute path")
            }
        case let other?: errors.notSupported(path.child("pathType"), .string(other), types)
        }
        guard let backend = entry["backend"] else { return errors.required(path.child("backend")) }
        validate(backend: backend, path.child("backend"), &errors)
    }

    private static func validate(backend: JSONValue, _ path: FieldPath, _ errors: inout FieldErrors) {
        let service = backend["service"]
        let hasService = service?.object != nil
        let hasResource = backend["resource"]?.object != nil
        if hasService == hasResource {
            if hasService {
                errors.invalid(path, backend, "cannot set both resource and service backends")
            } else {
                errors.required(path, "resource or service backend is required")
            }
            return
        }
        guard hasService else { return }
        let name = service?["name"]?.string ?? ""
        let place = path.child("service")
        if name.isEmpty {
            errors.required(place.child("name"))
        } else if let problem = Names.label1035Problem(name) {
            errors.invalid(place.child("name"), .string(name), problem)
        }
        let port = service?["port"]
        let hasName = !(port?["name"]?.string ?? "").isEmpty
        let number = port?["number"]?.int ?? 0
        if hasName, number != 0 {
            errors.invalid(place.child("port"), port, "cannot set both port name & port number")
        } else if !hasName, number == 0 {
            errors.required(place.child("port"), "port name or number is required")
        } else if hasName {
            errors.checkPortName(port?["name"]?.string ?? "", place.child("port").child("name"))
        } else {
            errors.checkPort(port?["number"], place.child("port").child("number"))
        }
    }

    // MARK: EndpointSlice

    static let endpointSlice = KindRules(
        hasGeneration: true,
        applyDefaults: { object in
            object.editElements("ports") { port in
                port.setDefault("name", "")
                port.setDefault("protocol", "TCP")
            }
        },
        validate: { object, errors in
            errors.checkOneOf(
                object["addressType"],
                ["FQDN", "IPv4", "IPv6"],
                FieldPath("addressType"),
                isRequired: true
            )
            for (index, endpoint) in (object["endpoints"]?.array ?? []).enumerated() {
                let path = FieldPath("endpoints")[index].child("addresses")
                let addresses = endpoint["addresses"]?.array ?? []
                if addresses.isEmpty { errors.required(path, "must contain at least 1 address") }
                if addresses.count > 100 { errors.tooMany(path, count: addresses.count, limit: 100) }
                for (index, address) in addresses.enumerated() {
                    validate(address, type: object["addressType"]?.string, path[index], &errors)
                }
            }
            for (index, port) in (object["ports"]?.array ?? []).enumerated() {
                let path = FieldPath("ports")[index]
                errors.checkPort(port["port"], path.child("port"))
                errors.checkOneOf(port["protocol"], ServiceRules.protocols, path.child("protocol"))
            }
        },
        validateUpdate: { new, old, errors in
            errors.checkUnchanged("addressType", .object(new), .object(old), FieldPath(""))
        }
    )

    private static func validate(
        _ address: JSONValue,
        type: String?,
        _ path: FieldPath,
        _ errors: inout FieldErrors
    ) {
        guard let text = address.string else { return }
        let parsed = try? IPAddress(parsing: text)
        switch type {
        case "IPv4" where parsed?.family != .v4:
            errors.invalid(path, address, "must be an IPv4 address")
        case "IPv6" where parsed?.family != .v6:
            errors.invalid(path, address, "must be an IPv6 address")
        case "FQDN":
            if let problem = Names.subdomainProblem(text) { errors.invalid(path, address, problem) }
        default: break
        }
    }
}
