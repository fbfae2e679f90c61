import KubernetesModel

/// The resources that are served without any CustomResourceDefinition.
///
/// The lists are one per group, in files of their own; selectable fields and columns are those of Kubernetes 1.32.
enum BuiltInResources {
    static let all: [ResourceDefinition] =
        core + apps + events + authentication + authorization + autoscaling + batch + networking + policy
        + rbac
        + storage + admissionRegistration + apiExtensions + scheduling + coordination + discovery

    /// One built-in resource.
    static func define(
        _ kind: String,
        _ plural: String,
        in group: String,
        _ shortNames: [String] = [],
        version: String = "v1",
        categories: [String] = [],
        isNamespaced: Bool = true,
        hasStatus: Bool = false,
        hasScale: Bool = false,
        subresources: [ResourceDefinition.Subresource] = [],
        selectableFields: [String] = [],
        storage: GroupResource? = nil
    ) -> ResourceDefinition {
        let groupVersion = GroupVersion(group: group, version: version)
        let own = GroupVersionKind(groupVersion, kind: kind)
        var all = subresources
        if hasScale {
            let scale = GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale")
            all.append(.init(name: "scale", kind: scale, verbs: [.get, .patch, .update]))
        }
        if hasStatus { all.append(.init(name: "status", kind: own, verbs: [.get, .patch, .update])) }
        return ResourceDefinition(
            groupVersion: groupVersion,
            kind: kind,
            plural: plural,
            shortNames: shortNames,
            categories: categories,
            isNamespaced: isNamespaced,
            subresources: all.sorted { $0.name < $1.name },
            schema: schema(of: own),
            columns: BuiltInTables.columns(of: own),
            selectableFields: selectableFields,
            storage: storage
        )
    }

    /// A kind that is only asked, with `create`, and never kept.
    static func review(_ kind: String, _ plural: String, in group: String, isNamespaced: Bool = false)
        -> ResourceDefinition
    {
        let groupVersion = GroupVersion(group: group, version: "v1")
        return ResourceDefinition(
            groupVersion: groupVersion,
            kind: kind,
            plural: plural,
            isNamespaced: isNamespaced,
            verbs: [.create],
            schema: schema(of: GroupVersionKind(groupVersion, kind: kind)),
            isStored: false
        )
    }

    private static func schema(of kind: GroupVersionKind) -> Schema {
        BuiltInSchemas.shared.schema(for: kind) ?? .anything
    }
}
