import JSONText

/// Kinds by which controllers and schedulers agree: leases, budgets, scalers, priorities.
enum CoordinationRules {
    private static let spec = FieldPath("spec")

    static let lease = KindRules(
        allowsUnconditionalUpdate: false,
        createsOnUpdate: true,
        validate: { object, errors in
            errors.checkPositive(object["spec"]?["leaseDurationSeconds"], spec.child("leaseDurationSeconds"))
            errors.checkNotNegative(object["spec"]?["leaseTransitions"], spec.child("leaseTransitions"))
            if object["spec"]?["holderIdentity"]?.string == "" {
                errors.invalid(spec.child("holderIdentity"), "", "must not be empty")
            }
        }
    )

    static let disruptionBudget = KindRules(
        hasGeneration: true,
        allowsUnconditionalUpdate: false,
        initialStatus: [
            "disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0,
        ],
        validate: { object, errors in
            let value = object["spec"]
            func isSet(_ name: String) -> Bool { !(value?[name]?.isNull ?? true) }
            if isSet("minAvailable"), isSet("maxUnavailable") {
                errors.invalid(spec, value, "minAvailable and maxUnavailable cannot be both set")
            }
            for name in ["minAvailable", "maxUnavailable"] {
                errors.checkNotNegative(value?[name], spec.child(name))
                if let text = value?[name]?.string, !WorkloadRules.isPercentage(text) {
                    errors.invalid(
                        spec.child(name),
                        .string(text),
                        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
                    )
                }
            }
            SelectorRules.validate(value?["selector"], spec.child("selector"), &errors)
        }
    )

    static let autoscaler = KindRules(
        initialStatus: ["currentReplicas": 0, "desiredReplicas": 0],
        applyDefaults: { object in
            object.edit("spec") { spec in
                spec.setDefault("minReplicas", 1)
                spec.setDefault("targetCPUUtilizationPercentage", 80)
            }
        },
        validate: { object, errors in
            let value = object["spec"]
            let least = value?["minReplicas"]?.int ?? 1
            let most = value?["maxReplicas"]?.int ?? 0
            if least < 1 {
                errors.invalid(spec.child("minReplicas"), .int(least), "must be greater than or equal to 1")
            }
            if most < 1 { errors.invalid(spec.child("maxReplicas"), .int(most), "must be greater than 0") }
            if most < least {
                errors.invalid(
                    spec.child("maxReplicas"),
                    .int(most),
                    "must be greater than or equal to `minReplicas`"
                )
            }
            for name in ["kind", "name"] where (value?["scaleTargetRef"]?[name]?.string ?? "").isEmpty {
                errors.required(spec.child("scaleTargetRef").child(name))
            }
        }
    )

    static let priorityClass = KindRules(
        hasGeneration: true,
        applyDefaults: { $0.setDefault("preemptionPolicy", "PreemptLowerPriority") },
        validate: { object, errors in
            let name = object["metadata"]?["name"]?.string ?? ""
            let isSystem = ["system-node-critical", "system-cluster-critical"].contains(name)
            if name.hasPrefix("system-"), !isSystem {
                errors.forbidden(
                    FieldPath("metadata.name"),
                    "priority class names with 'system-' prefix are reserved for system use only"
                )
            }
            if let value = object["value"]?.int, value > 1_000_000_000, !isSystem {
                errors.forbidden(
                    FieldPath("value"),
                    "maximum allowed value of a user defined priority is 1000000000"
                )
            }
        },
        validateUpdate: { new, old, errors in
            for name in ["value", "preemptionPolicy"] where !new[name].isEquivalent(to: old[name]) {
                if name == "value" {
                    errors.forbidden(FieldPath(name), "may not be changed in an update.")
                } else {
                    errors.invalid(FieldPath(name), new[name], "field is immutable")
                }
            }
        }
    )
}
