/// A kind that has a Swift type.
///
/// Such a type keeps what Nullius needs and lets go of the rest: fifty thousand pods fit into memory that way. So it
/// cannot be written back; what is written is a ``WritableResource``.
public protocol KubernetesResource: Sendable {
    /// Where it is served.
    static var resource: ResourceType { get }

    var metadata: ObjectMetadata { get }

    /// Reads an object that came from outside.
    ///
    /// Fields that are not known are passed over, for Kubernetes grows them; one that is known and has the wrong type
    /// refuses the object.
    init(_ object: UnstructuredObject) throws(ObjectError)
}

/// A kind that Nullius also writes, without losing a field that it does not know.
///
///     let lease = try Lease(object)          // reads what it knows, keeps `object` as `original`
///     lease.spec.renewTime = now             // sets what it knows
///     lease.object                           // is `original` with what it knows set anew
public protocol WritableResource: KubernetesResource {
    /// What it was read from; an object with no more than its kind when it was made here.
    var original: UnstructuredObject { get set }

    var metadata: ObjectMetadata { get set }

    /// Sets what the type knows besides `metadata`, and removes what it knows to be absent.
    func write(to object: inout UnstructuredObject)
}

extension WritableResource {
    /// The whole object, as it is sent.
    public var object: UnstructuredObject {
        var object = original
        object.apiVersion = Self.resource.groupVersion.apiVersion
        object.kind = Self.resource.kind
        metadata.write(to: &object)
        write(to: &object)
        return object
    }
}

extension KubernetesResource {
    /// Refuses an object of another kind: a server that mixes them up is not to be believed.
    static func expectKind(of object: UnstructuredObject) throws(ObjectError) {
        // The items of a list may leave both out.
        let kind = object.kind
        let version = object.apiVersion
        guard kind.isEmpty || kind == resource.kind else {
            throw ObjectError("kind", "is \(Spelling.quoted(kind)), not \(resource.kind)")
        }
        guard version.isEmpty || version == resource.groupVersion.apiVersion else {
            throw ObjectError("apiVersion", "is \(Spelling.quoted(version)), not \(resource.groupVersion)")
        }
    }
}
