import JSONText
import KubernetesModel

/// Kinds that make pods from a template and keep their number (group apps, and ReplicationController).
enum WorkloadRules {
    static let kinds: [String: KindRules] = [
        "Deployment": deployment, "ReplicaSet": replicaSet, "StatefulSet": statefulSet,
        "DaemonSet": daemonSet,
        "ControllerRevision": controllerRevision,
    ]

    private static let spec = FieldPath("spec")

    private static let deployment = KindRules(
        hasGeneration: true,
        initialStatus: [:],
        applyDefaults: { object in
            object.edit("spec") { spec in
                spec.setDefault("replicas", 1)
                PodDefaults.apply(toTemplateOf: &spec)
                spec.editOrCreate("strategy") { strategy in
                    if strategy.isEmpty("type") { strategy["type"] = "RollingUpdate" }
                    guard strategy["type"] == "RollingUpdate" else { return }
                    strategy.editOrCreate("rollingUpdate") { update in
                        update.setDefault("maxUnavailable", "25%")
                        update.setDefault("maxSurge", "25%")
                    }
                }
                spec.setDefault("revisionHistoryLimit", 10)
                spec.setDefault("progressDeadlineSeconds", 600)
            }
        },
        validate: { object, errors in
            validate(object["spec"], kind: "deployment", &errors)
            let strategy = object["spec"]?["strategy"]
            let path = spec.child("strategy")
            errors.checkOneOf(strategy?["type"], ["Recreate", "RollingUpdate"], path.child("type"))
            if strategy?["type"] == "Recreate", strategy?["rollingUpdate"]?.object != nil {
                errors.forbidden(
                    path.child("rollingUpdate"),
                    "may not be specified when strategy `type` is 'Recreate'"
                )
            }
            validateSurge(strategy?["rollingUpdate"], path.child("rollingUpdate"), &errors)
            errors.checkNotNegative(
                object["spec"]?["progressDeadlineSeconds"],
                spec.child("progressDeadlineSeconds")
            )
            if let deadline = object["spec"]?["progressDeadlineSeconds"]?.int,
                deadline <= object["spec"]?["minReadySeconds"]?.int ?? 0
            {
                errors.invalid(
                    spec.child("progressDeadlineSeconds"),
                    .int(deadline),
                    "must be greater than minReadySeconds"
                )
            }
        },
        validateUpdate: validateSelectorUpdate
    )

    private static let replicaSet = KindRules(
        hasGeneration: true,
        initialStatus: ["replicas": 0],
        applyDefaults: { object in
            object.edit("spec") { spec in
                spec.setDefault("replicas", 1)
                PodDefaults.apply(toTemplateOf: &spec)
            }
        },
        validate: { object, errors in validate(object["spec"], kind: "replicaset", &errors) },
        validateUpdate: validateSelectorUpdate
    )

    private static let statefulSet = KindRules(
        hasGeneration: true,
        initialStatus: ["replicas": 0, "availableReplicas": 0],
        applyDefaults: { object in
            object.edit("spec") { spec in
                spec.setDefault("replicas", 1)
                PodDefaults.apply(toTemplateOf: &spec)
                if spec.isEmpty("podManagementPolicy") { spec["podManagementPolicy"] = "OrderedReady" }
                spec.editOrCreate("updateStrategy") { strategy in
                    if strategy.isEmpty("type") { strategy["type"] = "RollingUpdate" }
                    guard strategy["type"] == "RollingUpdate" else { return }
                    strategy.editOrCreate("rollingUpdate") { $0.setDefault("partition", 0) }
                }
                spec.setDefault("revisionHistoryLimit", 10)
                spec.editOrCreate("persistentVolumeClaimRetentionPolicy") { policy in
                    policy.setDefault("whenDeleted", "Retain")
                    policy.setDefault("whenScaled", "Retain")
                }
                spec.editElements("volumeClaimTemplates") { claim in
                    claim.setDefault("apiVersion", "v1")
                    claim.setDefault("kind", "PersistentVolumeClaim")
                    claim.edit("spec") { $0.setDefault("volumeMode", "Filesystem") }
                    claim.editOrCreate("status") { $0.setDefault("phase", "Pending") }
                }
            }
        },
        validate: { object, errors in
            validate(object["spec"], kind: "statefulset", &errors)
            errors.checkOneOf(
                object["spec"]?["podManagementPolicy"],
                ["OrderedReady", "Parallel"],
                spec.child("podManagementPolicy")
            )
            errors.checkOneOf(
                object["spec"]?["updateStrategy"]?["type"],
                ["OnDelete", "RollingUpdate"],
                spec.child("updateStrategy").child("type")
            )
        },
        validateUpdate: { new, old, errors in
            func fixed(_ object: JSONObject) -> JSONValue? {
                guard var members = object["spec"]?.object else { return object["spec"] }
                for name in [
                    "replicas", "ordinals", "template", "updateStrategy",
                    "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
                ] {
                    members[name] = nil
                }
                return .object(members)
            }
            if !fixed(new).isEquivalent(to: fixed(old)) {
                errors.forbidden(
                    spec,
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
                )
            }
        }
    )

