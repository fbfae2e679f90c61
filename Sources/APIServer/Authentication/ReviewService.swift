import APIRegistry
import JSONText
import KubernetesModel
import RBAC

/// Answers questions about who somebody is and what they may do; nothing of them is stored.
struct ReviewService: Sendable {
    enum Kind: String, Sendable {
        case tokenReview = "TokenReview"
        case selfSubjectReview = "SelfSubjectReview"
        case subjectAccessReview = "SubjectAccessReview"
        case localSubjectAccessReview = "LocalSubjectAccessReview"
        case selfSubjectAccessReview = "SelfSubjectAccessReview"
        case selfSubjectRulesReview = "SelfSubjectRulesReview"

        var group: String {
            switch self {
            case .tokenReview, .selfSubjectReview: "authentication.k8s.io"
            case .subjectAccessReview, .localSubjectAccessReview, .selfSubjectAccessReview,
                .selfSubjectRulesReview:
                "authorization.k8s.io"
            }
        }

        /// `nil` when the request is for none of them.
        init?(_ resource: ResourceAttributes) {
            let all: [Kind] = [
                .tokenReview, .selfSubjectReview, .subjectAccessReview, .localSubjectAccessReview,
                .selfSubjectAccessReview, .selfSubjectRulesReview,
            ]
            let found = all.first { kind in
                resource.group == kind.group && resource.resource == "\(kind.rawValue.lowercased())s"
            }
            guard let found, resource.version == "v1", resource.subresource.isEmpty, resource.name.isEmpty
            else {
                return nil
            }
            guard resource.namespace.isEmpty != (found == .localSubjectAccessReview) else { return nil }
            self = found
        }
    }

    var rules: any AccessRules
    var tokens: ServiceAccountTokens
    var limits = JSONLimits(bytes: 3 << 20, depth: 100)

    func respond(to request: APIRequest, _ kind: Kind, namespace: String) async -> APIResponse {
        do throws(APIStatus) {
            let asked = try read(request, kind)
            let (spec, status) = try await review(asked, kind, by: request.user, namespace: namespace)
            var metadata = asked["metadata"]?.object ?? JSONObject()
            metadata["creationTimestamp"] = .null
            var answer: JSONObject = [
                "kind": .string(kind.rawValue), "apiVersion": .string("\(kind.group)/v1"),
                "metadata": .object(metadata),
            ]
            if let spec { answer["spec"] = .object(spec) }
            answer["status"] = .object(status)
            return APIResponse(code: 201, .object(answer))
        } catch {
            return APIResponse(error)
        }
    }

