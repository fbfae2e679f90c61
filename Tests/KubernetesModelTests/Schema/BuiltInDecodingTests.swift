import JSONText
import KubernetesModel
import Testing

@Suite("Reading values as built-in kinds")
struct BuiltInDecodingTests {
    @Test(
        "what does not fit is told as Go tells it",
        arguments: [
            (
                #"{"spec":{"replicas":"x"}}"#,
                "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
            ),
            (
                #"{"spec":{"replicas":3000000000}}"#,
                "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32"
            ),
            (
                #"{"spec":{"template":{"spec":{"containers":[{"name":1}]}}}}"#,
                "json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.name of type string"
            ),
            (
                #"{"spec":{"template":{"spec":{"containers":{}}}}}"#,
                "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container"
            ),
            (
                #"{"metadata":{"labels":{"a":true}}}"#,
                "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string"
            ),
            (
                #"{"metadata":"x"}"#,
                "json: cannot unmarshal string into Go struct field Deployment.metadata of type v1.ObjectMeta"
            ),
        ]
    )
    func wrong(text: String, message: String) throws {
        let value = try JSONValue(parsing: Array(text.utf8))
        let kind = GroupVersionKind(group: "apps", version: "v1", kind: "Deployment")
        #expect(BuiltInSchemas.shared.decodingError(in: value, as: kind) == message)
    }

    @Test func `null, unknown and missing fields fit`() throws {
        let text =
            #"{"metadata":{"creationTimestamp":null},"x":1,"spec":{"strategy":{"rollingUpdate":{"maxSurge":"25%"}},"replicas":2}}"#
        let value = try JSONValue(parsing: Array(text.utf8))
        let kind = GroupVersionKind(group: "apps", version: "v1", kind: "Deployment")
        #expect(BuiltInSchemas.shared.decodingError(in: value, as: kind) == nil)
    }
}
