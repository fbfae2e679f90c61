import KubernetesModel

/// The paths under which a resource is served.
enum ResourcePath {
    /// Of all objects, or those of a namespace.
    static func collection(_ type: ResourceType, in namespace: String?) throws(ClientError) -> String {
        guard type.isNamespaced, let namespace, !namespace.isEmpty else {
            return "\(type.groupVersion.path)/\(type.plural)"
        }
        return "\(type.groupVersion.path)/namespaces/\(try segment(namespace, "namespace"))/\(type.plural)"
    }

    /// Of one object, or of what stands behind it.
    static func object(
        _ type: ResourceType,
        _ name: String,
        in namespace: String,
        subresource: String = ""
    ) throws(ClientError) -> String {
        guard !type.isNamespaced || !namespace.isEmpty else {
            throw .request("\(type) are in namespaces, and none is named")
        }
        let path = "\(try collection(type, in: namespace))/\(try segment(name, "name"))"
        return subresource.isEmpty ? path : "\(path)/\(subresource)"
    }

    /// Names come from elsewhere: none may lead to another path than its own.
    private static func segment(_ name: String, _ what: String) throws(ClientError) -> String {
        guard !name.isEmpty else { throw .request("the \(what) is empty") }
        guard name != ".", name != "..",
            !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "%") })
        else {
            throw .request("\(Spelling.quoted(name)) cannot be a \(what)")
        }
        return ClientRequest.encoded(name)
    }
}
