import APIRegistry
import JSONText
import KubernetesModel

/// What the schema of a resource does to objects on their way in and out.
struct ObjectShape: Sendable {
    let definition: ResourceDefinition

    private var schema: Schema { definition.schema }

    init(_ definition: ResourceDefinition) {
        self.definition = definition
    }

    /// Drops what the schema does not know, as strictly as the caller wants, and fills in defaults.
    ///
    /// A value of a wrong type in a built-in kind cannot be read by Kubernetes at all, so it is refused here; in a
    /// user's kind it is found by ``validate(_:)``, together with all else that is wrong.
    func receive(_ object: inout UnstructuredObject, _ call: WriteCall) throws(APIStatus) {
        var value = object.json
        let unknown = schema.prune(&value)
        try report(unknown.map(Schema.unknownFieldMessage), call)
        try setContent(&object, value)
        if !definition.isCustom,
            let reason = BuiltInSchemas.shared.decodingError(
                in: object.json,
                as: definition.groupVersionKind
            )
        {
            throw cannotBeHandled(reason)
        }
        complete(&object)
    }

    private func report(_ problems: [String], _ call: WriteCall) throws(APIStatus) {
        guard !problems.isEmpty else { return }
        switch call.fieldValidation {
        case .ignore: return
        case .warn: for problem in problems { call.warnings.add(problem) }
        case .strict:
            throw cannotBeHandled("strict decoding error: \(problems.prefix(100).joined(separator: ", "))")
        }
    }

    private func cannotBeHandled(_ reason: String) -> APIStatus {
        .badRequest(
            "\(definition.kind) in version \"\(definition.groupVersion.version)\" cannot be handled as a \(definition.kind): \(reason)"
        )
    }

    private func setContent(_ object: inout UnstructuredObject, _ value: JSONValue) throws(APIStatus) {
        guard let content = value.object else { throw .badRequest("the object is \(value.kind)") }
        object.content = content
    }

    /// Fills in defaults once more, after somebody changed the object.
    func complete(_ object: inout UnstructuredObject) {
        var value = object.json
        schema.applyDefaults(to: &value)
        if let content = value.object { object.content = content }
    }

    /// Shows a stored object of a user's kind by the schema in force.
    func present(_ object: inout UnstructuredObject) {
        var value = object.json
        schema.prune(&value)
        schema.applyDefaults(to: &value)
        if let content = value.object { object.content = content }
    }

    /// Refuses what the schema does not allow.
    func validate(_ object: UnstructuredObject) throws(APIStatus) {
        guard definition.isCustom else { return }
        let causes = schema.validate(object.json)
        guard causes.isEmpty else {
            throw .invalid(definition.groupVersionKind, name: object.name, causes: causes)
        }
    }
}
