import JSONText

/// Volumes, their claims and their classes (core, and group storage.k8s.io).
enum StorageRules {
    private static let spec = FieldPath("spec")
    private static let accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

    static let kinds: [String: KindRules] = [
        "PersistentVolume": KindRules(
            returnsDeletedObject: true,
            initialStatus: ["phase": "Pending"],
            applyDefaults: { object in
                object.edit("spec") { spec in
                    spec.setDefault("persistentVolumeReclaimPolicy", "Retain")
                    spec.setDefault("volumeMode", "Filesystem")
                }
            },
            validate: { object, errors in
                validateModes(object["spec"], &errors)
                if object["spec"]?["capacity"]?.isEmptyValue ?? true {
                    errors.required(spec.child("capacity"))
                }
                errors.checkOneOf(
                    object["spec"]?["persistentVolumeReclaimPolicy"],
                    ["Delete", "Recycle", "Retain"],
                    spec.child("persistentVolumeReclaimPolicy")
                )
            }
        ),
        "PersistentVolumeClaim": KindRules(
            returnsDeletedObject: true,
            initialStatus: ["phase": "Pending"],
            applyDefaults: { object in object.edit("spec") { $0.setDefault("volumeMode", "Filesystem") } },
            validate: { object, errors in
                validateModes(object["spec"], &errors)
                if object["spec"]?["resources"]?["requests"]?["storage"] == nil {
                    errors.required(spec.child("resources").key("storage"))
                }
            },
            validateUpdate: { new, old, errors in
                func fixed(_ object: JSONObject) -> JSONValue? {
                    guard var members = object["spec"]?.object else { return object["spec"] }
                    members.edit("resources") { $0["requests"] = nil }
                    members["volumeAttributesClassName"] = nil
                    // A claim is bound once.
                    if (old["spec"]?["volumeName"]?.string ?? "").isEmpty { members["volumeName"] = nil }
                    return .object(members)
                }
                if !fixed(new).isEquivalent(to: fixed(old)) {
                    errors.forbidden(
                        spec,
                        "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
                    )
                }
            }
        ),
    ]

    static let classes: [String: KindRules] = [
        "StorageClass": KindRules(
            returnsDeletedObject: true,
            applyDefaults: { object in
                object.setDefault("reclaimPolicy", "Delete")
                object.setDefault("volumeBindingMode", "Immediate")
            },
            validate: { object, errors in
                if (object.string("provisioner") ?? "").isEmpty { errors.required(FieldPath("provisioner")) }
                errors.checkOneOf(
                    object["reclaimPolicy"],
                    ["Delete", "Retain"],
                    FieldPath("reclaimPolicy")
                )
                errors.checkOneOf(
                    object["volumeBindingMode"],
                    ["Immediate", "WaitForFirstConsumer"],
                    FieldPath("volumeBindingMode")
                )
            },
            validateUpdate: { new, old, errors in
                for (name, words) in [
                    ("parameters", "updates to parameters are forbidden."),
                    ("provisioner", "updates to provisioner are forbidden."),
                    ("reclaimPolicy", "updates to reclaimPolicy are forbidden."),
                ] where !new[name].isEquivalent(to: old[name]) {
                    errors.forbidden(FieldPath(name), words)
                }
                errors.checkUnchanged("volumeBindingMode", .object(new), .object(old), FieldPath(""))
            }
        )
    ]

    private static func validateModes(_ value: JSONValue?, _ errors: inout FieldErrors) {
        let modes = value?["accessModes"]?.array ?? []
        if modes.isEmpty { errors.required(spec.child("accessModes"), "at least 1 access mode is required") }
        for mode in modes {
            errors.checkOneOf(mode, accessModes, spec.child("accessModes"), isRequired: true)
        }
    }
}
