import JSONText
public import KubernetesModel

/// What happens to an object of one resource from its creation to its end.
///
/// Pure: time, identifiers and randomness are arguments. A write calls, in this order:
///
/// | Create | Update | then |
/// |---|---|---|
/// | ``receive(_:namespace:)`` | ``receive(_:namespace:name:)`` | the schema's unknown fields and its defaults |
/// | ``applyDefaults(_:)`` | ``applyDefaults(_:)`` | ``checkSchema(_:)``; mutating webhooks, and both again |
/// | ``prepareForCreate(_:now:uid:random:)`` | ``prepareForUpdate(_:old:subresource:)`` | |
/// | ``validateCreate(_:)`` | ``validateUpdate(_:old:subresource:)`` | validating webhooks |
/// | | ``isUnchanged(_:from:)``, ``isGone(_:after:)`` | the store |
///
/// The schema is checked after the defaults: what it requires may be a default.
public struct ObjectLifecycle: Sendable {
    public let definition: ResourceDefinition
    let rules: KindRules

    public init(_ definition: ResourceDefinition) {
        self.definition = definition
        rules = KindRules.of(definition)
    }

    /// Whether an update of what is not there creates it.
    public var createsOnUpdate: Bool { rules.createsOnUpdate }
    /// Whether a delete answers with the object instead of a Status.
    public var returnsDeletedObject: Bool { rules.returnsDeletedObject }

    var resource: GroupResource { definition.groupResource }
    var kind: GroupVersionKind { definition.groupVersionKind }
}

// MARK: - What came

extension ObjectLifecycle {
    /// Makes a new object agree with the path it was sent to, or refuses it.
    public func receive(_ object: inout UnstructuredObject, namespace: String) throws(APIStatus) {
        try receiveKind(&object)
        try receiveNamespace(&object, namespace)
        receiveTimes(&object)
    }

    /// Makes a changed object agree with the path it was sent to, or refuses it.
    public func receive(_ object: inout UnstructuredObject, namespace: String, name: String) throws(APIStatus)
    {
        try receiveKind(&object)
        guard !object.name.isEmpty else {
            throw .badRequest(
                "the name of the object (\(name) based on URL) was undeterminable: name must be provided"
            )
        }
        guard object.name == name else {
            throw .badRequest(
                "the name of the object (\(GoText.shortened(object.name))) does not match the name on the URL (\(name))"
            )
        }
        if !namespace.isEmpty, !object.namespace.isEmpty, object.namespace != namespace {
            throw .badRequest(
                "the namespace of the object (\(GoText.shortened(object.namespace))) does not match the namespace on the URL (\(namespace))"
            )
        }
        try receiveNamespace(&object, namespace)
        receiveTimes(&object)
    }

    /// Times come in every spelling of RFC 3339; compared and stored is one.
    private func receiveTimes(_ object: inout UnstructuredObject) {
        if definition.isCustom {
            guard var metadata = object["metadata"], let schema = Self.metadataSchema else { return }
            schema.canonicalizeTimes(in: &metadata)
            object["metadata"] = metadata
        } else {
            var value = object.json
            definition.schema.canonicalizeTimes(in: &value)
            object = UnstructuredObject(value) ?? object
        }
    }

    private static let metadataSchema = BuiltInSchemas.shared.schema(
        named: "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    )

    private func receiveNamespace(_ object: inout UnstructuredObject, _ namespace: String) throws(APIStatus) {
        if object["metadata"]?.object == nil {
            guard object["metadata"]?.isNull ?? true else { throw .badRequest("metadata must be an object") }
            object["metadata"] = .object(JSONObject())
        }
        let given = object.namespace
        guard given != namespace else { return }
        guard given.isEmpty || namespace.isEmpty else {
            throw .badRequest(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        }
        object.namespace = namespace
    }

    /// An object of a built-in kind need not say what it is; one of a user's kind must.
    private func receiveKind(_ object: inout UnstructuredObject) throws(APIStatus) {
        for name in ["kind", "apiVersion"] where object.content.isEmpty(name) {
            guard !definition.isCustom else {
                let title = name == "kind" ? "Kind" : "apiVersion"
                throw .badRequest("Object '\(title)' is missing in '\(GoText.shortened(object.json.text()))'")
            }
            object[name] = .string(name == "kind" ? definition.kind : definition.groupVersion.apiVersion)
        }
        guard object.apiVersion == definition.groupVersion.apiVersion else {
            throw .badRequest(
                "the API version in the data (\(GoText.shortened(object.apiVersion))) does not match the expected API version (\(definition.groupVersion))"
            )
        }
        guard object.kind == definition.kind else {
            let given = GoText.shortened(object.kind)
            throw .badRequest(
                "\(given) in version \(GoText.quoted(definition.groupVersion.version)) cannot be handled as a \(definition.kind): converting (\(definition.groupVersion.version).\(given)) to (\(internalPackage).\(definition.kind)): unknown conversion"
            )
        }
        if let problem = rules.malformation(object.content) {
            throw .badRequest(
                "\(definition.kind) in version \(GoText.quoted(definition.groupVersion.version)) cannot be handled as a \(definition.kind): \(problem)"
            )
        }
    }

    /// The name under which messages of Kubernetes know a group.
    private var internalPackage: String {
        let group = definition.groupVersion.group
        return group.isEmpty ? "core" : String(group.prefix { $0 != "." })
    }

    /// Fills in what a kind's rules say of fields that are absent.
    ///
    /// The defaults that a schema declares are the schema's to fill in, before these.
    public func applyDefaults(_ object: inout UnstructuredObject) {
        rules.applyDefaults(&object.content)
    }
}

// MARK: - Create

extension ObjectLifecycle {
    /// Gives a new object its identity, and takes away what only the server may write.
    public func prepareForCreate(
        _ object: inout UnstructuredObject,
        now: Timestamp,
        uid: String,
        random: inout some RandomNumberGenerator
    ) throws(APIStatus) {
        guard object.resourceVersion.isEmpty else {
            throw .badRequest("resourceVersion should not be set on objects to be created")
        }
        let generateName = object["metadata", "generateName"]?.string ?? ""
        if object.name.isEmpty, !generateName.isEmpty {
            object.name = GeneratedName.make(from: generateName, using: &random)
        }
        object.uid = uid
        object["metadata", "creationTimestamp"] = .string(now.description)
        for name in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"] {
            object["metadata", name] = nil
        }
        if rules.hasGeneration { object.generation = 1 }
        if definition.isCustom {
            if definition.hasStatus { object["status"] = nil }
        } else if let status = rules.initialStatus {
            object["status"] = .object(status)
        }
        rules.prepareForCreate(&object.content)
    }

    public func validateCreate(_ object: UnstructuredObject) throws(APIStatus) {
        var errors = FieldErrors()
        MetadataValidation.validate(object, isNamespaced: definition.isNamespaced, rule: rules.name, &errors)
        rules.validate(object.content, &errors)
        try errors.check(kind, name: object.name)
    }
}

/// Names made from a `generateName`: its beginning, and five letters and digits that make no words.
public enum GeneratedName {
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    private static let letters = 5
    private static let limit = 63

    public static func make(from base: String, using random: inout some RandomNumberGenerator) -> String {
        var name = String(decoding: base.utf8.prefix(limit - letters), as: UTF8.self)
        for _ in 0..<letters {
            if let letter = alphabet.randomElement(using: &random) { name.append(letter) }
        }
        return name
    }
}