    private static let daemonSet = KindRules(
        hasGeneration: true,
        initialStatus: [
            "currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0,
            "numberReady": 0,
        ],
        applyDefaults: { object in
            object.edit("spec") { spec in
                PodDefaults.apply(toTemplateOf: &spec)
                spec.editOrCreate("updateStrategy") { strategy in
                    if strategy.isEmpty("type") { strategy["type"] = "RollingUpdate" }
                    guard strategy["type"] == "RollingUpdate" else { return }
                    strategy.editOrCreate("rollingUpdate") { update in
                        update.setDefault("maxUnavailable", 1)
                        update.setDefault("maxSurge", 0)
                    }
                }
                spec.setDefault("revisionHistoryLimit", 10)
            }
        },
        validate: { object, errors in validate(object["spec"], kind: "daemonset", &errors) },
        validateUpdate: validateSelectorUpdate
    )

    private static let controllerRevision = KindRules(
        validate: { object, errors in
            if object["data"]?.isNull ?? true { errors.required(FieldPath("data"), "data is mandatory") }
            errors.checkNotNegative(object["revision"], FieldPath("revision"))
        },
        validateUpdate: { new, old, errors in
            errors.checkUnchanged("data", .object(new), .object(old), FieldPath(""))
        }
    )

    static let replicationController = KindRules(
        hasGeneration: true,
        orphansByDefault: true,
        initialStatus: ["replicas": 0],
        applyDefaults: { object in
            let labels = object["spec"]?["template"]?["metadata"]?["labels"]
            if let labels, !labels.isEmptyValue {
                object.edit("spec") { spec in if spec.isEmpty("selector") { spec["selector"] = labels } }
                object.edit("metadata") { metadata in
                    if metadata.isEmpty("labels") { metadata["labels"] = labels }
                }
            }
            object.edit("spec") { spec in
                spec.setDefault("replicas", 1)
                PodDefaults.apply(toTemplateOf: &spec)
            }
        },
        validate: { object, errors in
            let selector = object["spec"]?["selector"]
            errors.checkNotNegative(object["spec"]?["replicas"], spec.child("replicas"))
            if selector?.isEmptyValue ?? true { errors.required(spec.child("selector")) }
            validateTemplate(
                object["spec"]?["template"],
                selector: ["matchLabels": selector ?? .null],
                restartPolicies: ["Always"],
                &errors
            )
        }
    )

    // MARK: What they share

    private static func validate(_ value: JSONValue?, kind: String, _ errors: inout FieldErrors) {
        for name in ["replicas", "minReadySeconds", "revisionHistoryLimit"] {
            errors.checkNotNegative(value?[name], spec.child(name))
        }
        let selector = value?["selector"]
        if selector?.object == nil {
            errors.required(spec.child("selector"))
        } else {
            SelectorRules.validate(selector, spec.child("selector"), &errors)
            if SelectorRules.isEmpty(selector) {
                errors.invalid(
                    spec.child("selector"),
                    text: GoText.labelSelector(selector),
                    "empty selector is invalid for \(kind)"
                )
            }
        }
        validateTemplate(value?["template"], selector: selector, restartPolicies: ["Always"], &errors)
    }

    /// A template must make pods that its owner selects.
    private static func validateTemplate(
        _ template: JSONValue?,
        selector: JSONValue?,
        restartPolicies: [String],
        _ errors: inout FieldErrors
    ) {
        let path = spec.child("template")
        guard let template, template.object != nil else { return errors.required(path) }
        let labels = template["metadata"]?["labels"]
        MetadataValidation.labels(labels, path.child("metadata").child("labels"), &errors)
        if !SelectorRules.isEmpty(selector), let parsed = SelectorRules.selector(selector) {
            var texts: [String: String] = [:]
            for label in labels?.object ?? JSONObject() { texts[label.name] = label.value.string }
            if !parsed.matches(texts) {
                errors.invalid(
                    path.child("metadata").child("labels"),
                    text: GoText.map(labels),
                    "`selector` does not match template `labels`"
                )
            }
        }
        PodValidation.validateSpec(template["spec"], path.child("spec"), &errors)
        let policy = template["spec"]?["restartPolicy"]
        if let text = policy?.string, !restartPolicies.contains(text) {
            errors.notSupported(path.child("spec").child("restartPolicy"), policy, restartPolicies)
        }
        if template["spec"]?["activeDeadlineSeconds"]?.int != nil {
            errors.forbidden(
                path.child("spec").child("activeDeadlineSeconds"),
                "activeDeadlineSeconds in ReplicaSet is not Supported"
            )
        }
    }

    private static func validateSurge(_ update: JSONValue?, _ path: FieldPath, _ errors: inout FieldErrors) {
        guard update?.object != nil else { return }
        for name in ["maxUnavailable", "maxSurge"] {
            errors.checkNotNegative(update?[name], path.child(name))
            if let text = update?[name]?.string, !isPercentage(text) {
                errors.invalid(
                    path.child(name),
                    .string(text),
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
                )
            }
        }
        func isZero(_ value: JSONValue?) -> Bool { value?.int == 0 || value?.string == "0%" }
        if isZero(update?["maxUnavailable"]), isZero(update?["maxSurge"]) {
            errors.invalid(
                path.child("maxUnavailable"),
                update?["maxUnavailable"],
                "may not be 0 when `maxSurge` is 0"
            )
        }
    }

    static func isPercentage(_ text: String) -> Bool {
        text.utf8.last == UInt8(ascii: "%") && text.utf8.count > 1
            && text.dropLast().allSatisfy(\.isASCIIDigit)
    }

    private static let validateSelectorUpdate: KindRules.UpdateValidation = { new, old, errors in
        let selector = new["spec"]?["selector"]
        if !selector.isEquivalent(to: old["spec"]?["selector"]) {
            errors.invalid(
                spec.child("selector"),
                text: GoText.labelSelector(selector),
                "field is immutable"
            )
        }
    }
}
