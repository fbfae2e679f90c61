import APIRegistry
import KubernetesModel
import Testing

@Suite("The form of an answer")
struct AnswerFormatTests {
    @Test(arguments: [
        ("", AnswerFormat()),
        ("*/*", AnswerFormat()),
        ("application/json", AnswerFormat()),
        ("application/yaml", AnswerFormat(spelling: .yaml)),
        ("application/vnd.kubernetes.protobuf, application/json", AnswerFormat()),
        (
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json",
            AnswerFormat(shape: .table(version: "v1"))
        ),
        (
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
            AnswerFormat(shape: .metadata(version: "v1"))
        ),
        ("application/json;as=Odd;g=meta.k8s.io;v=v1, application/json", AnswerFormat()),
        ("application/json;q=0.1, application/yaml;q=0.9", AnswerFormat(spelling: .yaml)),
    ])
    func `is the first one that can be served`(_ accept: String, _ expected: AnswerFormat) throws {
        let format = try AnswerFormat(accept: accept)
        #expect(format == expected)
    }

    @Test(arguments: ["application/vnd.kubernetes.protobuf", "text/html"])
    func `is refused when nothing fits`(_ accept: String) {
        let status = #expect(throws: APIStatus.self) { try AnswerFormat(accept: accept) }
        #expect(status?.code == 406)
    }
}
