public import JSONText
public import KubernetesModel

/// The OpenAPI 3 documents of what is served: one per group and version, and the index that leads to them.
///
/// `kubectl explain`, the client-side part of `kubectl apply` and `kubectl diff` read them: the schemas by
/// `x-kubernetes-group-version-kind`, how lists merge, and which parameters and bodies a PATCH takes.
public enum OpenAPIDocuments {
    /// What `/openapi/v3` answers.
    ///
    /// The hash makes a document's address new whenever the document is; clients keep documents by address.
    public static func index(of catalogue: ResourceCatalogue) -> JSONValue {
        var paths = JSONObject()
        for group in catalogue.groups {
            for version in group.versions {
                let groupVersion = GroupVersion(group: group.name, version: version)
                let place = String(groupVersion.path.dropFirst())
                let hash = hash(of: groupVersion, in: catalogue)
                paths[place] = ["serverRelativeURL": .string("/openapi/v3/\(place)?hash=\(hash)")]
            }
        }
        return ["paths": .object(paths)]
    }

    /// What stands in the address of a document; it changes when the document does.
    public static func hash(of groupVersion: GroupVersion, in catalogue: ResourceCatalogue) -> String {
        var digest = ContentHash()
        digest.add(BuiltInSchemas.shared.fingerprint)
        digest.add(groupVersion.apiVersion)
        for definition in catalogue.definitions(in: groupVersion) {
            digest.add(
                [
                    definition.plural, definition.kind, definition.listKind,
                    definition.isNamespaced ? "n" : "c",
                ]
                .joined(separator: "/")
            )
            digest.add(definition.verbs.map(\.rawValue).sorted().joined(separator: ","))
            for subresource in definition.subresources {
                digest.add("\(subresource.name) \(subresource.kind)")
                digest.add(subresource.verbs.map(\.rawValue).sorted().joined(separator: ","))
            }
            guard definition.isCustom else { continue }
            var writer = OpenAPISchemaWriter()
            digest.add(writer.write(definition.schema).text())
        }
        return digest.text
    }

    /// What is served at the address of a group's version; `nil` when nothing is served there.
    public static func document(
        of groupVersion: GroupVersion,
        in catalogue: ResourceCatalogue
    ) -> JSONValue? {
        let definitions = catalogue.definitions(in: groupVersion)
        guard !definitions.isEmpty else { return nil }
        var writer = OpenAPISchemaWriter()
        var paths = JSONObject()
        var kinds: [String: GroupVersionKind] = [:]
        var schemas: [(name: String, value: JSONValue)] = []
        for definition in definitions {
            OpenAPIPaths(definition).write(to: &paths, &writer)
            let name = OpenAPINames.schema(of: definition.groupVersionKind)
            let listKind = GroupVersionKind(groupVersion, kind: definition.listKind)
            let listName = OpenAPINames.schema(of: listKind)
            for subresource in definition.subresources {
                kinds[OpenAPINames.schema(of: subresource.kind)] = subresource.kind
            }
            kinds[name] = definition.groupVersionKind
            kinds[listName] = listKind
            guard definition.isCustom else { continue }
            writer.define(name)
            writer.define(listName)
            schemas.append((name, writer.write(definition.schema)))
            schemas.append((listName, list(of: name, &writer)))
        }
        while let name = writer.nextName() {
            guard let schema = BuiltInSchemas.shared.schema(named: name) else { continue }
            if schema.declared("kind") != nil, schema.declared("apiVersion") != nil, kinds[name] == nil {
                kinds[name] = OpenAPINames.sharedKind(named: name)
            }
            schemas.append((name, OpenAPINames.special(name) ?? writer.write(schema)))
        }
        var components = JSONObject()
        for (name, value) in schemas.sorted(by: { $0.name < $1.name }) {
            var value = value
            if let kind = kinds[name], var members = value.object {
                members["x-kubernetes-group-version-kind"] = [kind.openAPI]
                value = .object(members)
            }
            components[name] = value
        }
        return [
            "openapi": "3.0.0",
            "info": ["title": "Kubernetes", "version": "v1.32.0"],
            "paths": .object(paths),
            "components": ["schemas": .object(components)],
        ]
    }

    private static func list(of name: String, _ writer: inout OpenAPISchemaWriter) -> JSONValue {
        [
            "type": "object",
            "required": ["items"],
            "properties": [
                "apiVersion": ["type": "string"],
                "items": ["type": "array", "items": ["$ref": .string(OpenAPISchemaWriter.prefix + name)]],
                "kind": ["type": "string"],
                "metadata": writer.reference("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"),
            ],
        ]
    }
}

extension GroupVersionKind {
    var openAPI: JSONValue {
        ["group": .string(group), "kind": .string(kind), "version": .string(version)]
    }
}

enum OpenAPINames {
    /// Built-in kinds have the names of their Go types; those of users have their group's, turned around.
    static func schema(of kind: GroupVersionKind) -> String {
        if let name = BuiltInSchemas.name(of: kind) { return name }
        let labels = kind.group.split(separator: ".").reversed().joined(separator: ".")
        return "\(labels).\(kind.version).\(kind.kind)"
    }

    /// The kind of a type that belongs to every group, such as DeleteOptions.
    static func sharedKind(named name: String) -> GroupVersionKind? {
        let prefix = "io.k8s.apimachinery.pkg.apis.meta.v1."
        guard name.hasPrefix(prefix) else { return nil }
        return GroupVersionKind(group: "", version: "v1", kind: String(name.dropFirst(prefix.count)))
    }

    /// Types that OpenAPI writes otherwise than their schemas read.
    static func special(_ name: String) -> JSONValue? {
        switch name {
        case "io.k8s.apimachinery.pkg.util.intstr.IntOrString":
            ["format": "int-or-string", "oneOf": [["type": "integer"], ["type": "string"]]]
        case "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1", "io.k8s.apimachinery.pkg.runtime.RawExtension":
            ["type": "object"]
        case "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": [:]
        default: nil
        }
    }
}

/// A fingerprint of text (FNV-1a, 64 bits): it tells versions of a document apart, and protects nothing.
struct ContentHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        // Texts must not run into each other; no UTF-8 has this byte.
        add(0xFF)
    }

    private mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    var text: String {
        let digits = String(state, radix: 16, uppercase: true)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
