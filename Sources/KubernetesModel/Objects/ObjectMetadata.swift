public import JSONText

/// An object's `metadata` as an API server gives it (`meta/v1` ObjectMeta).
///
/// The older ``ObjectMeta`` is what a person wrote into a manifest: it knows its line, takes `default` for a namespace
/// that is left out, and has a usable name, for a policy about it follows. This one is what a server answered: every
/// field that clients act on, and nothing assumed. Both read labels and annotations alike.
///
/// `managedFields` are left to the unstructured object; no decision of a client depends on them.
public struct ObjectMetadata: Hashable, Sendable {
    public var name: String
    /// What the server makes a name from when there is none.
    public var generateName: String
    /// Empty for an object of the cluster.
    public var namespace: String
    public var uid: String
    /// Opaque; empty before the object was stored.
    public var resourceVersion: String
    public var generation: Int?
    public var creationTimestamp: Timestamp?
    public var deletionTimestamp: Timestamp?
    public var deletionGracePeriod: Duration?
    public var labels: [String: String]
    public var annotations: [String: String]
    public var ownerReferences: [OwnerReference]
    public var finalizers: [String]

    public init(
        name: String = "",
        generateName: String = "",
        namespace: String = "",
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        ownerReferences: [OwnerReference] = [],
        finalizers: [String] = []
    ) {
        self.name = name
        self.generateName = generateName
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
        self.ownerReferences = ownerReferences
        self.finalizers = finalizers
        uid = ""
        resourceVersion = ""
    }

    public var objectName: ObjectName { ObjectName(namespace: namespace, name: name) }
    public var isBeingDeleted: Bool { deletionTimestamp != nil }

    /// The owner that is responsible for the object; there is at most one.
    public var controller: OwnerReference? { ownerReferences.first(where: \.isController) }

    public init(_ object: UnstructuredObject) throws(ObjectError) {
        let fields = try ObjectFields(object).optionalFields("metadata")
        name = try fields.text("name")
        generateName = try fields.text("generateName")
        namespace = try fields.text("namespace")
        uid = try fields.text("uid")
        resourceVersion = try fields.text("resourceVersion")
        generation = try fields.int("generation")
        creationTimestamp = try fields.timestamp("creationTimestamp")
        deletionTimestamp = try fields.timestamp("deletionTimestamp")
        deletionGracePeriod = try fields.int("deletionGracePeriodSeconds").map { .seconds($0) }
        labels = try fields.dictionary("labels")
        annotations = try fields.dictionary("annotations")
        ownerReferences = try fields.list("ownerReferences", OwnerReference.init(_:))
        finalizers = try fields.strings("finalizers")
    }

    /// Sets what a client may set; the rest is the server's and stays as it was read.
    public func write(to object: inout UnstructuredObject) {
        for (field, text) in [
            ("name", name), ("generateName", generateName), ("namespace", namespace), ("uid", uid),
            ("resourceVersion", resourceVersion),
        ] {
            object["metadata", field] = text.isEmpty ? nil : .string(text)
        }
        object.labels = labels
        object.annotations = annotations
        object.finalizers = finalizers
        object["metadata", "ownerReferences"] =
            ownerReferences.isEmpty ? nil : .array(ownerReferences.map(\.json))
    }
}

/// An object without which another shall not be (`meta/v1` OwnerReference).
public struct OwnerReference: Hashable, Sendable {
    public var apiVersion: String
    public var kind: String
    public var name: String
    public var uid: String
    public var isController: Bool
    /// With foreground deletion, the owner waits for this object to go.
    public var blocksOwnerDeletion: Bool

    public init(
        apiVersion: String,
        kind: String,
        name: String,
        uid: String,
        isController: Bool = false,
        blocksOwnerDeletion: Bool = false
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.isController = isController
        self.blocksOwnerDeletion = blocksOwnerDeletion
    }

    public init(_ fields: ObjectFields) throws(ObjectError) {
        apiVersion = try fields.text("apiVersion")
        kind = try fields.text("kind")
        name = try fields.text("name")
        uid = try fields.text("uid")
        isController = try fields.flag("controller")
        blocksOwnerDeletion = try fields.flag("blockOwnerDeletion")
    }

    public var json: JSONValue {
        var members: JSONObject = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name),
            "uid": .string(uid),
        ]
        if isController { members["controller"] = true }
        if blocksOwnerDeletion { members["blockOwnerDeletion"] = true }
        return .object(members)
    }
}
