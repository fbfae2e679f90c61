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

    /// `namespace/name`, or the name alone: the text whose bytes give lists their order, as etcd does.
    ///
    /// So `a-b/x` comes before `a/x`.
    var path: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    init(resource: GroupResource, path: String) {
        self.resource = resource
        if let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) {
            namespace = String(path[..<slash])
            name = String(path[path.utf8.index(after: slash)...])
        } else {
            namespace = ""
            name = path
        }
    }

    /// Whether the path can be read back; the API's own rules for names are stricter.
    var isStorable: Bool {
        let parts = [resource.resource, name]
        return parts.allSatisfy { !$0.isEmpty }
            && [resource.group, resource.resource, namespace, name].allSatisfy { part in
                part.utf8.count <= 512 && !part.utf8.contains(UInt8(ascii: "/")) && !part.utf8.contains(0)
            }
            && !resource.resource.utf8.contains(UInt8(ascii: "."))
    }
}

extension ObjectKey: CustomStringConvertible {
    public var description: String { "\(resource) \(path)" }
}
