import CanonicalHTTP
import Testing

@Suite("The canonical request")
struct CanonicalRequestTests {
    @Test func `a target keeps its query, and nothing of it is matched`() throws {
        let request = try CanonicalRequest(canonicalizing: .sample("/a/../b%41?x=%2f&y"))
        #expect(request.path == "/bA")
        #expect(request.query == "x=%2f&y")
        #expect(request.target == "/bA?x=%2f&y")
    }
}

extension RequestHead {
    /// A request to `orders.shop` by HTTP/1.1.
    static func sample(
        _ target: String,
        method: String = "GET",
        hosts: [String] = ["orders.shop"],
        version: HTTPVersion = .http1_1
    ) -> RequestHead {
        RequestHead(
            method: method,
            target: Array(target.utf8),
            authorities: hosts.map { Array($0.utf8) },
            fields: HeaderFields(),
            version: version
        )
    }
}
