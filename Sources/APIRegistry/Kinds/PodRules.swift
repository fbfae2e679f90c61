import JSONText

/// Pods themselves.
enum PodRules {
    static let kinds: [String: KindRules] = [
        "Pod": pod,
        "PodTemplate": KindRules(
            hasGeneration: true,
            returnsDeletedObject: true,
            applyDefaults: { object in PodDefaults.apply(toTemplateOf: &object) },
            validate: { object, errors in
                let path = FieldPath("template")
                MetadataValidation.labels(
                    object["template"]?["metadata"]?["labels"],
                    path.child("metadata").child("labels"),
                    &errors
                )
                PodValidation.validateSpec(object["template"]?["spec"], path.child("spec"), &errors)
            }
        ),
    ]

    private static let pod = KindRules(
        returnsDeletedObject: true,
        initialStatus: ["phase": "Pending"],
        applyDefaults: { object in
            object.edit("spec") { spec in
                PodDefaults.applySpec(&spec)
                spec.setDefault("enableServiceLinks", true)
                applyAdmission(&spec)
            }
        },
        prepareForCreate: { object in
            let quality = PodDefaults.qualityOfService(object["spec"])
            object.edit("status") { $0["qosClass"] = .string(quality) }
        },
        validate: { object, errors in
            PodValidation.validateSpec(object["spec"], FieldPath("spec"), &errors)
        },
        validateUpdate: { new, old, errors in
            validateUpdate(new["spec"], old["spec"], &errors)
        }
    )

    /// What Kubernetes' own admission plugins add to every pod: the account, the priority, and how long a pod stays on
    /// a node that is lost.
    private static func applyAdmission(_ spec: inout JSONObject) {
        if spec.isEmpty("serviceAccountName") {
            spec["serviceAccountName"] = spec.isEmpty("serviceAccount") ? "default" : spec["serviceAccount"]
        }
        spec["serviceAccount"] = spec["serviceAccountName"]
        spec.setDefault("priority", 0)
        spec.setDefault("preemptionPolicy", "PreemptLowerPriority")
        spec.setDefault("tolerations", .array([]))
        guard var tolerations = spec["tolerations"]?.array else { return }
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            let isTolerated = tolerations.contains { toleration in
                let itsKey = toleration["key"]?.string ?? ""
                let effect = toleration["effect"]?.string ?? ""
                return (itsKey == key || itsKey.isEmpty) && (effect.isEmpty || effect == "NoExecute")
            }
            guard !isTolerated else { continue }
            tolerations.append([
                "key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            ])
        }
        spec["tolerations"] = .array(tolerations)
    }

    private static func validateUpdate(_ new: JSONValue?, _ old: JSONValue?, _ errors: inout FieldErrors) {
        if !comparable(new).isEquivalent(to: comparable(old)) {
            errors.forbidden(
                FieldPath("spec"),
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
            )
        }
        // By hash, for the lists may be as long as a body.
        let kept = Set((new?["tolerations"]?.array ?? []).map(identity))
        if !(old?["tolerations"]?.array ?? []).map(identity).allSatisfy(kept.contains) {
            errors.forbidden(
                FieldPath("spec.tolerations"),
                "existing toleration can not be modified except its tolerationSeconds"
            )
        }
        if let before = old?["activeDeadlineSeconds"]?.int {
            let after = new?["activeDeadlineSeconds"]
            if after?.int == nil {
                errors.invalid(
                    FieldPath("spec.activeDeadlineSeconds"),
                    after,
                    "must not update from a positive integer to nil value"
                )
            } else if let after = after?.int, after > before {
                errors.invalid(
                    FieldPath("spec.activeDeadlineSeconds"),
                    .int(after),
                    "must be less than or equal to previous value"
                )
            }
        }
    }

    /// A toleration without its time, its members in one order: clients write them in theirs.
    private static func identity(_ toleration: JSONValue) -> JSONValue {
        guard let members = toleration.object else { return toleration }
        let kept = members.filter { $0.name != "tolerationSeconds" && !$0.value.isEmptyValue }
        return .object(JSONObject(kept.sorted { $0.name < $1.name }.map { ($0.name, $0.value) }))
    }

    /// A pod's spec without what may change.
    private static func comparable(_ spec: JSONValue?) -> JSONValue? {
        guard var members = spec?.object else { return spec }
        for name in ["containers", "initContainers"] {
            members.editElements(name) { $0["image"] = nil }
        }
        for name in ["activeDeadlineSeconds", "tolerations"] { members[name] = nil }
        return .object(members)
    }
}
