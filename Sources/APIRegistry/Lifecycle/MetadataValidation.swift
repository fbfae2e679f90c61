import JSONText
import KubernetesModel

/// What every object's metadata must satisfy, whatever its kind.
enum MetadataValidation {
    private static let metadata = FieldPath("metadata")
    private static let annotationBytes = 256 << 10

    static func validate(
        _ object: UnstructuredObject,
        isNamespaced: Bool,
        rule: NameRule,
        _ errors: inout FieldErrors
    ) {
        let generateName = object["metadata", "generateName"]?.string ?? ""
        if !generateName.isEmpty, let problem = rule.problem(withPrefix: generateName) {
            errors.invalid(metadata.child("generateName"), .string(generateName), problem)
        }
        if object.name.isEmpty {
            errors.required(metadata.child("name"), "name or generateName is required")
        } else if let problem = rule.problem(with: object.name) {
            errors.invalid(metadata.child("name"), .string(object.name), problem)
        }
        if isNamespaced {
            if object.namespace.isEmpty {
                errors.required(metadata.child("namespace"))
            } else if let problem = Names.labelProblem(object.namespace) {
                errors.invalid(metadata.child("namespace"), .string(object.namespace), problem)
            }
        } else if !object.namespace.isEmpty {
            errors.forbidden(metadata.child("namespace"), "not allowed on this type")
        }
        validateCommon(object, &errors)
    }

    /// What may be wrong after an update as well as in a new object.
    private static func validateCommon(_ object: UnstructuredObject, _ errors: inout FieldErrors) {
        if let generation = object.generation, generation < 0 {
            errors.invalid(
                metadata.child("generation"),
                .int(generation),
                "must be greater than or equal to 0"
            )
        }
        labels(object["metadata", "labels"], metadata.child("labels"), &errors)
        annotations(object["metadata", "annotations"], &errors)
        ownerReferences(object["metadata", "ownerReferences"]?.array ?? [], &errors)
        finalizers(object.finalizers, &errors)
    }

    static func labels(_ value: JSONValue?, _ path: FieldPath, _ errors: inout FieldErrors) {
        for label in value?.object ?? JSONObject() {
            if let problem = Names.qualifiedNameProblem(label.name) {
                errors.invalid(path, .string(label.name), problem)
            }
            if let text = label.value.string, let problem = Names.labelValueProblem(text) {
                errors.invalid(path, .string(text), problem)
            }
        }
    }

    private static func annotations(_ value: JSONValue?, _ errors: inout FieldErrors) {
        let path = metadata.child("annotations")
        var bytes = 0
        for annotation in value?.object ?? JSONObject() {
            if let problem = Names.qualifiedNameProblem(annotation.name.lowercased()) {
                errors.invalid(path, .string(annotation.name), problem)
            }
            bytes += annotation.name.utf8.count + (annotation.value.string?.utf8.count ?? 0)
        }
        if bytes > annotationBytes { errors.tooLong(path, bytes: annotationBytes) }
    }

    private static func ownerReferences(_ references: [JSONValue], _ errors: inout FieldErrors) {
        let path = metadata.child("ownerReferences")
        var controller: String?
        var isControllerClear = true
        for reference in references {
            let version = GroupVersion(apiVersion: reference["apiVersion"]?.string ?? "")
            if version == nil {
                errors.invalid(
                    path.child("apiVersion"),
                    reference["apiVersion"] ?? "",
                    "version must not be empty"
                )
            }
            for name in ["kind", "name", "uid"] where (reference[name]?.string ?? "").isEmpty {
                errors.invalid(path.child(name), "", "must not be empty")
            }
            if version?.group == "", reference["kind"]?.string == "Event" {
                errors.invalid(path, reference["kind"], "/v1, Kind=Event is disallowed from being an owner")
            }
            guard reference["controller"]?.bool == true else { continue }
            let name = reference["name"]?.string ?? ""
            // The message holds all references, so that it comes once, however many there are.
            if let controller, isControllerClear {
                isControllerClear = false
                errors.invalid(
                    path,
                    .array(references),
                    "Only one reference can have Controller set to true. Found \"true\" in references for \(GoText.shortened(controller)) and \(GoText.shortened(name))"
                )
            }
            controller = controller ?? name
        }
    }

    private static func finalizers(_ finalizers: [String], _ errors: inout FieldErrors) {
        let path = metadata.child("finalizers")
        for name in finalizers {
            if let problem = Names.qualifiedNameProblem(name) { errors.invalid(path, .string(name), problem) }
        }
        if finalizers.contains("orphan"), finalizers.contains("foregroundDeletion") {
            errors.invalid(
                path,
                .strings(finalizers),
                "finalizer orphan and foregroundDeletion cannot be both set"
            )
        }
    }

    /// What an update must leave alone.
    static func validateUpdate(
        _ new: UnstructuredObject,
        _ old: UnstructuredObject,
        _ errors: inout FieldErrors
    ) {
        validateCommon(new, &errors)
        if old.isBeingDeleted {
            let known = Set(old.finalizers)
            let added = new.finalizers.filter { !known.contains($0) }
            if !added.isEmpty {
                let list = added.prefix(10).map(GoText.quoted).joined(separator: ", ")
                errors.forbidden(
                    metadata.child("finalizers"),
                    "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(list)}"
                )
            }
        }
        for name in [
            "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ] {
            let value = new["metadata", name]
            if !value.isEquivalent(to: old["metadata", name]) {
                errors.invalid(metadata.child(name), value, "field is immutable")
            }
        }
        if (new.generation ?? 0) < (old.generation ?? 0) {
            errors.invalid(metadata.child("generation"), .int(new.generation ?? 0), "must not be decremented")
        }
    }
}
