import JSONText

/// Kinds of the core group that hold or order others.
enum CoreRules {
    static let kinds: [String: KindRules] = [
        "Namespace": namespace,
        "Event": event,
        "ResourceQuota": KindRules(returnsDeletedObject: true, initialStatus: [:]),
        "LimitRange": KindRules(createsOnUpdate: true),
    ]

    static let event = KindRules(createsOnUpdate: true, isWithoutGarbageCollection: true)

    private static let namespace = KindRules(
        name: .label,
        initialStatus: ["phase": "Active"],
        applyDefaults: { object in
            guard let name = object["metadata"]?["name"]?.string, !name.isEmpty else { return }
            object.edit("metadata") { metadata in
                metadata.editOrCreate("labels") {
                    $0.setDefault("kubernetes.io/metadata.name", .string(name))
                }
            }
        },
        prepareForCreate: { object in
            object.editOrCreate("metadata") { metadata in
                let name = metadata["name"] ?? ""
                metadata.editOrCreate("labels") { $0["kubernetes.io/metadata.name"] = name }
            }
            object.editOrCreate("spec") { spec in
                // The finalizer of namespaces is one that a user cannot leave out.
                let given = spec["finalizers"]?.array ?? []
                guard !given.contains("kubernetes") else { return }
                spec["finalizers"] = .array(given + ["kubernetes"])
            }
        },
        prepareForUpdate: { new, old in
            new.editOrCreate("spec") { $0["finalizers"] = old["spec"]?["finalizers"] }
        },
        validateUpdate: { new, _, errors in
            let labels = new["metadata"]?["labels"]
            let name = new["metadata"]?["name"]?.string ?? ""
            if labels?["kubernetes.io/metadata.name"]?.string != name {
                let path = FieldPath("metadata.labels").key("kubernetes.io/metadata.name")
                errors.invalid(path, labels?["kubernetes.io/metadata.name"], "must equal \(name)")
            }
        }
    )
}
