import APIRegistry
import JSONText
import KubernetesModel
import Testing

@Suite("The catalogue of resources")
struct ResourceCatalogueTests {
    @Test func `a built-in resource is found by path and by kind`() throws {
        let catalogue = ResourceCatalogue.builtIn
        let byPath = try #require(catalogue.definition(group: "apps", version: "v1", plural: "deployments"))
        let byKind = try #require(
            catalogue.definition(for: GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"))
        )
        #expect(byPath.kind == "Deployment")
        #expect(byKind.plural == "deployments")
        #expect(byPath.subresources.map(\.name) == ["scale", "status"])
        #expect(catalogue.definition(group: "apps", version: "v2", plural: "deployments") == nil)
    }

    @Test func `events of both groups are kept in one place`() throws {
        let old = ResourceCatalogue.builtIn.definition(group: "", version: "v1", plural: "events")
        let new = ResourceCatalogue.builtIn.definition(
            group: "events.k8s.io",
            version: "v1",
            plural: "events"
        )
        #expect(old?.storage == GroupResource(group: "", resource: "events"))
        #expect(new?.storage == old?.storage)
    }

    @Test func `plurals and kinds are unique in a version`() {
        let definitions = ResourceCatalogue.builtIn.definitions
        let plurals = Set(definitions.map { "\($0.groupVersion)/\($0.plural)" })
        let kinds = Set(definitions.map(\.groupVersionKind))
        #expect(plurals.count == definitions.count)
        #expect(kinds.count == definitions.count)
    }

    @Test func `versions of a user's group come in Kubernetes' order`() {
        let names = [
            "v1alpha1", "v10", "v2beta1", "foo1", "v1", "v2", "v11beta2", "v11alpha2", "v3beta1", "v12alpha1",
            "v10beta3", "foo10",
        ]
        let catalogue = ResourceCatalogue.builtIn.adding(names.map { Self.widget($0) })
        let order = catalogue.group("example.com")?.versions
        #expect(
            order == [
                "v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v2beta1", "v12alpha1", "v11alpha2",
                "v1alpha1",
                "foo1", "foo10",
            ]
        )
        let all = catalogue.versions(of: GroupResource(group: "example.com", resource: "widgets"))
        #expect(all.first?.groupVersion.version == "v10")
        #expect(all.count == names.count)
    }

    @Test func `removing a resource removes its group, and earlier copies keep it`() {
        let before = ResourceCatalogue.builtIn.adding([Self.widget("v1")])
        let after = before.removing(GroupResource(group: "example.com", resource: "widgets"))
        #expect(before.group("example.com") != nil)
        #expect(after.group("example.com") == nil)
        #expect(after.groups == ResourceCatalogue.builtIn.groups)
    }

    @Test func `adding a resource again replaces it`() {
        let renamed = ResourceDefinition(
            groupVersion: GroupVersion(group: "example.com", version: "v1"),
            kind: "Gadget",
            plural: "widgets",
            isNamespaced: true,
            schema: .anything
        )
        let catalogue = ResourceCatalogue([Self.widget("v1")]).adding([renamed])
        #expect(catalogue.definitions.map(\.kind) == ["Gadget"])
        #expect(catalogue.definition(for: Self.widget("v1").groupVersionKind) == nil)
    }

    @Test func `a CustomResourceDefinition gives a resource for each served version`() throws {
        let definition: JSONValue = [
            "spec": [
                "group": "example.com", "scope": "Namespaced",
                "names": [
                    "kind": "Widget", "plural": "widgets", "shortNames": ["wd"], "categories": ["all"],
                ],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true,
                        "subresources": ["status": [:], "scale": [:]],
                    ],
                    ["name": "v2", "served": false, "storage": false],
                    [
                        "name": "v3", "served": true, "storage": false,
                        "selectableFields": [["jsonPath": ".spec.color"]],
                        "additionalPrinterColumns": [
                            ["name": "Color", "type": "string", "jsonPath": ".spec.color"]
                        ],
                    ],
                ],
            ]
        ]
        let object = try #require(UnstructuredObject(definition))
        let made = ResourceDefinition.custom(object) { _ in .anything }
        #expect(made.map(\.groupVersion.version) == ["v1", "v3"])
        #expect(made[0].subresources.map(\.name) == ["scale", "status"])
        #expect(made[0].columns.map(\.name) == ["Age"])
        #expect(made[0].singular == "widget")
        #expect(made[0].shortNames == ["wd"])
        #expect(made[1].columns.map(\.name) == ["Color"])
        #expect(made[1].selectableFields == ["spec.color"])
        #expect(made[1].isCustom)
    }

    private static func widget(_ version: String) -> ResourceDefinition {
        ResourceDefinition(
            groupVersion: GroupVersion(group: "example.com", version: version),
            kind: "Widget",
            plural: "widgets",
            isNamespaced: true,
            schema: .anything,
            isCustom: true
        )
    }
}
