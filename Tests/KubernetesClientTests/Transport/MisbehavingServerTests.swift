import JSONText
import KubernetesModel
import NIOHTTP1
import Secrets
import Testing

@testable import KubernetesClient

@Suite("A server that misbehaves")
struct MisbehavingServerTests {
    private static let pods = ResourceType(
        GroupVersion(group: "", version: "v1"),
        "pods",
        kind: "Pod"
    )
    private static let pod =
        #"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","resourceVersion":"7"}}"#

    private func client(
        _ server: ScriptedServer,
        _ change: (inout ClientConfiguration) throws -> Void = { _ in }
    ) throws -> APIClient {
        var configuration = ClientConfiguration(
            server: ServerAddress(isTLS: false, host: "127.0.0.1", port: server.port)
        )
        try change(&configuration)
        return try APIClient(configuration)
    }

    private func error(_ work: () async throws -> Void) async -> ClientError? {
        do {
            try await work()
            return nil
        } catch {
            return error as? ClientError
        }
    }

    @Test(arguments: ["GET", "POST"])
    func `who is sent away for no time comes back, also with a write`(method: String) async throws {
        let server = try await ScriptedServer { request in
            request.number < 2
                ? .init(429, "slow down", headers: [("Retry-After", "0")]) : .init(200, Self.pod)
        }
        let client = try client(server)
        let object =
            method == "GET"
            ? try await client.get(Self.pods, name: "web")
            : try await client.create(Self.pods, UnstructuredObject(["metadata": ["name": "web"]]))
        #expect(object.name == "web")
        #expect(server.requests.map(\.method) == [method, method, method])
        await client.shutdown()
        await server.stop()
    }

    @Test func `503 with Retry-After is asked again, but not for a create`() async throws {
        let server = try await ScriptedServer { request in
            request.number == 0 || request.method == "POST"
                ? .init(503, headers: [("Retry-After", "0")]) : .init(200, Self.pod)
        }
        let client = try client(server)
        _ = try await client.get(Self.pods, name: "web")
        let refused = await error {
            _ = try await client.create(Self.pods, UnstructuredObject(["metadata": ["name": "web"]]))
        }
        #expect(refused?.status?.code == 503)
        #expect(refused?.status?.reason == .serviceUnavailable)
        #expect(server.requests.map(\.method) == ["GET", "GET", "POST"])
        await client.shutdown()
        await server.stop()
    }

    @Test func `no one is asked for ever`() async throws {
        let server = try await ScriptedServer { _ in .init(429, headers: [("Retry-After", "0")]) }
        let client = try client(server)
        let refused = await error { _ = try await client.get(Self.pods, name: "web") }
        #expect(refused?.status?.reason == .tooManyRequests)
        #expect(server.requests.count == 5)
        await client.shutdown()
        await server.stop()
    }

    @Test func `a redirect is not followed, and the token stays`() async throws {
        let other = try await ScriptedServer { _ in .init(200, Self.pod) }
        let port = other.port
        let server = try await ScriptedServer { _ in
            .init(307, headers: [("Location", "http://127.0.0.1:\(port)/api/v1/namespaces/default/pods/web")])
        }
        let client = try client(server) { $0.credentials = try FixedCredentials.token(Secret("swordfish")) }
        let refused = await error { _ = try await client.get(Self.pods, name: "web") }
        guard case .malformed(let text)? = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(text.contains("redirect"))
        #expect(other.requests.isEmpty)
        #expect(server.requests.first?.headers["authorization"] == ["Bearer swordfish"])
        await client.shutdown()
        await server.stop()
        await other.stop()
    }

    @Test func `silence ends with the request's time`() async throws {
        let server = try await ScriptedServer { _ in .init(200, "{", end: .silence) }
        let client = try client(server) { $0.limits.requestTimeout = .milliseconds(200) }
        let failure = await error { _ = try await client.get(Self.pods, name: "web") }
        guard case .deadline(.milliseconds(200))? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        await client.shutdown()
        await server.stop()
    }

    @Test func `an answer that is too long is not read`() async throws {
        let server = try await ScriptedServer { _ in .init(200, String(repeating: " ", count: 5000), Self.pod)
        }
        let client = try client(server) { $0.limits.responseBytes = 4096 }
        let failure = await error { _ = try await client.get(Self.pods, name: "web") }
        guard case .malformed(let text)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(text == "the answer is longer than 4096 bytes")
        await client.shutdown()
        await server.stop()
    }

