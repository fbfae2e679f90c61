import JSONText

/// Roles and their bindings (group rbac.authorization.k8s.io).
enum AccessRules {
    static let kinds: [String: KindRules] = [
        "Role": role(isNamespaced: true), "ClusterRole": role(isNamespaced: false),
        "RoleBinding": binding(isNamespaced: true), "ClusterRoleBinding": binding(isNamespaced: false),
    ]

    static let group = "rbac.authorization.k8s.io"

    private static func role(isNamespaced: Bool) -> KindRules {
        KindRules(
            name: .pathSegment,
            createsOnUpdate: true,
            validate: { object, errors in
                for (index, rule) in (object["rules"]?.array ?? []).enumerated() {
                    validate(rule, FieldPath("rules")[index], isNamespaced: isNamespaced, &errors)
                }
                let selectors = object["aggregationRule"]?["clusterRoleSelectors"]?.array
                if object["aggregationRule"]?.object != nil {
                    let path = FieldPath("aggregationRule.clusterRoleSelectors")
                    if (selectors ?? []).isEmpty {
                        errors.required(
                            path,
                            "at least one clusterRoleSelector required if aggregationRule is non-nil"
                        )
                    }
                    for (index, selector) in (selectors ?? []).enumerated() {
                        SelectorRules.validate(selector, path[index], &errors)
                    }
                }
            }
        )
    }

    private static func validate(
        _ rule: JSONValue,
        _ path: FieldPath,
        isNamespaced: Bool,
        _ errors: inout FieldErrors
    ) {
        func isMissing(_ name: String) -> Bool { rule[name]?.isEmptyValue ?? true }
        if isMissing("verbs") {
            errors.required(path.child("verbs"), "verbs must contain at least one value")
        }
        if !isMissing("nonResourceURLs") {
            let words = (rule["nonResourceURLs"]?.array ?? []).map { GoText.quoted($0.string ?? "") }
            let text = "[]string{\(words.joined(separator: ", "))}"
            if isNamespaced {
                errors.invalid(
                    path.child("nonResourceURLs"),
                    text: text,
                    "namespaced rules cannot apply to non-resource URLs"
                )
            }
            if !isMissing("apiGroups") || !isMissing("resources") || !isMissing("resourceNames") {
                errors.invalid(
                    path.child("nonResourceURLs"),
                    text: text,
                    "rules cannot apply to both regular resources and non-resource URLs"
                )
            }
            return
        }
        if isMissing("apiGroups") {
            errors.required(path.child("apiGroups"), "resource rules must supply at least one api group")
        }
        if isMissing("resources") {
            errors.required(path.child("resources"), "resource rules must supply at least one resource")
        }
    }

    private static func binding(isNamespaced: Bool) -> KindRules {
        KindRules(
            name: .pathSegment,
            createsOnUpdate: true,
            applyDefaults: { object in
                object.edit("roleRef") { if $0.isEmpty("apiGroup") { $0["apiGroup"] = .string(group) } }
                object.editElements("subjects") { subject in
                    let isAccount = subject.string("kind") == "ServiceAccount"
                    guard subject.isEmpty("apiGroup"), !isAccount, subject.string("kind") != nil else {
                        return
                    }
                    subject["apiGroup"] = .string(group)
                }
            },
            validate: { object, errors in
                validate(object["roleRef"], isNamespaced: isNamespaced, &errors)
                for (index, subject) in (object["subjects"]?.array ?? []).enumerated() {
                    validate(
                        subject: subject,
                        FieldPath("subjects")[index],
                        isNamespaced: isNamespaced,
                        &errors
                    )
                }
            },
            validateUpdate: { new, old, errors in
                guard !new["roleRef"].isEquivalent(to: old["roleRef"]) else { return }
                func text(_ name: String) -> String { GoText.quoted(new["roleRef"]?[name]?.string ?? "") }
                errors.invalid(
                    FieldPath("roleRef"),
                    text:
                        "rbac.RoleRef{APIGroup:\(text("apiGroup")), Kind:\(text("kind")), Name:\(text("name"))}",
                    "cannot change roleRef"
                )
            }
        )
    }

    private static func validate(_ reference: JSONValue?, isNamespaced: Bool, _ errors: inout FieldErrors) {
        let path = FieldPath("roleRef")
        if reference?["apiGroup"]?.string != group {
            errors.notSupported(path.child("apiGroup"), reference?["apiGroup"] ?? "", [group])
        }
        let kinds = isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]
        if !kinds.contains(reference?["kind"]?.string ?? "") {
            errors.notSupported(path.child("kind"), reference?["kind"] ?? "", kinds)
        }
        let name = reference?["name"]?.string ?? ""
        if name.isEmpty {
            errors.required(path.child("name"))
        } else if let problem = PathSegmentName.problem(with: name) {
            errors.invalid(path.child("name"), .string(name), problem)
        }
    }

    private static func validate(
        subject: JSONValue,
        _ path: FieldPath,
        isNamespaced: Bool,
        _ errors: inout FieldErrors
    ) {
        let name = subject["name"]?.string ?? ""
        if name.isEmpty { errors.required(path.child("name")) }
        let apiGroup = subject["apiGroup"]?.string ?? ""
        switch subject["kind"]?.string {
        case "ServiceAccount":
            if !name.isEmpty, let problem = Names.subdomainProblem(name) {
                errors.invalid(path.child("name"), .string(name), problem)
            }
            if !apiGroup.isEmpty { errors.notSupported(path.child("apiGroup"), .string(apiGroup), [""]) }
            if (subject["namespace"]?.string ?? "").isEmpty { errors.required(path.child("namespace")) }
        case "User", "Group":
            if apiGroup != group { errors.notSupported(path.child("apiGroup"), .string(apiGroup), [group]) }
        default:
            errors.notSupported(
                path.child("kind"),
                subject["kind"] ?? "",
                ["ServiceAccount", "User", "Group"]
            )
        }
    }
}
