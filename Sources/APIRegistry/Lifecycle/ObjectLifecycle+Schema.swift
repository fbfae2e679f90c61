import JSONText
public import KubernetesModel

extension ObjectLifecycle {
    /// Refuses an object whose values have not the types, or the form, that its schema says; comes after the defaults.
    ///
    /// For users' kinds everything the schema says counts (422). For built-in kinds its types alone do, and as a body
    /// that cannot be read (400): what else Kubernetes asks of them is in their rules. Their schemas call fields
    /// required and elements unique that Kubernetes lets pass, such as two variables of one name in a container.
    public func checkSchema(_ object: UnstructuredObject) throws(APIStatus) {
        guard !definition.isCustom else {
            let causes = definition.schema.validate(object.json)
            if !causes.isEmpty { throw .invalid(kind, name: object.name, causes: causes) }
            return
        }
        // What is passed over must not hide what is not: a list of causes that is full is as good as a wrong type.
        var limits = Schema.ValidationLimits()
        limits.causes = 10_000
        let causes = definition.schema.validate(object.json, limits: limits)
        let wrong = causes.first { Self.concernsType($0.reason) }
        guard let first = wrong ?? (causes.count >= limits.causes ? causes.last : nil) else { return }
        throw .badRequest(
            "\(definition.kind) in version \(GoText.quoted(definition.groupVersion.version)) cannot be handled as a \(definition.kind): \(first.field): \(first.message)"
        )
    }

    private static func concernsType(_ reason: String) -> Bool {
        !["FieldValueRequired", "FieldValueDuplicate", "FieldValueNotSupported"].contains(reason)
    }
}
