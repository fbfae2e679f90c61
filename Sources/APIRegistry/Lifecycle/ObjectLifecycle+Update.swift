import JSONText
public import KubernetesModel

extension ObjectLifecycle {
    /// Takes from the stored object what an update may not touch, and counts a change of the spec.
    ///
    /// The subresource is empty, `status`, or `finalize` (of namespaces). Refuses an update that was made from another
    /// version than the stored one, or for another object of the same name.
    public func prepareForUpdate(
        _ object: inout UnstructuredObject,
        old: UnstructuredObject,
        subresource: String = ""
    ) throws(APIStatus) {
        try checkResourceVersion(object.resourceVersion, old)
        if !object.uid.isEmpty, object.uid != old.uid {
            throw .conflict(
                resource,
                name: old.name,
                "Precondition failed: UID in precondition: \(GoText.shortened(object.uid)), UID in object meta: \(old.uid)"
            )
        }
        keepMetadata(&object, old)
        switch subresource {
        case "status": takeStatus(&object, old)
        case "finalize": takeFinalizers(&object, old)
        default:
            if definition.hasStatus || rules.initialStatus != nil { object["status"] = old["status"] }
            rules.prepareForUpdate(&object.content, old.content)
            countChange(&object, old)
        }
    }

    public func validateUpdate(
        _ object: UnstructuredObject,
        old: UnstructuredObject,
        subresource: String = ""
    ) throws(APIStatus) {
        var errors = FieldErrors()
        MetadataValidation.validateUpdate(object, old, &errors)
        if subresource.isEmpty {
            rules.validate(object.content, &errors)
            rules.validateUpdate(object.content, old.content, &errors)
        }
        try errors.check(kind, name: old.name)
    }

    /// Whether an update changes nothing, so that it is not written and the resource version stays.
    ///
    /// Times in managed fields are no change: server-side apply writes one at every request.
    public func isUnchanged(_ object: UnstructuredObject, from old: UnstructuredObject) -> Bool {
        func comparable(_ object: UnstructuredObject) -> JSONValue {
            var copy = object
            copy["metadata", "resourceVersion"] = nil
            if var entries = copy["metadata", "managedFields"]?.array {
                for index in entries.indices {
                    guard var entry = entries[index].object else { continue }
                    entry["time"] = nil
                    entries[index] = .object(entry)
                }
                copy["metadata", "managedFields"] = .array(entries)
            }
            return copy.json
        }
        return comparable(object).isEquivalent(to: comparable(old))
    }

    private func checkResourceVersion(_ version: String, _ old: UnstructuredObject) throws(APIStatus) {
        if version.isEmpty || version == "0" {
            guard rules.allowsUnconditionalUpdate else {
                var errors = FieldErrors()
                errors.invalid(
                    FieldPath("metadata.resourceVersion"),
                    text: "0x0",
                    "must be specified for an update"
                )
                return try errors.check(kind, name: old.name)
            }
            return
        }
        guard UInt64(version) != nil else {
            var errors = FieldErrors()
            errors.invalid(
                FieldPath("metadata.resourceVersion"),
                .string(version),
                "strconv.ParseUint: parsing \(GoText.quoted(version)): invalid syntax"
            )
            return try errors.check(kind, name: old.name)
        }
        guard version == old.resourceVersion else { throw .modified(resource, name: old.name) }
    }

    /// What an update may leave out is kept; what it may not change is the stored object's.
    private func keepMetadata(_ object: inout UnstructuredObject, _ old: UnstructuredObject) {
        object.resourceVersion = old.resourceVersion
        object["metadata", "generation"] = old["metadata", "generation"]
        object["metadata", "selfLink"] = nil
        for name in ["uid", "creationTimestamp"] where object["metadata", name]?.isEmptyValue ?? true {
            object["metadata", name] = old["metadata", name]
        }
        // Nobody takes a deletion back, and only a delete makes one.
        object["metadata", "deletionTimestamp"] = old["metadata", "deletionTimestamp"]
        if object["metadata", "deletionGracePeriodSeconds"]?.isNull ?? true || !old.isBeingDeleted {
            object["metadata", "deletionGracePeriodSeconds"] = old["metadata", "deletionGracePeriodSeconds"]
        }
    }

    /// The stored object with another status; of a built-in kind also with other labels and annotations.
    private func takeStatus(_ object: inout UnstructuredObject, _ old: UnstructuredObject) {
        var result = old
        result["status"] = object["status"]
        if definition.isCustom {
            result["metadata", "managedFields"] = object["metadata", "managedFields"]
        } else {
            result["metadata"] = object["metadata"]
            result["metadata", "ownerReferences"] = old["metadata", "ownerReferences"]
        }
        object = result
    }

    private func takeFinalizers(_ object: inout UnstructuredObject, _ old: UnstructuredObject) {
        var result = old
        result["metadata"] = object["metadata"]
        result["spec", "finalizers"] = object["spec", "finalizers"]
        object = result
    }

    private func countChange(_ object: inout UnstructuredObject, _ old: UnstructuredObject) {
        guard rules.hasGeneration else { return }
        func counted(_ object: UnstructuredObject) -> JSONValue {
            var content = object.content
            content["metadata"] = nil
            if definition.hasStatus { content["status"] = nil }
            return .object(content)
        }
        var changed = !counted(object).isEquivalent(to: counted(old))
        if kind.group == "apps", kind.kind == "Deployment" {
            changed = changed || object.annotations != old.annotations
        }
        // A hostile generation cannot come in, but an overflow would stop the server.
        if changed { object.generation = (old.generation ?? 0).addingReportingOverflow(1).partialValue }
    }
}
