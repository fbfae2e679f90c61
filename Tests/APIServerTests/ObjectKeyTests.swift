import APIServer
import KubernetesModel
import Testing

@Suite("Keys of stored objects")
struct ObjectKeyTests {
    @Test func `equal names in two groups are two keys`() {
        let core = ObjectKey(
            resource: GroupResource(group: "", resource: "events"),
            namespace: "a",
            name: "x"
        )
        let other = ObjectKey(
            resource: GroupResource(group: "events.k8s.io", resource: "events"),
            namespace: "a",
            name: "x"
        )
        #expect(core != other)
    }
}
