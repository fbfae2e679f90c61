import APIRegistry
import JSONText
import KubernetesModel
import TestSupport
import Testing

@Suite("OpenAPI documents")
struct OpenAPIDocumentsTests {
    static let apps = GroupVersion(group: "apps", version: "v1")

    static func widgets() throws -> ResourceDefinition {
        let schema = try Schema.structural([
            "type": "object", "description": "A widget.",
            "properties": [
                "spec": [
                    "type": "object", "description": "What it should be.",
                    "properties": [
                        "size": ["type": "integer", "minimum": 1, "description": "How large it is."],
                        "port": ["x-kubernetes-int-or-string": true],
                        "parts": [
                            "type": "array", "x-kubernetes-list-type": "map",
                            "x-kubernetes-list-map-keys": ["name"],
                            "items": [
                                "type": "object", "required": ["name"],
                                "properties": ["name": ["type": "string"]],
                            ],
                        ],
                    ],
                ]
            ],
        ])
        return ResourceDefinition(
            groupVersion: GroupVersion(group: "shop.example", version: "v1"),
            kind: "Widget",
            plural: "widgets",
            isNamespaced: true,
            schema: schema,
            isCustom: true
        )
    }

    static func document(_ version: GroupVersion, _ catalogue: ResourceCatalogue = .builtIn) throws
        -> JSONValue
    {
        try #require(OpenAPIDocuments.document(of: version, in: catalogue))
    }

    @Test func `every built-in kind has the schema of its type`() {
        let without = ResourceCatalogue.builtIn.definitions.filter { $0.schema.declared("kind") == nil }
        #expect(without.map(\.kind) == [])
    }

    @Test func `every reference leads to a schema of the same document`() throws {
        for version in Set(ResourceCatalogue.builtIn.definitions.map(\.groupVersion)) {
            let document = try Self.document(version)
            let schemas = try #require(document["components"]?["schemas"]?.object)
            var waiting = [document]
            while let value = waiting.popLast() {
                if let text = value["$ref"]?.string {
                    let name = text.split(separator: "/").last.map(String.init) ?? ""
                    #expect(schemas[name] != nil, "\(text)")
                }
                waiting += value.object.map { $0.map(\.value) } ?? value.array ?? []
            }
        }
    }

    @Test func `the index leads to documents whose address changes with them`() throws {
        let before = OpenAPIDocuments.index(of: .builtIn)
        let after = try OpenAPIDocuments.index(of: ResourceCatalogue.builtIn.adding([Self.widgets()]))
        let url = try #require(before["paths"]?["apis/apps/v1"]?["serverRelativeURL"]?.string)
        #expect(url.hasPrefix("/openapi/v3/apis/apps/v1?hash="))
        #expect(after["paths"]?["apis/apps/v1"]?["serverRelativeURL"]?.string == url)
        #expect(before["paths"]?["api/v1"] != nil)
        #expect(before["paths"]?["apis/shop.example/v1"] == nil)
        #expect(after["paths"]?["apis/shop.example/v1"] != nil)
        #expect(OpenAPIDocuments.document(of: GroupVersion(group: "no", version: "v1"), in: .builtIn) == nil)
    }

    @Test func `a patch takes what clients ask for`() throws {
        let paths = try Self.document(Self.apps)["paths"]
        let patch = paths?["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]?["patch"]
        let names = patch?["parameters"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["dryRun", "fieldManager", "fieldValidation", "force"])
        #expect(
            patch?["x-kubernetes-group-version-kind"]
                == ["group": "apps", "kind": "Deployment", "version": "v1"]
        )
        #expect(patch?["x-kubernetes-action"] == "patch")
        #expect(patch?["requestBody"]?["content"]?["application/strategic-merge-patch+json"] != nil)
        let scale = paths?["/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale"]?["get"]
        #expect(scale?["x-kubernetes-group-version-kind"]?["kind"] == "Scale")
        #expect(paths?["/apis/apps/v1/deployments"]?["get"]?["x-kubernetes-action"] == "list")
    }

    @Test func `schemas say how they merge`() throws {
        let schemas = try Self.document(Self.apps)["components"]?["schemas"]
        let spec = schemas?["io.k8s.api.core.v1.PodSpec"]?["properties"]
        #expect(spec?["volumes"]?["x-kubernetes-patch-strategy"] == "merge,retainKeys")
        #expect(spec?["volumes"]?["x-kubernetes-patch-merge-key"] == "name")
        #expect(spec?["containers"]?["x-kubernetes-list-map-keys"] == ["name"])
        let strategy = schemas?["io.k8s.api.apps.v1.DeploymentSpec"]?["properties"]?["strategy"]
        #expect(strategy?["x-kubernetes-patch-strategy"] == "retainKeys")
        #expect(
            strategy?["allOf"]?[0]?["$ref"]
                == "#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy"
        )
        let kinds = schemas?["io.k8s.api.apps.v1.Deployment"]?["x-kubernetes-group-version-kind"]
        #expect(kinds == [["group": "apps", "kind": "Deployment", "version": "v1"]])
    }

    @Test func `a kind of a user's is described like a built-in one`() throws {
        let widgets = try Self.widgets()
        let catalogue = ResourceCatalogue.builtIn.adding([widgets])
        let document = try Self.document(widgets.groupVersion, catalogue)
        let widget = document["components"]?["schemas"]?["example.shop.v1.Widget"]
        #expect(widget?["properties"]?["spec"]?["properties"]?["size"]?["minimum"] == 1)
        #expect(widget?["properties"]?["metadata"]?["$ref"] != nil)
        #expect(document["components"]?["schemas"]?["example.shop.v1.WidgetList"] != nil)
        let patch = document["paths"]?["/apis/shop.example/v1/namespaces/{namespace}/widgets/{name}"]?[
            "patch"
        ]
        #expect(patch?["requestBody"]?["content"]?["application/strategic-merge-patch+json"] == nil)
    }
}
