import JSONText
import KubernetesModel
import RBAC

/// What is written down of one request (`audit.k8s.io/v1` Event).
struct AuditEvent: Sendable {
    enum Level: String, Sendable {
        case metadata = "Metadata"
        /// With what was sent; never for secrets and tokens.
        case request = "Request"
    }

    /// How far the request is; only watches have two lines.
    enum Stage: String, Sendable {
        case responseStarted = "ResponseStarted"
        case responseComplete = "ResponseComplete"
    }

    var id: String
    var stage = Stage.responseComplete
    var level = Level.metadata
    var requestURI: String
    var verb: String
    var user: UserInfo
    var impersonated: UserInfo?
    var sourceAddress: String
    var userAgent: String
    var resource: ResourceAttributes?
    var code = 0
    /// The Status of a refusal.
    var status: APIStatus?
    var requestObject: JSONValue?
    var received: Timestamp
    var completed: Timestamp
    var decision = ""
    var reason = ""
    /// From webhooks; bounded before.
    var annotations: [(name: String, value: String)] = []

    var json: JSONValue {
        var event: JSONObject = [
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": .string(level.rawValue),
            "auditID": .string(id), "stage": .string(stage.rawValue), "requestURI": .string(requestURI),
            "verb": .string(verb), "user": UserInfoText.json(user),
        ]
        if let impersonated { event["impersonatedUser"] = UserInfoText.json(impersonated) }
        if !sourceAddress.isEmpty { event["sourceIPs"] = [.string(sourceAddress)] }
        if !userAgent.isEmpty { event["userAgent"] = .string(userAgent) }
        if let resource { event["objectRef"] = Self.json(resource) }
        event["responseStatus"] = responseStatus
        if let requestObject { event["requestObject"] = requestObject }
        event["requestReceivedTimestamp"] = .string(received.microTime)
        event["stageTimestamp"] = .string(completed.microTime)
        var annotations = JSONObject()
        for annotation in self.annotations { annotations[annotation.name] = .string(annotation.value) }
        if !decision.isEmpty {
            annotations["authorization.k8s.io/decision"] = .string(decision)
            annotations["authorization.k8s.io/reason"] = .string(reason)
        }
        if !annotations.isEmpty { event["annotations"] = .object(annotations) }
        return .object(event)
    }

    private var responseStatus: JSONValue {
        var result: JSONObject = ["metadata": [:]]
        if let status {
            result["status"] = .string(status.isSuccess ? "Success" : "Failure")
            if !status.message.isEmpty { result["message"] = .string(status.message) }
            if status.reason != .unknown { result["reason"] = .string(status.reason.rawValue) }
        }
        result["code"] = .int(code)
        return .object(result)
    }

    private static func json(_ resource: ResourceAttributes) -> JSONValue {
        var result = JSONObject()
        for (name, value) in [
            ("resource", resource.resource), ("namespace", resource.namespace), ("name", resource.name),
            ("apiGroup", resource.group), ("apiVersion", resource.version),
            ("subresource", resource.subresource),
        ] where !value.isEmpty {
            result[name] = .string(value)
        }
        return .object(result)
    }
}

/// Decides what of a request's body may be written down.
enum AuditPolicy {
    /// A body of more is noted by its absence.
    static let largestBody = 256 << 10
    static let bodyLimits = JSONLimits(bytes: largestBody, depth: 100)

    /// The beginning of what a caller made long: a record that anybody can swell would push others out of the files.
    static func shortened(_ text: String) -> String {
        let limit = 1024
        guard text.utf8.count > limit else { return text }
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
    }

    static func level(for resource: ResourceAttributes?) -> AuditEvent.Level {
        guard let resource, ["create", "update", "patch"].contains(resource.verb) else { return .metadata }
        // A credential must not reach a file that more people may read than may read the credential.
        let isSecret = resource.group.isEmpty && ["secrets", "configmaps"].contains(resource.resource)
        let isToken =
            resource.resource == "tokenreviews"
            || resource.resource == "serviceaccounts" && resource.subresource == "token"
        return isSecret || isToken ? .metadata : .request
    }
}
