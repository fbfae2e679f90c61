import JSONText

/// Who is asked before a write is stored (group admissionregistration.k8s.io).
enum WebhookRules {
    static let kinds: [String: KindRules] = [
        "MutatingWebhookConfiguration": configuration(mutates: true),
        "ValidatingWebhookConfiguration": configuration(mutates: false),
    ]

    private static func configuration(mutates: Bool) -> KindRules {
        KindRules(
            hasGeneration: true,
            allowsUnconditionalUpdate: false,
            applyDefaults: { object in
                object.editElements("webhooks") { webhook in
                    webhook.setDefault("failurePolicy", "Fail")
                    webhook.setDefault("matchPolicy", "Equivalent")
                    webhook.setDefault("namespaceSelector", .object(JSONObject()))
                    webhook.setDefault("objectSelector", .object(JSONObject()))
                    webhook.setDefault("timeoutSeconds", 10)
                    if mutates { webhook.setDefault("reinvocationPolicy", "Never") }
                    webhook.edit("clientConfig") { client in
                        client.edit("service") { $0.setDefault("port", 443) }
                    }
                    webhook.editElements("rules") { $0.setDefault("scope", "*") }
                }
            },
            validate: { object, errors in
                var names: Set<String> = []
                for (index, webhook) in (object["webhooks"]?.array ?? []).enumerated() {
                    let path = FieldPath("webhooks")[index]
                    validate(webhook, path, &errors)
                    if let name = webhook["name"]?.string, !names.insert(name).inserted {
                        errors.duplicate(path.child("name"), webhook["name"])
                    }
                }
            }
        )
    }

    private static func validate(_ webhook: JSONValue, _ path: FieldPath, _ errors: inout FieldErrors) {
        let name = webhook["name"]?.string ?? ""
        if name.isEmpty {
            errors.required(path.child("name"))
        } else if let problem = Names.subdomainProblem(name) {
            errors.invalid(path.child("name"), .string(name), problem)
        } else if name.split(separator: ".").count < 3 {
            errors.invalid(
                path.child("name"),
                .string(name),
                "should be a domain with at least three segments separated by dots"
            )
        }
        for (index, rule) in (webhook["rules"]?.array ?? []).enumerated() {
            validate(rule: rule, path.child("rules")[index], &errors)
        }
        errors.checkOneOf(webhook["failurePolicy"], ["Fail", "Ignore"], path.child("failurePolicy"))
        errors.checkOneOf(webhook["matchPolicy"], ["Equivalent", "Exact"], path.child("matchPolicy"))
        errors.checkOneOf(
            webhook["reinvocationPolicy"],
            ["IfNeeded", "Never"],
            path.child("reinvocationPolicy")
        )
        switch webhook["sideEffects"]?.string {
        case "None"?, "NoneOnDryRun"?: break
        case nil: errors.required(path.child("sideEffects"), "must specify one of None, NoneOnDryRun")
        case let other?:
            errors.notSupported(path.child("sideEffects"), .string(other), ["None", "NoneOnDryRun"])
        }
        if let seconds = webhook["timeoutSeconds"]?.int, !(1...30).contains(seconds) {
            errors.invalid(
                path.child("timeoutSeconds"),
                .int(seconds),
                "the timeout value must be between 1 and 30 seconds"
            )
        }
        // To ignore them would show a webhook what its owner wanted kept from it.
        if !(webhook["matchConditions"]?.array ?? []).isEmpty {
            errors.forbidden(path.child("matchConditions"), "this API server does not evaluate CEL")
        }
        SelectorRules.validate(webhook["namespaceSelector"], path.child("namespaceSelector"), &errors)
        SelectorRules.validate(webhook["objectSelector"], path.child("objectSelector"), &errors)
        validate(versions: webhook["admissionReviewVersions"], path.child("admissionReviewVersions"), &errors)
        validate(client: webhook["clientConfig"], path.child("clientConfig"), &errors)
    }

    private static func validate(rule: JSONValue, _ path: FieldPath, _ errors: inout FieldErrors) {
        for name in ["apiGroups", "apiVersions", "resources", "operations"]
        where rule[name]?.isEmptyValue ?? true {
            errors.required(path.child(name))
        }
        for name in ["apiGroups", "apiVersions", "resources", "operations"] {
            let words = rule[name]?.array ?? []
            if words.count > 1, words.contains("*") {
                errors.invalid(
                    path.child(name),
                    .array(words),
                    "if '*' is present, must not specify other \(name == "operations" ? "operations" : name)"
                )
            }
        }
        for (index, operation) in (rule["operations"]?.array ?? []).enumerated() {
            errors.checkOneOf(
                operation,
                ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"],
                path.child("operations")[index]
            )
        }
        errors.checkOneOf(rule["scope"], ["*", "Cluster", "Namespaced"], path.child("scope"))
    }

    private static func validate(versions: JSONValue?, _ path: FieldPath, _ errors: inout FieldErrors) {
        let known = ["v1", "v1beta1"]
        let words = (versions?.array ?? []).map { $0.string ?? "" }
        guard !words.isEmpty else {
            return errors.required(path, "must specify one of \(known.joined(separator: ", "))")
        }
        for (index, word) in words.enumerated() {
            if let problem = Names.label1035Problem(word) {
                errors.invalid(path[index], .string(word), problem)
            }
        }
        if !words.contains(where: known.contains) {
            let list = words.map(GoText.quoted).joined(separator: ", ")
            errors.invalid(
                path,
                text: "[]string{\(list)}",
                "must include at least one of \(known.joined(separator: ", "))"
            )
        }
    }

    private static func validate(client: JSONValue?, _ path: FieldPath, _ errors: inout FieldErrors) {
        let url = client?["url"]?.string
        let service = client?["service"]
        let hasService = service?.object != nil
        guard (url != nil) != hasService else {
            return errors.required(path, "exactly one of url or service is required")
        }
        if let url {
            if !url.hasPrefix("https://") {
                let scheme = url.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
                errors.invalid(
                    path.child("url"),
                    .string(scheme),
                    "'https' is the only allowed URL scheme; desired format: https://host[/path]"
                )
            } else if url.dropFirst(8).prefix(while: { $0 != "/" }).isEmpty {
                errors.invalid(
                    path.child("url"),
                    "",
                    "host must be specified; desired format: https://host[/path]"
                )
            }
            if url.contains("@") || url.contains("?") || url.contains("#") {
                errors.invalid(
                    path.child("url"),
                    .string(url),
                    "user information, query parameters and fragments are not permitted in the URL"
                )
            }
            return
        }
        for name in ["name", "namespace"] where (service?[name]?.string ?? "").isEmpty {
            errors.required(path.child("service").child(name), "service \(name) is required")
        }
        if let number = service?["port"]?.int, !(1...65535).contains(number) {
            errors.invalid(
                path.child("service").child("port"),
                .int(number),
                "port is not valid: must be between 1 and 65535, inclusive"
            )
        }
    }
}
