import KubernetesClient
import KubernetesModel
import Testing

@Suite("Errors of the client")
struct ClientErrorTests {
    @Test func `a refusal is told in the server's words`() {
        let status = APIStatus(code: 404, reason: .notFound, message: "pods \"web\" not found")
        let text = "\(ClientError.status(status))"
        #expect(text == "the API server answered 404 NotFound: pods \"web\" not found")
    }
}
