public import KubernetesModel

/// Where an object lives, whatever version it is read in.
public struct ObjectKey: Hashable, Sendable {
    public var resource: GroupResource
    /// Empty for an object of the cluster.
    public var namespace: String
    public var name: String

    public init(resource: GroupResource, namespace: String, name: String) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
    }
}

/// An object as it is stored, at one revision.
public struct StoredObject: Hashable, Sendable {
    public var key: ObjectKey
    /// The revision of its last change; counts over all objects, as `metadata.resourceVersion`.
    public var revision: UInt64
    /// Carries that revision as `metadata.resourceVersion`.
    public var object: UnstructuredObject

    public init(key: ObjectKey, revision: UInt64, object: UnstructuredObject) {
        self.key = key
        self.revision = revision
        self.object = object
    }
}
