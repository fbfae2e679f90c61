import JSONText

/// The kinds of `admissionregistration.k8s.io/v1`: who is asked before an object is written.
///
/// Of their webhooks Nullius sets one thing: the authority that the server believes them by.
public enum AdmissionRegistrationV1 {
    public struct Webhook: Hashable, Sendable {
        public let name: String
        /// Base64 of PEM, as on the wire.
        public var authorities: String
    }

    public struct MutatingWebhooks: WebhookConfiguration, Hashable {
        public static let resource = ResourceType.mutatingWebhooks
        public var original: UnstructuredObject
        public var metadata: ObjectMetadata
        public var webhooks: [Webhook]

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            original = object
            metadata = try ObjectMetadata(object)
            webhooks = try Self.webhooks(of: object)
        }
    }

    public struct ValidatingWebhooks: WebhookConfiguration, Hashable {
        public static let resource = ResourceType.validatingWebhooks
        public var original: UnstructuredObject
        public var metadata: ObjectMetadata
        public var webhooks: [Webhook]

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            original = object
            metadata = try ObjectMetadata(object)
            webhooks = try Self.webhooks(of: object)
        }
    }
}

/// Both kinds of webhook configurations.
public protocol WebhookConfiguration: WritableResource {
    var webhooks: [AdmissionRegistrationV1.Webhook] { get set }
}

extension WebhookConfiguration {
    static func webhooks(
        of object: UnstructuredObject
    ) throws(ObjectError) -> [AdmissionRegistrationV1.Webhook] {
        try ObjectFields(object).list("webhooks") { entry throws(ObjectError) in
            AdmissionRegistrationV1.Webhook(
                name: try entry.text("name"),
                authorities: try entry.optionalFields("clientConfig").text("caBundle")
            )
        }
    }

    /// Finds webhooks by their names, which are unique within a configuration, and leaves the rest of each alone.
    public func write(to object: inout UnstructuredObject) {
        guard let elements = object["webhooks"]?.array else { return }
        let changed = elements.map { element in
            guard var webhook = UnstructuredObject(element),
                let known = webhooks.first(where: { .string($0.name) == webhook["name"] })
            else { return element }
            webhook["clientConfig", "caBundle"] =
                known.authorities.isEmpty ? nil : .string(known.authorities)
            return webhook.json
        }
        object["webhooks"] = .array(changed)
    }
}

/// The kinds of `apiextensions.k8s.io/v1`.
public enum APIExtensionsV1 {
    /// Whether a kind of one's own is there and served.
    public struct CustomResourceDefinition: KubernetesResource, Hashable {
        public static let resource = ResourceType.customResourceDefinitions

        public let metadata: ObjectMetadata
        public let group: String
        public let kind: String
        public let plural: String
        public let isNamespaced: Bool
        public let servedVersions: [String]
        public let storageVersion: String
        public let conditions: [ObjectCondition]

        /// Whether objects can be written.
        public var isEstablished: Bool { conditions.isTrue("Established") }
        public var areNamesAccepted: Bool { conditions.isTrue("NamesAccepted") }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let fields = ObjectFields(object)
            let spec = try fields.optionalFields("spec")
            let names = try spec.optionalFields("names")
            metadata = try ObjectMetadata(object)
            group = try spec.text("group")
            kind = try names.text("kind")
            plural = try names.text("plural")
            isNamespaced = try spec.text("scope") == "Namespaced"
            let versions = try spec.list("versions") { entry throws(ObjectError) in
                (try entry.text("name"), try entry.flag("served"), try entry.flag("storage"))
            }
            servedVersions = versions.filter(\.1).map(\.0)
            storageVersion = versions.first(where: \.2)?.0 ?? ""
            conditions = try ObjectCondition.read(fields.optionalFields("status"))
        }
    }
}
