public import JSONText
public import KubernetesModel

extension ResourceDefinition {
    /// The resources of a CustomResourceDefinition: one for each version that is served.
    ///
    /// Names are those that were accepted (`status.acceptedNames`), or those of the spec while nobody decided. The
    /// definition was validated when it was created; a version that cannot be read is left out. So is one of whose `openAPIV3Schema` no schema can be made.
    public static func custom(
        _ definition: UnstructuredObject,
        schema: (JSONValue) -> Schema?
    ) -> [ResourceDefinition] {
        guard let group = definition["spec", "group"]?.string else { return [] }
        let accepted = definition["status", "acceptedNames"]
        let names = (accepted?["kind"]?.string ?? "").isEmpty ? definition["spec", "names"] : accepted
        guard let kind = names?["kind"]?.string, let plural = names?["plural"]?.string else { return [] }
        return (definition["spec", "versions"]?.array ?? []).compactMap { version in
            guard
                version["served"]?.bool == true, let name = version["name"]?.string,
                let parsed = schema(version["schema"]?["openAPIV3Schema"] ?? .object(JSONObject()))
            else { return nil }
            let groupVersion = GroupVersion(group: group, version: name)
            return ResourceDefinition(
                groupVersion: groupVersion,
                kind: kind,
                plural: plural,
                singular: names?["singular"]?.string,
                listKind: names?["listKind"]?.string,
                shortNames: names?["shortNames"]?.array?.compactMap(\.string) ?? [],
                categories: names?["categories"]?.array?.compactMap(\.string) ?? [],
                isNamespaced: definition["spec", "scope"]?.string == "Namespaced",
                subresources: subresources(
                    version["subresources"],
                    of: GroupVersionKind(groupVersion, kind: kind)
                ),
                schema: parsed,
                columns: columns(version["additionalPrinterColumns"]),
                isCustom: true,
                selectableFields: (version["selectableFields"]?.array ?? []).compactMap { field in
                    field["jsonPath"]?.string.map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 }
                },
                isStorageVersion: version["storage"]?.bool == true,
                scalePaths: scalePaths(version["subresources"]?["scale"])
            )
        }
    }

    private static func scalePaths(_ value: JSONValue?) -> ScalePaths? {
        func path(_ name: String) -> [String]? {
            value?[name]?.string.map { $0.split(separator: ".").map(String.init) }
        }
        guard let spec = path("specReplicasPath"), let status = path("statusReplicasPath"), !spec.isEmpty,
            !status.isEmpty
        else { return nil }
        return ScalePaths(
            specReplicas: spec,
            statusReplicas: status,
            labelSelector: path("labelSelectorPath")
        )
    }

    private static func subresources(_ value: JSONValue?, of kind: GroupVersionKind) -> [Subresource] {
        var result: [Subresource] = []
        if value?["scale"]?.object != nil {
            let scale = GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale")
            result.append(Subresource(name: "scale", kind: scale, verbs: [.get, .patch, .update]))
        }
        if value?["status"]?.object != nil {
            result.append(Subresource(name: "status", kind: kind, verbs: [.get, .patch, .update]))
        }
        return result
    }

    /// What a table shows: the columns given, or the age alone; the name is always first.
    private static func columns(_ value: JSONValue?) -> [PrinterColumn] {
        let given = (value?.array ?? []).compactMap { column -> PrinterColumn? in
            guard let name = column["name"]?.string, let path = column["jsonPath"]?.string else { return nil }
            return PrinterColumn(
                name: name,
                type: column["type"]?.string ?? "string",
                format: column["format"]?.string ?? "",
                documentation: column["description"]?.string ?? "",
                priority: column["priority"]?.int ?? 0,
                jsonPath: path
            )
        }
        guard given.isEmpty else { return given }
        return [
            PrinterColumn(
                name: "Age",
                type: "date",
                documentation: "When the object was created.",
                jsonPath: ".metadata.creationTimestamp"
            )
        ]
    }
}
