public import JSONText
public import KubernetesModel
import RBAC

/// What a webhook is asked (`admission.k8s.io/v1` AdmissionReview).
public enum AdmissionReview {
    public static let apiVersion = "admission.k8s.io/v1"

    /// The question, with objects as the webhook's rule names them.
    public static func request(
        _ attributes: AdmissionAttributes,
        as resource: ResourceDefinition,
        uid: String
    )
        -> JSONValue
    {
        let version = resource.groupVersion
        func converted(_ object: UnstructuredObject?) -> JSONValue {
            guard var object else { return .null }
            if object.apiVersion == attributes.resource.groupVersion.apiVersion {
                object.apiVersion = version.apiVersion
            }
            return object.json
        }
        var kind = attributes.kind
        if kind.groupVersion == attributes.resource.groupVersion { kind.groupVersion = version }
        var request: JSONObject = [
            "uid": .string(uid),
            "kind": json(kind),
            "resource": json(version, resource.plural),
        ]
        if !attributes.subresource.isEmpty { request["subResource"] = .string(attributes.subresource) }
        request["requestKind"] = json(attributes.kind)
        request["requestResource"] = json(attributes.resource.groupVersion, attributes.resource.plural)
        if !attributes.subresource.isEmpty { request["requestSubResource"] = .string(attributes.subresource) }
        if !attributes.name.isEmpty { request["name"] = .string(attributes.name) }
        if !attributes.namespace.isEmpty { request["namespace"] = .string(attributes.namespace) }
        request["operation"] = .string(attributes.operation.rawValue)
        request["userInfo"] = userInfo(attributes)
        request["object"] = converted(attributes.object)
        request["oldObject"] = converted(attributes.oldObject)
        request["dryRun"] = .bool(attributes.isDryRun)
        request["options"] = attributes.options
        return ["kind": "AdmissionReview", "apiVersion": .string(apiVersion), "request": .object(request)]
    }

    private static func userInfo(_ attributes: AdmissionAttributes) -> JSONValue {
        let user = attributes.user
        var result: JSONObject = ["username": .string(user.name)]
        if !user.uid.isEmpty { result["uid"] = .string(user.uid) }
        if !user.groups.isEmpty { result["groups"] = .strings(user.groups) }
        if !user.extra.isEmpty {
            let members = user.extra.sorted { $0.key < $1.key }
            result["extra"] = .object(JSONObject(members.map { ($0.key, .strings($0.value)) }))
        }
        return .object(result)
    }

    private static func json(_ kind: GroupVersionKind) -> JSONValue {
        [
            "group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind),
        ]
    }

    private static func json(_ version: GroupVersion, _ plural: String) -> JSONValue {
        [
            "group": .string(version.group), "version": .string(version.version),
            "resource": .string(plural),
        ]
    }
}

/// What a webhook answered.
public struct AdmissionAnswer: Hashable, Sendable {
    public var isAllowed: Bool
    /// The Status that came with a refusal, as it came.
    public var status: JSONValue?
    /// The operations of a JSON patch; `nil` for no change.
    public var patch: JSONValue?
    public var warnings: [String]
    /// Names carry the webhook's own in front when they are recorded.
    public var auditAnnotations: [(name: String, value: String)] {
        annotations.map { ($0.name, $0.value.string ?? "") }
    }
    private var annotations: JSONObject

    /// What makes an answer useless.
    public struct Malformed: Error, Hashable, Sendable {
        public var message: String
    }

    /// More warnings than these nobody reads.
    private static let warningLimit = 64

    /// Reads an answer and checks that it answers this question.
    public init(_ review: JSONValue, uid: String, isMutating: Bool, limits: JSONLimits) throws(Malformed) {
        let version = review["apiVersion"]?.string ?? ""
        let kind = review["kind"]?.string ?? ""
        guard version == AdmissionReview.apiVersion, kind == "AdmissionReview" else {
            throw Malformed(
                message:
                    "expected webhook response of \(AdmissionReview.apiVersion), Kind=AdmissionReview, got \(GoText.shortened(version)), Kind=\(GoText.shortened(kind))"
            )
        }
        guard let response = review["response"], response.object != nil else {
            throw Malformed(message: "webhook response was absent")
        }
        let given = response["uid"]?.string ?? ""
        guard given == uid else {
            throw Malformed(
                message: "expected response.uid=\(GoText.quoted(uid)), got \(GoText.quoted(given))"
            )
        }
        isAllowed = response["allowed"]?.bool ?? false
        status = response["status"].flatMap { $0.object == nil ? nil : $0 }
        warnings = (response["warnings"]?.array ?? []).prefix(Self.warningLimit).compactMap(\.string)
        annotations = response["auditAnnotations"]?.object ?? JSONObject()
        patch = nil
        let type = response["patchType"]?.string
        let text = response["patch"]?.string ?? ""
        guard isMutating else { return }
        guard !text.isEmpty else {
            if type != nil {
                throw Malformed(message: "webhook returned response.patchType but not response.patch")
            }
            return
        }
        guard let type else {
            throw Malformed(message: "webhook returned response.patch but not response.patchType")
        }
        guard type == "JSONPatch" else {
            throw Malformed(message: "webhook returned invalid response.patchType of \(GoText.quoted(type))")
        }
        guard let bytes = Base64Text.decode(text), let value = try? JSONValue(parsing: bytes, limits: limits)
        else {
            throw Malformed(message: "response.patch is no JSON in base64")
        }
        patch = value
    }

    /// What the caller is told when a webhook refuses.
    public func denial(by webhook: String) -> APIStatus {
        let subject = "admission webhook \(GoText.quoted(webhook)) denied the request"
        var result = APIStatus(
            code: status?["code"]?.int ?? 400,
            reason: APIStatus.Reason(rawValue: status?["reason"]?.string ?? ""),
            message: ""
        )
        if let status {
            var whole = status.object ?? JSONObject()
            whole["kind"] = "Status"
            result.details = APIStatus(.object(whole))?.details ?? result.details
        }
        if !(400..<600).contains(result.code) { result.code = 400 }
        let message = status?["message"]?.string ?? ""
        if !message.isEmpty {
            result.message = "\(subject): \(message)"
        } else if !result.reason.rawValue.isEmpty {
            result.message = "\(subject): \(result.reason.rawValue)"
        } else {
            result.message = "\(subject) without explanation"
        }
        return result
    }
}
