import APIRegistry
import JSONText
import KubernetesModel
import Testing

@Suite("Discovery")
struct DiscoveryTests {
    let documents = DiscoveryDocuments(.builtIn)

    @Test func `the core group is under api, the others under apis`() {
        let core = documents.coreVersions(serverAddress: "127.0.0.1:6443")
        let names = (documents.groupList["groups"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(core["versions"] == ["v1"])
        #expect(names.first == "apps")
        #expect(!names.contains(""))
        #expect(documents.group("") == nil)
        #expect(documents.group("nothing.example") == nil)
        #expect(documents.group("apps")?["preferredVersion"]?["groupVersion"] == "apps/v1")
    }

    @Test func `a version lists resources and the subresources that are offered`() throws {
        let list = try #require(documents.resources(GroupVersion(group: "", version: "v1")))
        let names = (list["resources"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(names.contains("pods/eviction"))
        #expect(names.contains("serviceaccounts/token"))
        #expect(!names.contains("pods/exec"))
        #expect(list["apiVersion"] == nil)
        let pods = try #require(list["resources"]?.array?.first { $0["name"] == "pods" })
        #expect(
            pods == [
                "name": "pods", "singularName": "pod", "namespaced": true, "kind": "Pod",
                "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                "shortNames": ["po"], "categories": ["all"],
            ]
        )
        #expect(documents.resources(GroupVersion(group: "apps", version: "v9")) == nil)
    }

    @Test func `a subresource of another group names it`() {
        let list = documents.resources(GroupVersion(group: "apps", version: "v1"))
        let scale = list?["resources"]?.array?.first { $0["name"] == "deployments/scale" }
        #expect(
            scale == [
                "name": "deployments/scale", "singularName": "", "namespaced": true, "group": "autoscaling",
                "version": "v1", "kind": "Scale", "verbs": ["get", "patch", "update"],
            ]
        )
    }

    @Test func `the aggregated document has everything`() throws {
        let document = documents.aggregated(isCore: false)
        let apps = try #require(document["items"]?.array?.first { $0["metadata"]?["name"] == "apps" })
        let resources = try #require(apps["versions"]?[0]?["resources"]?.array)
        let deployments = try #require(resources.first { $0["resource"] == "deployments" })
        #expect(deployments["scope"] == "Namespaced")
        #expect(deployments["subresources"]?[0]?["responseKind"]?["kind"] == "Scale")
        let core = documents.aggregated(isCore: true, version: "v2beta1")
        #expect(core["items"]?.array?.count == 1)
        #expect(core["apiVersion"] == "apidiscovery.k8s.io/v2beta1")
    }

    @Test(arguments: [
        ("", DiscoveryFormat.separate), ("*/*", .separate), ("application/json", .separate),
        (
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json",
            .aggregated("v2")
        ),
        (
            "application/json; g=apidiscovery.k8s.io; v=v2beta1; as=APIGroupDiscoveryList",
            .aggregated("v2beta1")
        ),
        ("application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList, application/json", .separate),
        ("text/html", nil), ("application/vnd.kubernetes.protobuf", nil), (";;;=,", nil),
    ]) func `the form is negotiated`(accept: String, expected: DiscoveryFormat?) {
        #expect(DiscoveryFormat(accept: accept) == expected)
    }

    @Test func `the version is one that kubectl 1.32 takes`() {
        #expect(ServerVersion.document["gitVersion"] == "v1.32.0+nullius")
        #expect(ServerVersion.document["minor"] == "32")
    }
}
