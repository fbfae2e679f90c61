import JSONText

/// CustomResourceDefinitions (group apiextensions.k8s.io).
enum ExtensionRules {
    static let kinds: [String: KindRules] = ["CustomResourceDefinition": definition]

    private static let spec = FieldPath("spec")

    private static let definition = KindRules(
        hasGeneration: true,
        allowsUnconditionalUpdate: false,
        initialStatus: [:],
        applyDefaults: { object in
            object.edit("spec") { spec in
                spec.edit("names") { names in
                    if let kind = names.string("kind"), !kind.isEmpty {
                        if names.isEmpty("singular") { names["singular"] = .string(kind.lowercased()) }
                        if names.isEmpty("listKind") { names["listKind"] = .string("\(kind)List") }
                    }
                }
                spec.editOrCreate("conversion") { if $0.isEmpty("strategy") { $0["strategy"] = "None" } }
            }
        },
        prepareForCreate: { object in
            // Filled in when the names are decided; until then clients find the lists they expect.
            object["status"] = [
                "acceptedNames": ["plural": "", "kind": ""], "conditions": [], "storedVersions": [],
            ]
        },
        validate: { object, errors in
            validate(object["spec"], name: object["metadata"]?["name"]?.string ?? "", &errors)
            validateApproval(object, &errors)
        },
        validateUpdate: { new, old, errors in
            errors.checkUnchanged("group", new["spec"], old["spec"], spec)
            errors.checkUnchanged("scope", new["spec"], old["spec"], spec)
            for name in ["kind", "plural"] {
                errors.checkUnchanged(name, new["spec"]?["names"], old["spec"]?["names"], spec.child("names"))
            }
            let names = (new["spec"]?["versions"]?.array ?? []).map { $0["name"] }
            for (index, stored) in (old["status"]?["storedVersions"]?.array ?? []).enumerated()
            where !names.contains(stored) {
                errors.invalid(
                    FieldPath("status.storedVersions")[index],
                    stored,
                    "missing from spec.versions; \(stored.string ?? "") was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in \(stored.string ?? "") and removes \(stored.string ?? "") from status.storedVersions"
                )
            }
        }
    )

    private static func validate(_ value: JSONValue?, name: String, _ errors: inout FieldErrors) {
        let group = value?["group"]?.string ?? ""
        let names = value?["names"]
        let plural = names?["plural"]?.string ?? ""
        if name != "\(plural).\(group)" {
            errors.invalid(
                FieldPath("metadata.name"),
                .string(name),
                "must be spec.names.plural+\".\"+spec.group"
            )
        }
        if group.isEmpty {
            errors.required(spec.child("group"))
        } else if let problem = Names.subdomainProblem(group) {
            errors.invalid(spec.child("group"), .string(group), problem)
        } else if !group.contains(".") {
            errors.invalid(spec.child("group"), .string(group), "should be a domain with at least one dot")
        }
        errors.checkOneOf(value?["scope"], ["Cluster", "Namespaced"], spec.child("scope"), isRequired: true)
        if value?["preserveUnknownFields"]?.bool == true {
            errors.invalid(spec.child("preserveUnknownFields"), true, "must be false")
        }
        validate(names: names, &errors)
        validate(versions: value?["versions"]?.array ?? [], &errors)
        let strategy = value?["conversion"]?["strategy"]
        errors.checkOneOf(
            strategy,
            ["None", "Webhook"],
            spec.child("conversion").child("strategy"),
            isRequired: true
        )
    }

    private static func validate(names: JSONValue?, _ errors: inout FieldErrors) {
        let path = spec.child("names")
        for field in ["plural", "singular"] {
            let text = names?[field]?.string ?? ""
            if text.isEmpty {
                errors.required(path.child(field))
            } else if let problem = Names.label1035Problem(text) {
                errors.invalid(path.child(field), .string(text), problem)
            }
        }
        for field in ["kind", "listKind"] {
            let text = names?[field]?.string ?? ""
            if text.isEmpty {
                errors.required(path.child(field))
            } else if let problem = Names.label1035Problem(text.lowercased()) {
                errors.invalid(
                    path.child(field),
                    .string(text),
                    "may have mixed case, but should otherwise match: \(problem)"
                )
            }
        }
        if let kind = names?["kind"]?.string, !kind.isEmpty, kind == names?["listKind"]?.string {
            errors.invalid(path.child("listKind"), .string(kind), "kind and listKind may not be the same")
        }
        for field in ["shortNames", "categories"] {
            for (index, word) in (names?[field]?.array ?? []).enumerated() {
                if let text = word.string, let problem = Names.label1035Problem(text) {
                    errors.invalid(path.child(field)[index], word, problem)
                }
            }
        }
    }

    private static func validate(versions: [JSONValue], _ errors: inout FieldErrors) {
        let path = spec.child("versions")
        var seen: Set<String> = []
        var storing = 0
        for (index, version) in versions.enumerated() {
            let place = path[index]
            let name = version["name"]?.string ?? ""
            if name.isEmpty {
                errors.required(place.child("name"))
            } else if let problem = Names.label1035Problem(name) {
                errors.invalid(place.child("name"), .string(name), problem)
            }
            if !seen.insert(name).inserted { errors.duplicate(place.child("name"), .string(name)) }
            if version["storage"]?.bool == true { storing += 1 }
            if version["schema"]?["openAPIV3Schema"]?.object == nil {
                errors.required(place.child("schema").child("openAPIV3Schema"), "schemas are required")
            }
            validate(
                columns: version["additionalPrinterColumns"],
                place.child("additionalPrinterColumns"),
                &errors
            )
            let scale = version["subresources"]?["scale"]
            if scale?.object != nil {
                for field in ["specReplicasPath", "statusReplicasPath"]
                where (scale?[field]?.string ?? "").isEmpty {
                    errors.required(place.child("subresources").child("scale").child(field))
                }
            }
        }
        if storing != 1 {
            errors.invalid(
                path,
                .array(versions.map { $0["name"] ?? .null }),
                "must have exactly one version marked as storage version"
            )
        }
        if versions.isEmpty { errors.required(path, "must have at least one version") }
    }

    private static func validate(columns: JSONValue?, _ path: FieldPath, _ errors: inout FieldErrors) {
        for (index, column) in (columns?.array ?? []).enumerated() {
            let place = path[index]
            if (column["name"]?.string ?? "").isEmpty { errors.required(place.child("name")) }
            errors.checkOneOf(
                column["type"],
                ["boolean", "date", "integer", "number", "string"],
                place.child("type"),
                isRequired: true
            )
            let text = column["jsonPath"]?.string ?? ""
            if text.isEmpty {
                errors.required(place.child("jsonPath"))
            } else if JSONPath(parsing: text) == nil {
                errors.invalid(place.child("jsonPath"), .string(text), "is an invalid path")
            }
        }
    }

    /// Groups that belong to the Kubernetes project are not for everyone.
    private static func validateApproval(_ object: JSONObject, _ errors: inout FieldErrors) {
        let group = object["spec"]?["group"]?.string ?? ""
        let isProtected = [".k8s.io", ".kubernetes.io"].contains { group.hasSuffix($0) || ".\(group)" == $0 }
        let key = "api-approved.kubernetes.io"
        guard isProtected, (object["metadata"]?["annotations"]?[key]?.string ?? "").isEmpty else { return }
        errors.required(
            FieldPath("metadata.annotations").key(key),
            "protected groups must have approval annotation \"\(key)\", see https://github.com/kubernetes/enhancements/pull/1111"
        )
    }
}
