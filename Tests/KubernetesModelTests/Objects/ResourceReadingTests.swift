import JSONText
import Testing

@testable import KubernetesModel

@Suite("Kinds that have a type")
struct ResourceReadingTests {
    private func object(_ text: String) throws -> UnstructuredObject {
        try #require(UnstructuredObject(try JSONValue(parsing: text)))
    }

    @Test func `metadata in full, and the controller among the owners`() throws {
        let metadata = try ObjectMetadata(
            object(
                #"""
                {"metadata":{"name":"web-1","generateName":"web-","namespace":"shop","uid":"u","resourceVersion":"7",
                "generation":2,"creationTimestamp":"2026-01-02T03:04:05Z","deletionTimestamp":"2026-01-02T03:05:05Z",
                "deletionGracePeriodSeconds":30,"labels":{"a":"b"},"annotations":null,"finalizers":["x/y"],
                "ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n","uid":"1"},
                {"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","uid":"2","controller":true,
                "blockOwnerDeletion":true}],"managedFields":[{"manager":"kubectl"}]}}
                """#
            )
        )
        #expect(metadata.objectName == ObjectName(namespace: "shop", name: "web-1"))
        #expect(metadata.controller?.kind == "ReplicaSet" && metadata.ownerReferences.count == 2)
        #expect(metadata.isBeingDeleted && metadata.deletionGracePeriod == .seconds(30))
        #expect(metadata.creationTimestamp?.description == "2026-01-02T03:04:05Z")
        #expect(metadata.labels == ["a": "b"] && metadata.annotations.isEmpty)
    }

    @Test func `a pod: who it is, where it is, what it offers`() throws {
        let pod = try CoreV1.Pod(
            object(
                #"""
                {"kind":"Pod","apiVersion":"v1","metadata":{"name":"web"},"spec":{"nodeName":"n1",
                "containers":[{"name":"app","ports":[{"containerPort":8080,"name":"http"}],
                "readinessProbe":{"httpGet":{"port":"http"}},"livenessProbe":{"tcpSocket":{"port":8080}},
                "startupProbe":{"exec":{"command":["true"]}}}]},
                "status":{"phase":"Running","podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"},{"ip":"fd00::1"}],
                "conditions":[{"type":"Ready","status":"True"}]}}
                """#
            )
        )
        #expect(pod.serviceAccountName == "default" && pod.nodeName == "n1" && !pod.usesHostNetwork)
        #expect(pod.addresses == ["10.0.0.1", "fd00::1"] && pod.isReady && !pod.isOver)
        let container = pod.containers.first
        #expect(container?.ports == [.init(name: "http", port: 8080, transport: "TCP")])
        #expect(container?.readiness == .http(port: .name("http"), path: "/", isTLS: false))
        #expect(container?.liveness == .tcp(port: .number(8080)))
        #expect(container?.startup == .command)
    }

    @Test(arguments: [
        (#"{"kind":"Node"}"#, "kind is \"Node\", not Pod"),
        (#"{"apiVersion":"v2"}"#, "apiVersion is \"v2\", not v1"),
        (#"{"metadata":[]}"#, "metadata is an array, not an object"),
        (#"{"metadata":{"labels":{"a":1}}}"#, "metadata.labels.… is a number, not a string"),
        (
            #"{"metadata":{"deletionTimestamp":"yesterday"}}"#,
            "metadata.deletionTimestamp is no RFC 3339 time"
        ),
        (#"{"spec":{"containers":[7]}}"#, "spec.containers[0] is a number, not an object"),
        (
            #"{"spec":{"containers":[{"ports":[{"containerPort":70000}]}]}}"#,
            "spec.containers[0].ports[0].containerPort is no port"
        ),
        (
            #"{"spec":{"containers":[{"ports":[{"containerPort":1e99}]}]}}"#,
            "spec.containers[0].ports[0].containerPort is a number, not an integer"
        ),
        (
            #"{"spec":{"containers":[{"livenessProbe":{"tcpSocket":{}}}]}}"#,
            "spec.containers[0].livenessProbe.tcpSocket.port is missing"
        ),
        (#"{"status":{"podIPs":[{"ip":4}]}}"#, "status.podIPs[0].ip is a number, not a string"),
    ])
    func `what a server must not send is refused, with the field`(text: String, expected: String) throws {
        let object = try object(text)
        do throws(ObjectError) {
            _ = try CoreV1.Pod(object)
            Issue.record("it was taken")
        } catch {
            let told = "\(error)"
            #expect(told == expected)
        }
    }

    @Test func `a service's target is its port when it names none`() throws {
        let service = try CoreV1.Service(
            object(
                #"""
                {"metadata":{"name":"web"},"spec":{"clusterIP":"None","selector":{"app":"web"},"ports":[
                {"port":80,"targetPort":"http"},{"port":81,"targetPort":0},{"port":82},{"port":83,"targetPort":8083}]}}
                """#
            )
        )
        #expect(service.isHeadless && service.type == "ClusterIP")
        #expect(service.ports.map(\.target) == [.name("http"), .number(81), .number(82), .number(8083)])
    }

    @Test func `an endpoint that says nothing is ready`() throws {
        let slice = try DiscoveryV1.EndpointSlice(
            object(
                #"""
                {"metadata":{"name":"web-1","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4",
                "endpoints":[{"addresses":["10.0.0.1"],"targetRef":{"kind":"Pod","name":"web"}},
                {"addresses":["10.0.0.2"],"conditions":{"ready":false,"serving":true,"terminating":true}}],"ports":[{}]}
                """#
            )
        )
        #expect(slice.serviceName == "web" && slice.ports.first?.port == nil)
        #expect(slice.endpoints.map(\.isReady) == [true, false])
        #expect(slice.endpoints.map(\.isServing) == [true, true])
        #expect(slice.endpoints.map(\.podName) == ["web", nil])
    }

    @Test(arguments: [
        ("{}", true, false), (#"{"egress":[{}]}"#, true, true), (#"{"policyTypes":["Egress"]}"#, false, true),
    ])
    func `which directions a network policy isolates`(spec: String, ingress: Bool, egress: Bool) throws {
        let policy = try NetworkingV1.NetworkPolicy(object(#"{"metadata":{"name":"p"},"spec":\#(spec)}"#))
        #expect([policy.isolatesIngress, policy.isolatesEgress] == [ingress, egress])
    }

    @Test(arguments: [
        #"{"ingress":[{"from":[{"somethingNew":{}}]}]}"#,
        #"{"podSelector":{"matchExpressions":[{"key":"a","operator":"Like","values":["b"]}]}}"#,
        #"{"podSelector":{"matchExpressions":[{"key":"a","operator":"In","values":[]}]}}"#,
    ])
    func `a policy of which a part cannot be read is refused as a whole`(spec: String) throws {
        let object = try object(#"{"metadata":{"name":"p"},"spec":\#(spec)}"#)
        #expect(throws: ObjectError.self) { try NetworkingV1.NetworkPolicy(object) }
    }
}
