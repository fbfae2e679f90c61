import JSONText

/// Jobs, and what makes them by the clock (group batch).
enum BatchRules {
    static let kinds: [String: KindRules] = ["Job": job, "CronJob": cronJob]

    private static let spec = FieldPath("spec")

    private static let job = KindRules(
        hasGeneration: true,
        orphansByDefault: true,
        initialStatus: [:],
        applyDefaults: { object in
            copyLabels(&object)
            object.edit("spec") { spec in
                if spec["completions"]?.isNull ?? true, spec["parallelism"]?.isNull ?? true {
                    spec["completions"] = 1
                    spec["parallelism"] = 1
                }
                spec.setDefault("parallelism", 1)
                let limit = spec["backoffLimitPerIndex"]?.int == nil ? 6 : Int(Int32.max)
                spec.setDefault("backoffLimit", .int(limit))
                spec.setDefault("completionMode", "NonIndexed")
                spec.setDefault("suspend", false)
                let replaced = spec["podFailurePolicy"]?.object == nil ? "TerminatingOrFailed" : "Failed"
                spec.setDefault("podReplacementPolicy", .string(replaced))
                PodDefaults.apply(toTemplateOf: &spec)
            }
        },
        prepareForCreate: labelPods,
        validate: { object, errors in
            validateSpec(object["spec"], spec, &errors)
            if object["spec"]?["selector"]?.object == nil { errors.required(spec.child("selector")) }
        },
        validateUpdate: { new, old, errors in
            let isSuspended =
                old["spec"]?["suspend"]?.bool == true && old["status"]?["startTime"]?.string == nil
            errors.checkUnchanged("completionMode", new["spec"], old["spec"], spec)
            errors.checkUnchanged("selector", new["spec"], old["spec"], spec)
            if !isSuspended { errors.checkUnchanged("template", new["spec"], old["spec"], spec) }
            let isIndexed = new["spec"]?["completionMode"]?.string == "Indexed"
            if !isIndexed { errors.checkUnchanged("completions", new["spec"], old["spec"], spec) }
        }
    )

    private static let cronJob = KindRules(
        hasGeneration: true,
        initialStatus: [:],
        applyDefaults: { object in
            object.edit("spec") { spec in
                if spec.isEmpty("concurrencyPolicy") { spec["concurrencyPolicy"] = "Allow" }
                spec.setDefault("suspend", false)
                spec.setDefault("successfulJobsHistoryLimit", 3)
                spec.setDefault("failedJobsHistoryLimit", 1)
                spec.edit("jobTemplate") { template in
                    template.edit("spec") { PodDefaults.apply(toTemplateOf: &$0) }
                }
            }
        },
        validate: { object, errors in
            let value = object["spec"]
            if let name = object["metadata"]?["name"]?.string, name.utf8.count > 52 {
                errors.invalid(
                    FieldPath("metadata.name"),
                    .string(name),
                    "must be no more than 52 characters"
                )
            }
            let schedule = value?["schedule"]?.string ?? ""
            if schedule.isEmpty {
                errors.required(spec.child("schedule"))
            } else if let problem = scheduleProblem(schedule) {
                errors.invalid(spec.child("schedule"), .string(schedule), problem)
            }
            errors.checkOneOf(
                value?["concurrencyPolicy"],
                ["Allow", "Forbid", "Replace"],
                spec.child("concurrencyPolicy")
            )
            for name in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
                errors.checkNotNegative(value?[name], spec.child(name))
            }
            validateSpec(value?["jobTemplate"]?["spec"], spec.child("jobTemplate").child("spec"), &errors)
        }
    )

    /// A Job finds its pods by its own identity, unless it says that it knows better.
    private static func labelPods(_ object: inout JSONObject) {
        let metadata = object["metadata"]
        guard
            object["spec"]?["manualSelector"]?.bool != true, let uid = metadata?["uid"]?.string,
            let name = metadata?["name"]?.string
        else { return }
        object.edit("spec") { spec in
            spec.edit("template") { template in
                template.editOrCreate("metadata") { metadata in
                    metadata.editOrCreate("labels") { labels in
                        labels["batch.kubernetes.io/controller-uid"] = .string(uid)
                        labels["batch.kubernetes.io/job-name"] = .string(name)
                        labels["controller-uid"] = .string(uid)
                        labels["job-name"] = .string(name)
                    }
                }
            }
            spec.editOrCreate("selector") { selector in
                selector.editOrCreate("matchLabels") {
                    $0["batch.kubernetes.io/controller-uid"] = .string(uid)
                }
            }
        }
        copyLabels(&object)
    }

    /// A Job without labels has those of its pods.
    private static func copyLabels(_ object: inout JSONObject) {
        guard let labels = object["spec"]?["template"]?["metadata"]?["labels"], !labels.isEmptyValue else {
            return
        }
        object.edit("metadata") { if $0.isEmpty("labels") { $0["labels"] = labels } }
    }

    private static func validateSpec(_ value: JSONValue?, _ path: FieldPath, _ errors: inout FieldErrors) {
        for name in [
            "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
        ] {
            errors.checkNotNegative(value?[name], path.child(name))
        }
        errors.checkOneOf(value?["completionMode"], ["Indexed", "NonIndexed"], path.child("completionMode"))
        let template = path.child("template")
        PodValidation.validateSpec(value?["template"]?["spec"], template.child("spec"), &errors)
        if value?["template"]?["spec"]?["restartPolicy"]?.string == "Always" {
            errors.required(
                template.child("spec").child("restartPolicy"),
                "valid values: \"OnFailure\", \"Never\""
            )
        }
    }

    /// Whether a schedule has the shape of one; its fields' numbers are the controller's to read.
    private static func scheduleProblem(_ text: String) -> String? {
        if text.hasPrefix("@") {
            let known = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]
            return known.contains(text) || text.hasPrefix("@every ")
                ? nil : "unrecognized descriptor: \(GoText.shortened(text))"
        }
        if text.hasPrefix("TZ=") || text.hasPrefix("CRON_TZ=") {
            return "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        }
        let fields = text.split(separator: " ")
        guard fields.count == 5 else {
            return
                "expected exactly 5 fields, found \(fields.count): [\(GoText.shortened(fields.joined(separator: " ")))]"
        }
        return nil
    }
}
