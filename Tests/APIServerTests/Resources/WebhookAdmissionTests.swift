import APIRegistry
import FoundationEssentials
import JSONText
import KubernetesModel
import Synchronization
import Testing

@testable import APIServer

/// A webhook that answers as it is told, and remembers what it was asked.
final class ScriptedWebhooks: WebhookCaller {
    private let answers: @Sendable (String, JSONValue) -> JSONValue?
    private let asked = Mutex<[String]>([])

    init(_ answers: @escaping @Sendable (_ name: String, _ request: JSONValue) -> JSONValue?) {
        self.answers = answers
    }

    var calls: [String] { asked.withLock { $0 } }

    func call(_ webhook: AdmissionWebhook, _ question: JSONValue) async throws(WebhookFailure) -> JSONValue {
        asked.withLock { $0.append(webhook.name) }
        let request = question["request"] ?? .null
        guard var response = answers(webhook.name, request)?.object else {
            throw WebhookFailure(message: "no answer")
        }
        response["uid"] = request["uid"]
        return [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": .object(response),
        ]
    }
}

@Suite("Webhooks and writes")
struct WebhookAdmissionTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"
    private static let group = "/apis/admissionregistration.k8s.io/v1"

    private func api(_ caller: ScriptedWebhooks) async throws -> TestAPI {
        try await TestAPI { store, catalogue in
            WebhookAdmission(store: store, catalogue: catalogue, limits: APIServerLimits(), caller: caller)
        }
    }

    private func webhook(_ name: String, _ more: String = "") -> String {
        """
        {"name": "\(name)", "clientConfig": {"url": "https://localhost/x"}, "sideEffects": "None",
         "admissionReviewVersions": ["v1"], "rules": [{"operations": ["*"], "apiGroups": [""],
         "apiVersions": ["v1"], "resources": ["configmaps"]}]\(more)}
        """
    }

    @Test func `a webhook changes what is written, and its warnings reach the caller`() async throws {
        // [{"op":"add","path":"/data","value":{"by":"webhook"}}]
        let patch = "W3sib3AiOiJhZGQiLCJwYXRoIjoiL2RhdGEiLCJ2YWx1ZSI6eyJieSI6IndlYmhvb2sifX1d"
        let caller = ScriptedWebhooks { _, _ in
            ["allowed": true, "patchType": "JSONPatch", "patch": .string(patch), "warnings": ["careful"]]
        }
        let api = try await api(caller)
        try await api.create(
            "\(Self.group)/mutatingwebhookconfigurations",
            "{\"metadata\": {\"name\": \"m\"}, \"webhooks\": [\(webhook("a.example.com"))]}"
        )
        let answer = try await api.send("POST", Self.maps, "{\"metadata\": {\"name\": \"a\"}}")
        #expect(answer.value["data"] == ["by": "webhook"])
        #expect(answer.warnings == ["careful"])
    }

    @Test func `a webhook refuses, and only its policy lets a failure pass`() async throws {
        let caller = ScriptedWebhooks { name, request in
            if name.hasPrefix("down") { return nil }
            return ["allowed": .bool(request["name"] != "bad"), "status": ["message": "not that one"]]
        }
        let api = try await api(caller)
        let configurations = "\(Self.group)/validatingwebhookconfigurations"
        let ignoring = webhook("down.example.com", ", \"failurePolicy\": \"Ignore\"")
        try await api.create(
            configurations,
            "{\"metadata\": {\"name\": \"v\"}, \"webhooks\": [\(webhook("a.example.com")), \(ignoring)]}"
        )
        let good = try await api.send("POST", Self.maps, "{\"metadata\": {\"name\": \"good\"}}")
        let bad = try await api.send("POST", Self.maps, "{\"metadata\": {\"name\": \"bad\"}}")
        try await api.create(
            configurations,
            "{\"metadata\": {\"name\": \"w\"}, \"webhooks\": [\(webhook("down2.example.com"))]}"
        )
        let failing = try await api.send("POST", Self.maps, "{\"metadata\": {\"name\": \"good2\"}}")
        #expect(good.code == 201)
        #expect(bad.message == "admission webhook \"a.example.com\" denied the request: not that one")
        #expect(failing.code == 500)
        #expect(
            failing.message
                == "Internal error occurred: failed calling webhook \"down2.example.com\": no answer"
        )
    }

    @Test func `what a webhook wants to have written down goes to the audit log, within bounds`() async throws
    {
        let caller = ScriptedWebhooks { _, _ in
            var notes: JSONObject = [
                "why": "because", "huge": .string(String(repeating: "x", count: 20_000)),
            ]
            for number in 0..<100 { notes["n\(number)"] = "x" }
            return ["allowed": true, "auditAnnotations": .object(notes)]
        }
        let api = try await api(caller)
        try await api.create(
            "\(Self.group)/validatingwebhookconfigurations",
            "{\"metadata\": {\"name\": \"v\"}, \"webhooks\": [\(webhook("a.example.com"))]}"
        )
        let answer = try await api.send("POST", Self.maps, "{\"metadata\": {\"name\": \"a\"}}")
        var event = AuditEvent(
            id: "1",
            requestURI: "/",
            verb: "create",
            user: TestAPI.admin,
            sourceAddress: "",
            userAgent: "",
            received: .epoch,
            completed: .epoch
        )
        event.annotations = answer.auditAnnotations.map { (name: $0.key, value: $0.value) }
        #expect(answer.auditAnnotations.count == 64)
        #expect(answer.auditAnnotations["a.example.com/huge"] == nil)
        #expect(event.json["annotations"]?["a.example.com/why"] == "because")
    }

    @Test func `a webhook that asks for it sees again what came after it`() async throws {
        let caller = ScriptedWebhooks { name, request in
            let data = request["object"]?["data"] ?? .null
            // The first wants to have "b" copied, which only the second brings.
            let operations: JSONValue =
                switch name {
                case "first.example.com" where data["b"] != nil && data["copied"] == nil:
                    [["op": "add", "path": "/data/copied", "value": data["b"] ?? ""]]
                case "second.example.com" where data["b"] == nil:
                    [["op": "add", "path": "/data/b", "value": "yes"]]
                default: []
                }
            let patch = Data(operations.bytes()).base64EncodedString()
            return ["allowed": true, "patchType": "JSONPatch", "patch": .string(patch)]
        }
        let api = try await api(caller)
        let first = webhook("first.example.com", ", \"reinvocationPolicy\": \"IfNeeded\"")
        let second = webhook("second.example.com")
        try await api.create(
            "\(Self.group)/mutatingwebhookconfigurations",
            "{\"metadata\": {\"name\": \"m\"}, \"webhooks\": [\(first), \(second)]}"
        )
        let made = try await api.create(
            Self.maps,
            "{\"metadata\": {\"name\": \"a\"}, \"data\": {\"a\": \"1\"}}"
        )
        #expect(made["data"] == ["a": "1", "b": "yes", "copied": "yes"])
        #expect(caller.calls == ["first.example.com", "second.example.com", "first.example.com"])
    }

    @Test func `a configuration that needs CEL is refused`() async throws {
        let api = try await TestAPI()
        let conditions = ", \"matchConditions\": [{\"name\": \"x\", \"expression\": \"true\"}]"
        let answer = try await api.send(
            "POST",
            "\(Self.group)/validatingwebhookconfigurations",
            "{\"metadata\": {\"name\": \"v\"}, \"webhooks\": [\(webhook("a.example.com", conditions))]}"
        )
        #expect(answer.code == 422)
        #expect(answer.message.contains("webhooks[0].matchConditions: Forbidden"))
    }
}
