import JSONText
import KubernetesModel

/// What a pod's spec must satisfy beyond its schema, in pods and in the templates of other kinds.
enum PodValidation {
    private static let protocols = ["SCTP", "TCP", "UDP"]

    static func validateSpec(_ spec: JSONValue?, _ path: FieldPath, _ errors: inout FieldErrors) {
        var volumes: Set<String> = []
        for (index, volume) in (spec?["volumes"]?.array ?? []).enumerated() {
            let place = path.child("volumes")[index].child("name")
            errors.checkLabelName(volume["name"], place)
            guard let name = volume["name"]?.string else { continue }
            if !volumes.insert(name).inserted { errors.duplicate(place, volume["name"]) }
        }
        let containers = spec?["containers"]?.array ?? []
        if containers.isEmpty { errors.required(path.child("containers")) }
        var names: Set<String> = []
        for field in ["initContainers", "containers"] {
            for (index, container) in (spec?[field]?.array ?? []).enumerated() {
                validate(container, path.child(field)[index], volumes: volumes, names: &names, &errors)
            }
        }
        errors.checkOneOf(
            spec?["restartPolicy"],
            ["Always", "OnFailure", "Never"],
            path.child("restartPolicy"),
            isRequired: true
        )
        errors.checkOneOf(
            spec?["dnsPolicy"],
            ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
            path.child("dnsPolicy")
        )
        errors.checkNotNegative(
            spec?["terminationGracePeriodSeconds"],
            path.child("terminationGracePeriodSeconds")
        )
        if let seconds = spec?["activeDeadlineSeconds"]?.int, !(1...Int(Int32.max)).contains(seconds) {
            errors.invalid(
                path.child("activeDeadlineSeconds"),
                .int(seconds),
                "must be between 1 and 2147483647, inclusive"
            )
        }
        for field in ["serviceAccountName", "nodeName", "priorityClassName"] {
            if let name = spec?[field]?.string, !name.isEmpty, let problem = Names.subdomainProblem(name) {
                errors.invalid(path.child(field), .string(name), problem)
            }
        }
        MetadataValidation.labels(spec?["nodeSelector"], path.child("nodeSelector"), &errors)
    }

    private static func validate(
        _ container: JSONValue,
        _ path: FieldPath,
        volumes: Set<String>,
        names: inout Set<String>,
        _ errors: inout FieldErrors
    ) {
        errors.checkLabelName(container["name"], path.child("name"))
        if let name = container["name"]?.string, !names.insert(name).inserted {
            errors.duplicate(path.child("name"), container["name"])
        }
        let image = container["image"]?.string ?? ""
        if image.isEmpty {
            errors.required(path.child("image"))
        } else if image.first == " " || image.last == " " {
            errors.invalid(
                path.child("image"),
                .string(image),
                "must not have leading or trailing whitespace"
            )
        }
        errors.checkOneOf(
            container["imagePullPolicy"],
            ["Always", "IfNotPresent", "Never"],
            path.child("imagePullPolicy"),
            isRequired: true
        )
        validatePorts(container["ports"]?.array ?? [], path.child("ports"), &errors)
        for (index, variable) in (container["env"]?.array ?? []).enumerated() {
            let place = path.child("env")[index]
            let name = variable["name"]?.string ?? ""
            if name.isEmpty { errors.required(place.child("name")) }
            if !(variable["value"]?.string ?? "").isEmpty, variable["valueFrom"]?.object != nil {
                errors.invalid(
                    place.child("valueFrom"),
                    text: "\"\"",
                    "may not be specified when `value` is not empty"
                )
            }
        }
        for (index, mount) in (container["volumeMounts"]?.array ?? []).enumerated() {
            let place = path.child("volumeMounts")[index]
            let name = mount["name"]?.string ?? ""
            if name.isEmpty {
                errors.required(place.child("name"))
            } else if !volumes.contains(name) {
                errors.notFound(place.child("name"), .string(name))
            }
            if (mount["mountPath"]?.string ?? "").isEmpty { errors.required(place.child("mountPath")) }
        }
        validateResources(container["resources"], path.child("resources"), &errors)
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
            validateProbe(
                container[name],
                path.child(name),
                mustSucceedOnce: name != "readinessProbe",
                &errors
            )
        }
    }

    private static func validatePorts(_ ports: [JSONValue], _ path: FieldPath, _ errors: inout FieldErrors) {
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let place = path[index]
            if let name = port["name"]?.string, !name.isEmpty {
                errors.checkPortName(name, place.child("name"))
                if !names.insert(name).inserted { errors.duplicate(place.child("name"), .string(name)) }
            }
            if (port["containerPort"]?.int ?? 0) == 0 {
                errors.required(place.child("containerPort"))
            } else {
                errors.checkPort(port["containerPort"], place.child("containerPort"))
            }
            if port["hostPort"]?.int != 0 { errors.checkPort(port["hostPort"], place.child("hostPort")) }
            errors.checkOneOf(port["protocol"], protocols, place.child("protocol"), isRequired: true)
        }
    }

    private static func validateResources(
        _ resources: JSONValue?,
        _ path: FieldPath,
        _ errors: inout FieldErrors
    ) {
        let limits = resources?["limits"]
        for field in ["limits", "requests"] {
            for member in resources?[field]?.object ?? JSONObject() {
                let place = path.child(field).key(member.name)
                guard let amount = amount(member.value) else { continue }
                if amount.isNegative {
                    errors.invalid(
                        place,
                        .string(amount.description),
                        "must be greater than or equal to 0"
                    )
                } else if field == "requests", let limit = Self.amount(limits?[member.name]), amount > limit {
                    errors.invalid(
                        path.child("requests"),
                        .string(amount.description),
                        "must be less than or equal to \(member.name) limit of \(limit)"
                    )
                }
            }
        }
    }

    /// An amount as a text or a number; `nil` for what is none, which the schema names.
    static func amount(_ value: JSONValue?) -> Quantity? {
        guard let text = value?.string ?? value?.number?.text else { return nil }
        return try? Quantity(parsing: text)
    }

    private static func validateProbe(
        _ probe: JSONValue?,
        _ path: FieldPath,
        mustSucceedOnce: Bool,
        _ errors: inout FieldErrors
    ) {
        guard let probe, probe.object != nil else { return }
        for name in [
            "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold",
        ] {
            errors.checkNotNegative(probe[name], path.child(name))
        }
        if mustSucceedOnce, let count = probe["successThreshold"]?.int, count > 1 {
            errors.invalid(path.child("successThreshold"), .int(count), "must be 1")
        }
        let handlers = ["exec", "httpGet", "tcpSocket", "grpc"].filter { probe[$0]?.object != nil }
        if handlers.isEmpty { errors.required(path, "must specify a handler type") }
        for extra in handlers.dropFirst() {
            errors.forbidden(path.child(extra), "may not specify more than 1 handler type")
        }
    }
}
