import APIRegistry
import KubernetesModel
import RBAC
import Testing

@Suite("What a request wants")
struct RequestInfoTests {
    struct Fact: CustomTestStringConvertible, Sendable {
        var request: String
        var expected: String
        var testDescription: String { request }

        init(_ request: String, _ expected: String) {
            self.request = request
            self.expected = expected
        }
    }

    /// verb group/version namespace resource subresource name; `-` for nothing.
    static let facts = [
        Fact("GET /api/v1/namespaces", "list /v1 - namespaces - -"),
        Fact("GET /api/v1/namespaces/other", "get /v1 other namespaces - other"),
        Fact("PUT /api/v1/namespaces/other/finalize", "update /v1 other namespaces finalize other"),
        Fact("PATCH /api/v1/namespaces/other/status", "patch /v1 other namespaces status other"),
        Fact("GET /api/v1/namespaces/other/pods", "list /v1 other pods - -"),
        Fact("GET /api/v1/namespaces/other/pods/foo", "get /v1 other pods - foo"),
        Fact("HEAD /api/v1/namespaces/other/pods/foo", "get /v1 other pods - foo"),
        Fact("GET /api/v1/pods", "list /v1 - pods - -"),
        Fact("GET /api/v1/pods?watch=true", "watch /v1 - pods - -"),
        Fact("GET /api/v1/pods?watch=1", "watch /v1 - pods - -"),
        Fact("GET /api/v1/pods?watch=false", "list /v1 - pods - -"),
        Fact("GET /api/v1/pods?watch=0", "list /v1 - pods - -"),
        Fact("GET /api/v1/watch/pods", "watch /v1 - pods - -"),
        Fact("GET /api/v1/watch/namespaces/other/pods/foo", "watch /v1 other pods - foo"),
        Fact(
            "GET /api/v1/namespaces/other/pods?fieldSelector=metadata.name%3Dfoo",
            "list /v1 other pods - foo"
        ),
        Fact(
            "GET /api/v1/namespaces/other/pods?fieldSelector=metadata.name==foo",
            "list /v1 other pods - foo"
        ),
        Fact("GET /api/v1/namespaces/other/pods?fieldSelector=metadata.name!=foo", "list /v1 other pods - -"),
        Fact("GET /api/v1/namespaces/other/pods?fieldSelector=metadata.name=..", "list /v1 other pods - -"),
        Fact("GET /api/v1/pods?fieldSelector=status.phase!=a\\,metadata.name=b", "list /v1 - pods - -"),
        Fact("POST /api/v1/namespaces/other/pods", "create /v1 other pods - -"),
        Fact("POST /api/v1/namespaces/other/pods/foo/binding", "create /v1 other pods binding foo"),
        Fact("PUT /api/v1/namespaces/other/pods/foo", "update /v1 other pods - foo"),
        Fact("DELETE /api/v1/namespaces/other/pods/foo", "delete /v1 other pods - foo"),
        Fact("DELETE /api/v1/namespaces/other/pods", "deletecollection /v1 other pods - -"),
        Fact("PATCH /apis/apps/v1/namespaces/a/deployments/b/scale", "patch apps/v1 a deployments scale b"),
        Fact("GET /apis/apps/v1/deployments/", "list apps/v1 - deployments - -"),
        Fact("GET /apis/example.com/v1/widgets/x", "get example.com/v1 - widgets - x"),
        Fact("OPTIONS /api/v1/pods/x", " /v1 - pods - x"),
        Fact("GET /api/v1/proxy/namespaces/a/pods/x/y", "proxy /v1 a pods - x"),
    ]

    @Test(arguments: facts) func `a path of a resource`(fact: Fact) throws {
        let info = try Self.info(fact.request)
        let wanted = try #require(info.resource)
        func word(_ text: String) -> String { text.isEmpty ? "-" : text }
        let said =
            "\(wanted.verb) \(wanted.group)/\(wanted.version) \(word(wanted.namespace)) \(wanted.resource) "
            + "\(word(wanted.subresource)) \(word(wanted.name))"
        #expect(said == fact.expected)
    }

    @Test(arguments: [
        "GET /", "GET /version", "GET /api", "GET /apis", "GET /api/v1", "GET /apis/apps",
        "GET /apis/apps/v1",
        "GET /healthz/ping", "POST /openapi/v3/api/v1", "GET /api/v1/namespaces//pods", "GET //api//v1/pods",
        "GET ",
    ]) func `a path of no resource`(request: String) throws {
        let info = try Self.info(request)
        let resource = info.resource
        #expect(resource == nil)
        #expect(info.attributes.verb == String(request.prefix { $0 != " " }).lowercased())
    }

    @Test func `a path that stops after watch is refused`() {
        #expect(throws: APIStatus.self) { try Self.info("GET /api/v1/watch") }
    }

    @Test func `what stands behind the subresource is kept`() throws {
        let info = try Self.info("GET /api/v1/namespaces/a/pods/b/proxy/metrics")
        #expect(info.segments == ["pods", "b", "proxy", "metrics"])
    }

    /// `METHOD /path?name=value`, where only `%3D` is decoded.
    private static func info(_ request: String) throws -> RequestInfo {
        let words = request.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = words[1].split(separator: "?", maxSplits: 1)
        let pairs = parts.count < 2 ? [] : parts[1].split(separator: "&")
        let query = pairs.map { pair -> (name: String, value: String) in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = sides.count > 1 ? sides[1] : ""
            let decoded = value.split(separator: "%3D", omittingEmptySubsequences: false).joined(
                separator: "="
            )
            return (name: String(sides[0]), value: decoded)
        }
        return try RequestInfo(
            method: String(words[0]),
            path: parts.first.map(String.init) ?? "",
            query: query
        )
    }
}
