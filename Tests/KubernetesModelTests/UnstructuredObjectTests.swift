import JSONText
import KubernetesModel
import Testing

@Suite("Unstructured objects")
struct UnstructuredObjectTests {
    @Test func `a field is set and removed by its path, and the rest stays as it was`() throws {
        let text = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","x":1.50},"spec":{"n":null}}"#
        var object = try #require(UnstructuredObject(JSONValue(parsing: Array(text.utf8))))
        object["spec", "deep", "er"] = 3
        object["metadata", "uid"] = nil
        object["status", "phase"] = nil
        #expect(
            object.json.text()
                == #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","x":1.50},"spec":{"n":null,"deep":{"er":3}}}"#
        )
        #expect(object.groupVersionKind == GroupVersionKind(group: "", version: "v1", kind: "Pod"))
    }

    @Test func `a status keeps its words over the wire`() throws {
        var status = APIStatus(code: 409, reason: .conflict, message: "no")
        status.details.causes = [.init(reason: "FieldManagerConflict", message: "m", field: ".spec.x")]
        status.details.retryAfter = .seconds(2)
        let read = try #require(APIStatus(status.json))
        #expect(read == status)
    }
}
