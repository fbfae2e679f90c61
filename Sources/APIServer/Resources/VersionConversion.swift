import APIRegistry
import JSONText
import KubernetesModel

/// Objects between the version they are stored in and the one they are asked for in.
enum VersionConversion {
    /// A stored object as a version shows it.
    ///
    /// Users' kinds differ in `apiVersion` alone (conversion strategy `None`), and lose there what the version's schema
    /// does not know; defaults are filled in on reading, as a schema may have got them since.
    static func present(_ object: UnstructuredObject, as definition: ResourceDefinition) -> UnstructuredObject
    {
        var result = object
        if definition.isCustom {
            result.apiVersion = definition.groupVersion.apiVersion
            result.kind = definition.kind
            ObjectShape(definition).present(&result)
        } else if definition.groupVersion.group == "events.k8s.io" {
            result = EventConversion.toEventsGroup(object)
        }
        return result
    }

    /// Whether a stored text can go out as it is.
    static func isIdentity(_ definition: ResourceDefinition) -> Bool {
        !definition.isCustom && definition.groupVersion.group != "events.k8s.io"
    }

    /// An object in the version in which its resource is stored.
    static func stored(
        _ object: UnstructuredObject,
        of definition: ResourceDefinition,
        _ catalogue: ResourceCatalogue
    ) -> UnstructuredObject {
        var result = object
        if definition.isCustom {
            let versions = catalogue.versions(of: definition.groupResource)
            if let storage = versions.first(where: \.isStorageVersion) {
                result.apiVersion = storage.groupVersion.apiVersion
            }
        } else if definition.groupVersion.group == "events.k8s.io" {
            result = EventConversion.toCore(object)
        }
        return result
    }
}
