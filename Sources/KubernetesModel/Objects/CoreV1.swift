import JSONText

/// The kinds of the core group that Nullius reads and writes (`v1`).
///
/// A namespace of Swift's, for the names are everybody's: a ``Service`` of a manifest is another thing.
public enum CoreV1 {}

extension CoreV1 {
    /// Where objects live that are nobody else's.
    public struct Namespace: WritableResource, Hashable {
        public static let resource = ResourceType.namespaces

        public var original: UnstructuredObject
        public var metadata: ObjectMetadata
        /// `Active` or `Terminating`.
        public let phase: String

        public init(metadata: ObjectMetadata) {
            original = UnstructuredObject()
            self.metadata = metadata
            phase = ""
        }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            original = object
            metadata = try ObjectMetadata(object)
            phase = try ObjectFields(object).optionalFields("status").text("phase")
        }

        public func write(to object: inout UnstructuredObject) {}
    }

    /// Who a pod is.
    public struct ServiceAccount: WritableResource, Hashable {
        public static let resource = ResourceType.serviceAccounts

        public var original: UnstructuredObject
        public var metadata: ObjectMetadata
        /// `nil` leaves it to the pods.
        public var automountsToken: Bool?

        public init(metadata: ObjectMetadata) {
            original = UnstructuredObject()
            self.metadata = metadata
        }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            original = object
            metadata = try ObjectMetadata(object)
            automountsToken = try ObjectFields(object).bool("automountServiceAccountToken")
        }

        public func write(to object: inout UnstructuredObject) {
            object["automountServiceAccountToken"] = automountsToken.map { .bool($0) }
        }
    }

    /// Texts and bytes for programs, and no secrets.
    public struct ConfigMap: WritableResource, Hashable {
        public static let resource = ResourceType.configMaps

        public var original: UnstructuredObject
        public var metadata: ObjectMetadata
        public var data: [String: String]
        public var isImmutable: Bool

        public init(metadata: ObjectMetadata, data: [String: String] = [:]) {
            original = UnstructuredObject()
            self.metadata = metadata
            self.data = data
            isImmutable = false
        }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let fields = ObjectFields(object)
            original = object
            metadata = try ObjectMetadata(object)
            data = try fields.dictionary("data")
            isImmutable = try fields.flag("immutable")
        }

        public func write(to object: inout UnstructuredObject) {
            object["data"] = data.isEmpty ? nil : .dictionary(data)
            object["immutable"] = isImmutable ? true : nil
        }
    }

    /// Bytes that few may read.
    ///
    /// `data` is base64 as on the wire. Never printed: descriptions and mirrors show the name alone.
    public struct Secret: WritableResource, Hashable, CustomStringConvertible, CustomReflectable {
        public static let resource = ResourceType.secrets

        public var original: UnstructuredObject
        public var metadata: ObjectMetadata
        /// Such as `Opaque` or `kubernetes.io/tls`.
        public var type: String
        public var data: [String: String]

        public init(metadata: ObjectMetadata, type: String = "Opaque", data: [String: String] = [:]) {
            original = UnstructuredObject()
            self.metadata = metadata
            self.type = type
            self.data = data
        }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let fields = ObjectFields(object)
            original = object
            metadata = try ObjectMetadata(object)
            type = try fields.text("type")
            data = try fields.dictionary("data")
        }

        public func write(to object: inout UnstructuredObject) {
            object["type"] = type.isEmpty ? nil : .string(type)
            object["data"] = data.isEmpty ? nil : .dictionary(data)
        }

        public var description: String { "Secret \(metadata.objectName)" }
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// A machine that pods run on.
    public struct Node: KubernetesResource, Hashable {
        public static let resource = ResourceType.nodes

        public let metadata: ObjectMetadata
        public let podCIDRs: [String]
        /// Addresses by their type, such as `InternalIP`.
        public let addresses: [Address]
        public let isReady: Bool

        public struct Address: Hashable, Sendable {
            public let type: String
            public let address: String
        }

        public init(_ object: UnstructuredObject) throws(ObjectError) {
            try Self.expectKind(of: object)
            let fields = ObjectFields(object)
            let status = try fields.optionalFields("status")
            metadata = try ObjectMetadata(object)
            podCIDRs = try fields.optionalFields("spec").strings("podCIDRs")
            addresses = try status.list("addresses") { entry throws(ObjectError) in
                Address(type: try entry.text("type"), address: try entry.text("address"))
            }
            isReady = try ObjectCondition.read(status).isTrue("Ready")
        }
    }
}

/// Whether something holds of an object (`meta/v1` Condition, and the kinds' own that are like it).
public struct ObjectCondition: Hashable, Sendable {
    public let type: String
    /// `True`, `False` or `Unknown`.
    public let status: String
    public let reason: String
    public let message: String

    static func read(_ status: ObjectFields) throws(ObjectError) -> [ObjectCondition] {
        try status.list("conditions") { entry throws(ObjectError) in
            ObjectCondition(
                type: try entry.text("type"),
                status: try entry.text("status"),
                reason: try entry.text("reason"),
                message: try entry.text("message")
            )
        }
    }
}

extension [ObjectCondition] {
    /// Not known is not true.
    public func isTrue(_ type: String) -> Bool { contains { $0.type == type && $0.status == "True" } }
}

extension JSONValue {
    /// An object with the names in order, so that what is written does not differ from run to run.
    static func dictionary(_ values: [String: String]) -> JSONValue {
        .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}