    @Test(arguments: ["", "<html>", "[]", "{\"a\":1}{", "{\"items\":3}"])
    func `what is no object is told as such`(body: String) async throws {
        let server = try await ScriptedServer { _ in .init(200, body) }
        let client = try client(server)
        let failure = await error { _ = try await client.list(Self.pods) }
        guard case .malformed? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        await client.shutdown()
        await server.stop()
    }

    @Test func `a read whose connection breaks off is sent again, a write is not`() async throws {
        let server = try await ScriptedServer { request in
            request.number == 1 ? .init(200, Self.pod) : .init(200, "{", end: .breakOff)
        }
        let client = try client(server)
        let object = try await client.get(Self.pods, name: "web")
        let failure = await error {
            _ = try await client.create(Self.pods, UnstructuredObject(["metadata": ["name": "web"]]))
        }
        #expect(object.name == "web")
        guard case .connection? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(server.requests.map(\.method) == ["GET", "GET", "POST"])
        await client.shutdown()
        await server.stop()
    }

    @Test func `a watch gives its events, and half a frame is an error`() async throws {
        let server = try await ScriptedServer { _ in
            .init(
                200,
                #"{"type":"ADDED","object":\#(Self.pod)}"# + "\n" + #"{"type":"MODI"#,
                #"FIED","object":\#(Self.pod)}"# + "\n",
                #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"# + "\n" + "{\"type\":"
            )
        }
        let client = try client(server)
        var seen: [String] = []
        var failure: ClientError?
        do {
            for try await event in try await client.watch(Self.pods) {
                switch event {
                case .added(let object): seen.append("added \(object.name)")
                case .modified(let object): seen.append("modified \(object.name)")
                case .deleted(let object): seen.append("deleted \(object.name)")
                case .bookmark(let version, _): seen.append("bookmark \(version)")
                case .failed(let status): seen.append("\(status)")
                }
            }
        } catch {
            failure = error
        }
        #expect(seen == ["added web", "modified web", "bookmark 9"])
        guard case .malformed(let text)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(text == "the watch ended within a frame, after 8 bytes")
        await client.shutdown()
        await server.stop()
    }

    @Test func `a watch that ends between two frames just ends`() async throws {
        let server = try await ScriptedServer { _ in
            .init(
                200,
                #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}"#
                    + "\n"
            )
        }
        let client = try client(server)
        var statuses: [Int] = []
        for try await event in try await client.watch(Self.pods) {
            if case .failed(let status) = event { statuses.append(status.code) }
        }
        #expect(statuses == [410])
        let uri = server.requests.first?.uri
        #expect(uri == "/api/v1/pods?watch=true&allowWatchBookmarks=true")
        await client.shutdown()
        await server.stop()
    }

    @Test func `what a proxy says instead of the server is told without its text`() async throws {
        let server = try await ScriptedServer { _ in .init(502, "<html>swordfish</html>") }
        let client = try client(server)
        let refused = await error { _ = try await client.get(Self.pods, name: "web") }
        let text = refused.map { "\($0)" } ?? ""
        #expect(refused?.status?.code == 502)
        #expect(!text.contains("swordfish"))
        await client.shutdown()
        await server.stop()
    }

    @Test(arguments: ["", ".", "..", "a/b", "a%2Fb"])
    func `a name that would lead elsewhere is not asked for`(name: String) async throws {
        let server = try await ScriptedServer { _ in .init(200, Self.pod) }
        let client = try client(server)
        let refused = await error { _ = try await client.get(Self.pods, name: name) }
        guard case .request? = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(server.requests.isEmpty)
        await client.shutdown()
        await server.stop()
    }

    @Test func `pages are followed, and those that expire are asked for anew`() async throws {
        let server = try await ScriptedServer { request in
            func page(_ name: String, _ next: String) -> ScriptedServer.Reply {
                .init(
                    200,
                    #"{"metadata":{"resourceVersion":"5","continue":"\#(next)"},"#
                        + #""items":[{"metadata":{"name":"\#(name)"}}]}"#
                )
            }
            return switch request.number {
            case 0: page("a", "t1")
            case 1: page("b", "t2")
            case 2: .init(410, #"{"kind":"Status","status":"Failure","code":410,"reason":"Expired"}"#)
            default: page("z", "")
            }
        }
        let client = try client(server)
        let list = try await client.listAll(Self.pods, in: "shop")
        #expect(list.items.map(\.name) == ["z"])
        #expect(list.items.first?.kind == "Pod")
        let base = "/api/v1/namespaces/shop/pods"
        #expect(
            server.requests.map(\.uri) == [
                "\(base)?limit=500", "\(base)?limit=500&continue=t1", "\(base)?limit=500&continue=t2", base,
            ]
        )
        await client.shutdown()
        await server.stop()
    }
}
