import JSONText
import Testing

@testable import KubernetesModel

@Suite("Kinds that are written")
struct ResourceWritingTests {
    private static let lease = #"""
        {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"leader","namespace":"nullius-system",
        "resourceVersion":"7","managedFields":[{"manager":"x"}],"somethingNew":1},
        "spec":{"strategy":"OldestEmulationVersion","holderIdentity":"a","leaseDurationSeconds":15,
        "renewTime":"2026-01-02T03:04:05.000006Z","leaseTransitions":2}}
        """#

    private func object(_ text: String) throws -> UnstructuredObject {
        try #require(UnstructuredObject(try JSONValue(parsing: text)))
    }

    @Test func `read and written, nothing is lost and nothing is added`() throws {
        let object = try object(Self.lease)
        let written = try CoordinationV1.Lease(object).object
        #expect(written == object)
    }

    @Test func `what is set is set, and the rest stays`() throws {
        var lease = try CoordinationV1.Lease(object(Self.lease))
        lease.holder = ""
        lease.renewTime = Timestamp(clampingSeconds: 0)
        let written = lease.object
        #expect(written["spec", "holderIdentity"] == nil)
        #expect(written["spec", "renewTime"] == "1970-01-01T00:00:00.000000Z")
        #expect(written["spec", "strategy"] == "OldestEmulationVersion")
        #expect(written["metadata", "somethingNew"] == 1)
    }

    @Test func `one that is made here says what it is`() throws {
        let made = CoreV1.ConfigMap(
            metadata: ObjectMetadata(name: "c", namespace: "n"),
            data: ["b": "2", "a": "1"]
        )
        let text = made.object.json.text()
        #expect(
            text
                == #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"n"},"data":{"a":"1","b":"2"}}"#
        )
    }

    @Test func `of a webhook only its authority is set`() throws {
        var webhooks = try AdmissionRegistrationV1.MutatingWebhooks(
            object(
                #"""
                {"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration",
                "metadata":{"name":"m"},"webhooks":[{"name":"a","clientConfig":{"url":"https://x"},"rules":[1]},
                {"name":"b","clientConfig":{"caBundle":"old"}}]}
                """#
            )
        )
        let untouched = webhooks.object
        webhooks.webhooks[0].authorities = "new"
        let written = webhooks.object
        #expect(untouched == webhooks.original)
        #expect(written["webhooks"]?[0]?["clientConfig"] == ["url": "https://x", "caBundle": "new"])
        #expect(written["webhooks"]?[0]?["rules"] == [1])
        #expect(written["webhooks"]?[1]?["clientConfig"]?["caBundle"] == "old")
    }

    @Test func `a secret shows its name alone`() throws {
        let secret = CoreV1.Secret(
            metadata: ObjectMetadata(name: "s", namespace: "n"),
            data: ["k": "c3dvcmRmaXNo"]
        )
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("c3dvcmRmaXNo") && "\(secret)" == "Secret n/s")
    }
}
