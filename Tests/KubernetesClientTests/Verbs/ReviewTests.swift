import JSONText
import KubernetesModel
import RBAC
import Secrets
import Synchronization
import Testing

@testable import KubernetesClient

@Suite("Reviews, events and discovery")
struct ReviewTests {
    private func client(_ server: ScriptedServer) throws -> APIClient {
        try APIClient(
            ClientConfiguration(server: ServerAddress(isTLS: false, host: "127.0.0.1", port: server.port))
        )
    }

    private func body(_ request: ScriptedServer.Request?) throws -> JSONValue {
        try JSONValue(parsing: request?.body ?? [])
    }

    @Test func `whether a user may do something`() async throws {
        let server = try await ScriptedServer { _ in
            .init(201, #"{"status":{"allowed":false,"denied":true,"reason":"no"}}"#)
        }
        let client = try client(server)
        let verdict = try await client.mayUser(
            UserInfo(name: "jane", groups: ["dev"], extra: ["k": ["v"]]),
            .resource(ResourceAttributes(verb: "get", group: "", resource: "pods", namespace: "shop"))
        )
        let sent = try body(server.requests.first)
        #expect(!verdict.isAllowed && verdict.isDenied && verdict.reason == "no")
        #expect(
            sent["spec"] == [
                "resourceAttributes": [
                    "namespace": "shop", "verb": "get", "version": "*", "resource": "pods",
                ],
                "user": "jane", "groups": ["dev"], "extra": ["k": ["v"]],
            ]
        )
        await client.shutdown()
        await server.stop()
    }

    @Test func `an answer that does not say is not a yes`() async throws {
        let server = try await ScriptedServer { _ in .init(201, #"{"status":{}}"#) }
        let client = try client(server)
        await #expect(throws: ClientError.self) { try await client.mayWe(.path("/version", verb: "get")) }
        await client.shutdown()
        await server.stop()
    }

    @Test func `whose a token is, and a token for an account`() async throws {
        let server = try await ScriptedServer { request in
            request.uri.hasSuffix("/token")
                ? .init(
                    201,
                    #"{"status":{"token":"swordfish","expirationTimestamp":"2026-01-02T03:04:05Z"}}"#
                )
                : .init(
                    201,
                    #"{"status":{"authenticated":true,"audiences":["a"],"user":{"username":"u","groups":["g"]}}}"#
                )
        }
        let client = try client(server)
        let verdict = try await client.review(token: Secret("x"), audiences: ["a", "b"])
        let issued = try await client.requestToken(
            for: "web",
            in: "shop",
            .init(audiences: ["a"], lifetime: .seconds(600))
        )
        #expect(verdict.isAuthenticated && verdict.user.name == "u" && verdict.audiences == ["a"])
        #expect(issued.token.reveal { $0 } == "swordfish" && !"\(issued)".contains("swordfish"))
        #expect(server.requests.last?.uri == "/api/v1/namespaces/shop/serviceaccounts/web/token")
        let sent = try body(server.requests.last)
        #expect(sent["spec"] == ["audiences": ["a"], "expirationSeconds": 600])
        await client.shutdown()
        await server.stop()
    }

    @Test func `the same thing again is a series of the first event`() async throws {
        let server = try await ScriptedServer { request in
            .init(201, String(decoding: request.body, as: UTF8.self))
        }
        let client = try client(server)
        let clock = Mutex(Timestamp(clampingSeconds: 1_000))
        let recorder = EventRecorder(client, controller: "nullius.dev/test", instance: "me") {
            clock.withLock { $0 }
        }
        let pod = ObjectReference(apiVersion: "v1", kind: "Pod", namespace: "shop", name: "web")
        for seconds: Int64 in [1_000, 1_100, 1_200, 2_000] {
            clock.withLock { $0 = Timestamp(clampingSeconds: seconds) }
            await recorder.record("Denied", action: "Judge", "no", about: pod, severity: .warning)
        }
        let bodies = try server.requests.map { try body($0) }
        #expect(server.requests.map(\.method) == ["POST", "PATCH", "PATCH", "POST"])
        #expect(bodies[1]["series"]?["count"] == 2 && bodies[2]["series"]?["count"] == 3)
        #expect(bodies[0]["regarding"]?["name"] == "web" && bodies[0]["type"] == "Warning")
        #expect(bodies[0]["eventTime"] == "1970-01-01T00:16:40.000000Z")
        await client.shutdown()
        await server.stop()
    }

    @Test func `discovery asks once, and again for what it does not know`() async throws {
        let server = try await ScriptedServer { request in
            let added =
                request.number == 0 ? "" : #",{"name":"odds","kind":"Odd","namespaced":false,"verbs":[]}"#
            return .init(
                200,
                #"{"resources":[{"name":"deployments/scale","kind":"Deployment","namespaced":true,"verbs":["get"]},"#
                    + #"{"name":"deployments","kind":"Deployment","namespaced":true,"verbs":["get"]}\#(added)]}"#
            )
        }
        let client = try client(server)
        let discovery = Discovery(client)
        let first = try await discovery.resource(for: .init(group: "apps", version: "v1", kind: "Deployment"))
        let again = try await discovery.resource(for: .init(group: "apps", version: "v1", kind: "Deployment"))
        let odd = try await discovery.resource(for: .init(group: "apps", version: "v1", kind: "Odd"))
        #expect(first.plural == "deployments" && first == again)
        #expect(odd.plural == "odds" && !odd.isNamespaced)
        #expect(server.requests.map(\.uri) == ["/apis/apps/v1", "/apis/apps/v1"])
        await #expect(throws: ClientError.self) {
            try await discovery.resource(for: .init(group: "apps", version: "v1", kind: "Gone"))
        }
        await client.shutdown()
        await server.stop()
    }

    @Test func `an update is tried again with what somebody else wrote`() async throws {
        let server = try await ScriptedServer { request in
            switch request.number {
            case 0, 2:
                .init(
                    200,
                    #"{"metadata":{"name":"c","resourceVersion":"\#(request.number)"},"data":{"n":"\#(request.number)"}}"#
                )
            case 1: .init(409, #"{"kind":"Status","status":"Failure","code":409,"reason":"Conflict"}"#)
            default: .init(200, String(decoding: request.body, as: UTF8.self))
            }
        }
        let client = try client(server)
        let written = try await client.updateWithRetry(CoreV1.ConfigMap.self, name: "c") { map in
            map.data["mine"] = map.data["n"]
        }
        #expect(written.data == ["n": "2", "mine": "2"] && written.metadata.resourceVersion == "2")
        #expect(server.requests.map(\.method) == ["GET", "PUT", "GET", "PUT"])
        await client.shutdown()
        await server.stop()
    }
}
