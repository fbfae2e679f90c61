import JSONText

/// Services, and what points to their backends.
enum ServiceRules {
    static let kinds: [String: KindRules] = ["Service": service, "Endpoints": endpoints]

    private static let spec = FieldPath("spec")
    private static let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
    static let protocols = ["SCTP", "TCP", "UDP"]

    private static let service = KindRules(
        name: .label1035,
        createsOnUpdate: true,
        returnsDeletedObject: true,
        initialStatus: ["loadBalancer": [:]],
        applyDefaults: { object in object.edit("spec", applyDefaults) },
        prepareForUpdate: { new, old in keepAllocated(&new, old) },
        validate: { object, errors in validate(object["spec"], &errors) },
        validateUpdate: { new, old, errors in
            let type = new["spec"]?["type"]
            let before = old["spec"]?["clusterIP"]?.string ?? ""
            // A change of type to or from ExternalName may give up or take an address.
            guard
                type?.string != "ExternalName", old["spec"]?["type"]?.string != "ExternalName",
                !before.isEmpty
            else { return }
            let after = new["spec"]?["clusterIP"]?.string ?? ""
            if after != before {
                errors.invalid(
                    spec.child("clusterIPs")[0],
                    text: "[]string{\(GoText.quoted(after))}",
                    "may not change once set"
                )
            }
        }
    )

    private static func applyDefaults(_ spec: inout JSONObject) {
        if spec.isEmpty("sessionAffinity") { spec["sessionAffinity"] = "None" }
        if spec["sessionAffinity"] == "ClientIP" {
            spec.editOrCreate("sessionAffinityConfig") { configuration in
                configuration.editOrCreate("clientIP") { $0.setDefault("timeoutSeconds", 10800) }
            }
        }
        if spec.isEmpty("type") { spec["type"] = "ClusterIP" }
        spec.editElements("ports") { port in
            if port.isEmpty("protocol") { port["protocol"] = "TCP" }
            if port.isEmpty("targetPort"), let number = port["port"] { port["targetPort"] = number }
        }
        let type = spec["type"]?.string
        if type == "NodePort" || type == "LoadBalancer" {
            if spec.isEmpty("externalTrafficPolicy") { spec["externalTrafficPolicy"] = "Cluster" }
        }
        if type == "LoadBalancer" { spec.setDefault("allocateLoadBalancerNodePorts", true) }
        guard type != "ExternalName" else { return }
        spec.setDefault("internalTrafficPolicy", "Cluster")
        if spec.isEmpty("ipFamilyPolicy") { spec["ipFamilyPolicy"] = "SingleStack" }
        if spec.isEmpty("ipFamilies") { spec["ipFamilies"] = ["IPv4"] }
    }

    /// What was allocated stays when an update does not mention it.
    private static func keepAllocated(_ new: inout JSONObject, _ old: JSONObject) {
        let before = old["spec"]
        guard let type = new["spec"]?["type"]?.string, type != "ExternalName" else { return }
        new.edit("spec") { spec in
            if before?["type"]?.string != "ExternalName" {
                for name in ["clusterIP", "clusterIPs"] where spec.isEmpty(name) {
                    spec[name] = before?[name]
                }
            }
            guard type == "NodePort" || type == "LoadBalancer" else { return }
            func key(_ port: JSONValue) -> String {
                "\(port["protocol"]?.string ?? "")/\(port["port"]?.int ?? 0)"
            }
            var numbers: [String: JSONValue] = [:]
            for port in before?["ports"]?.array ?? [] {
                if let number = port["nodePort"], !number.isEmptyValue { numbers[key(port)] = number }
            }
            spec.editElements("ports") { port in
                guard port.isEmpty("nodePort"), let number = numbers[key(.object(port))] else { return }
                port["nodePort"] = number
            }
            if spec.isEmpty("healthCheckNodePort") {
                spec["healthCheckNodePort"] = before?["healthCheckNodePort"]
            }
        }
    }

    private static func validate(_ value: JSONValue?, _ errors: inout FieldErrors) {
        let ports = value?["ports"]?.array ?? []
        let type = value?["type"]?.string
        if ports.isEmpty, type != "ExternalName", value?["clusterIP"]?.string != "None" {
            errors.required(spec.child("ports"))
        }
        errors.checkOneOf(value?["type"], types, spec.child("type"), isRequired: true)
        errors.checkOneOf(value?["sessionAffinity"], ["ClientIP", "None"], spec.child("sessionAffinity"))
        switch type {
        case "ExternalName":
            let name = value?["externalName"]?.string ?? ""
            let trimmed = name.hasSuffix(".") ? String(name.dropLast()) : name
            if trimmed.isEmpty {
                errors.required(spec.child("externalName"))
            } else if let problem = Names.subdomainProblem(trimmed) {
                errors.invalid(spec.child("externalName"), .string(name), problem)
            }
            if let address = value?["clusterIP"], !address.isEmptyValue {
                errors.forbidden(
                    spec.child("clusterIPs"),
                    "may not be set for ExternalName services"
                )
            }
        case "LoadBalancer", "NodePort":
            if value?["clusterIP"]?.string == "None" {
                errors.invalid(
                    spec.child("clusterIPs")[0],
                    "None",
                    "may not be set to 'None' for \(type ?? "") services"
                )
            }
        default: break
        }
        MetadataValidation.labels(value?["selector"], spec.child("selector"), &errors)
        validate(ports, type: type, &errors)
    }

    private static func validate(_ ports: [JSONValue], type: String?, _ errors: inout FieldErrors) {
        var names: Set<String> = []
        var numbers: Set<String> = []
        for (index, port) in ports.enumerated() {
            let path = spec.child("ports")[index]
            let name = port["name"]?.string ?? ""
            if name.isEmpty {
                if ports.count > 1 { errors.required(path.child("name")) }
            } else {
                errors.checkLabelName(.string(name), path.child("name"))
                if !names.insert(name).inserted { errors.duplicate(path.child("name"), .string(name)) }
            }
            errors.checkPort(port["port"] ?? 0, path.child("port"))
            errors.checkOneOf(port["protocol"], protocols, path.child("protocol"), isRequired: true)
            errors.checkPortOrName(port["targetPort"], path.child("targetPort"))
            if let number = port["nodePort"]?.int, number != 0, type == "ClusterIP" {
                errors.forbidden(path.child("nodePort"), "may not be used when `type` is 'ClusterIP'")
            }
            let key = "\(port["protocol"]?.string ?? "")/\(port["port"]?.int ?? 0)"
            if !numbers.insert(key).inserted {
                errors.duplicate(path, port)
            }
        }
    }

    private static let endpoints = KindRules(
        createsOnUpdate: true,
        applyDefaults: { object in
            object.editElements("subsets") { subset in
                subset.editElements("ports") { if $0.isEmpty("protocol") { $0["protocol"] = "TCP" } }
            }
        },
        validate: { object, errors in
            for (index, subset) in (object["subsets"]?.array ?? []).enumerated() {
                let path = FieldPath("subsets")[index]
                let addresses =
                    (subset["addresses"]?.array ?? []) + (subset["notReadyAddresses"]?.array ?? [])
                if addresses.isEmpty {
                    errors.required(path, "must specify `addresses` or `notReadyAddresses`")
                }
                for (index, port) in (subset["ports"]?.array ?? []).enumerated() {
                    errors.checkPort(port["port"] ?? 0, path.child("ports")[index].child("port"))
                }
            }
        }
    )
}
