import APIRegistry
import KubernetesModel
import Testing

@Suite("Resource definitions")
struct ResourceDefinitionTests {
    @Test func `names that are not given follow from the kind`() {
        let widgets = ResourceDefinition(
            groupVersion: GroupVersion(group: "example.com", version: "v1"),
            kind: "Widget",
            plural: "widgets",
            isNamespaced: true,
            schema: .anything
        )
        #expect(widgets.singular == "widget")
        #expect(widgets.listKind == "WidgetList")
        #expect(widgets.groupResource.description == "widgets.example.com")
    }
}