    private func read(_ request: APIRequest, _ kind: Kind) throws(APIStatus) -> UnstructuredObject {
        let type = request.contentType.split(separator: ";").first.map(String.init) ?? ""
        guard type.isEmpty || type == "application/json" else {
            throw .unsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: application/json"
            )
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: request.body, limits: limits)
        } catch {
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(kind.rawValue)): \(error)"
            )
        }
        guard let object = UnstructuredObject(value) else {
            throw .badRequest("the object provided is unrecognized (must be of type \(kind.rawValue))")
        }
        let wanted = GroupVersionKind(group: kind.group, version: "v1", kind: kind.rawValue)
        guard object.kind.isEmpty || object.groupVersionKind == wanted else {
            throw .badRequest(
                "\(object.kind) in version \"\(object.apiVersion)\" cannot be handled as a \(kind.rawValue)"
            )
        }
        return object
    }

    private func review(
        _ asked: UnstructuredObject,
        _ kind: Kind,
        by user: UserInfo,
        namespace: String
    ) async throws(APIStatus) -> (spec: JSONObject?, status: JSONObject) {
        let spec = asked["spec"]?.object ?? JSONObject()
        switch kind {
        case .selfSubjectReview: return (nil, ["userInfo": UserInfoText.json(user)])
        case .tokenReview: return (spec, try await tokenStatus(spec))
        case .selfSubjectAccessReview: return (spec, access(try attributes(spec, kind), by: user))
        case .subjectAccessReview, .localSubjectAccessReview:
            let attributes = try attributes(spec, kind)
            if kind == .localSubjectAccessReview {
                guard case .resource(let resource) = attributes, resource.namespace == namespace else {
                    throw invalid(kind, "spec.resourceAttributes.namespace", "must match metadata.namespace")
                }
            }
            return (spec, access(attributes, by: try subject(spec, kind)))
        case .selfSubjectRulesReview:
            guard let namespace = spec["namespace"]?.string, !namespace.isEmpty else {
                throw .badRequest("no namespace on request")
            }
            return (spec, rulesStatus(rules.evaluator.rules(of: user, in: namespace)))
        }
    }

    // MARK: Tokens

    private func tokenStatus(_ spec: JSONObject) async throws(APIStatus) -> JSONObject {
        guard let token = spec["token"]?.string, !token.isEmpty else {
            throw .badRequest("token is required for TokenReview in authentication")
        }
        let wanted = spec["audiences"]?.array?.compactMap(\.string) ?? []
        do throws(TokenRefusal) {
            let (user, audiences) = try await tokens.user(
                token,
                audiences: wanted.isEmpty ? tokens.ownAudiences : wanted
            )
            return [
                "authenticated": true, "user": UserInfoText.json(user), "audiences": .strings(audiences),
            ]
        } catch {
            return ["user": [:], "error": "invalid bearer token"]
        }
    }

    // MARK: Access

    private func access(_ attributes: RequestAttributes, by user: UserInfo) -> JSONObject {
        let answer = rules.judge(attributes, by: user)
        var status: JSONObject = ["allowed": .bool(answer.isAllowed)]
        if !answer.reason.isEmpty { status["reason"] = .string(answer.reason) }
        return status
    }

    private func attributes(_ spec: JSONObject, _ kind: Kind) throws(APIStatus) -> RequestAttributes {
        switch (spec["resourceAttributes"]?.object, spec["nonResourceAttributes"]?.object) {
        case (let resource?, nil):
            func text(_ name: String) -> String { resource[name]?.string ?? "" }
            return .resource(
                ResourceAttributes(
                    verb: text("verb"),
                    group: text("group"),
                    version: text("version").isEmpty ? "*" : text("version"),
                    resource: text("resource"),
                    subresource: text("subresource"),
                    namespace: text("namespace"),
                    name: text("name")
                )
            )
        case (nil, let path?) where kind != .localSubjectAccessReview:
            return .path(path["path"]?.string ?? "", verb: path["verb"]?.string ?? "")
        case (nil, _):
            throw invalid(
                kind,
                "spec.resourceAttributes",
                "exactly one of nonResourceAttributes or resourceAttributes must be specified"
            )
        case (_?, _?):
            throw invalid(
                kind,
                "spec.nonResourceAttributes",
                "cannot be specified in combination with resourceAttributes"
            )
        }
    }

    private func subject(_ spec: JSONObject, _ kind: Kind) throws(APIStatus) -> UserInfo {
        let groups = spec["groups"]?.array?.compactMap(\.string) ?? []
        let name = spec["user"]?.string ?? ""
        guard !name.isEmpty || !groups.isEmpty else {
            throw invalid(kind, "spec.user", "at least one of user or group must be specified")
        }
        var extra: [String: [String]] = [:]
        for member in spec["extra"]?.object ?? JSONObject() {
            extra[member.name] = member.value.array?.compactMap(\.string) ?? []
        }
        return UserInfo(name: name, uid: spec["uid"]?.string ?? "", groups: groups, extra: extra)
    }

    private func rulesStatus(_ rules: [PolicyRule]) -> JSONObject {
        var resources: [JSONValue] = []
        var paths: [JSONValue] = []
        for rule in rules {
            guard rule.paths.isEmpty else {
                paths.append(["verbs": .strings(rule.verbs), "nonResourceURLs": .strings(rule.paths)])
                continue
            }
            var members: JSONObject = [
                "verbs": .strings(rule.verbs), "apiGroups": .strings(rule.groups),
                "resources": .strings(rule.resources),
            ]
            if !rule.resourceNames.isEmpty { members["resourceNames"] = .strings(rule.resourceNames) }
            resources.append(.object(members))
        }
        return ["resourceRules": .array(resources), "nonResourceRules": .array(paths), "incomplete": false]
    }

    private func invalid(_ kind: Kind, _ field: String, _ problem: String) -> APIStatus {
        APIStatus.invalid(
            GroupVersionKind(group: kind.group, version: "v1", kind: kind.rawValue),
            name: "",
            causes: [.init(reason: "FieldValueInvalid", message: "Invalid value: \(problem)", field: field)]
        )
    }
}

/// Somebody as `authentication/v1` UserInfo.
enum UserInfoText {
    static func json(_ user: UserInfo) -> JSONValue {
        var result: JSONObject = ["username": .string(user.name)]
        if !user.uid.isEmpty { result["uid"] = .string(user.uid) }
        if !user.groups.isEmpty { result["groups"] = .strings(user.groups) }
        if !user.extra.isEmpty {
            let extra = user.extra.sorted { $0.key < $1.key }
            result["extra"] = .object(JSONObject(extra.map { ($0.key, .strings($0.value)) }))
        }
        return .object(result)
    }
}
