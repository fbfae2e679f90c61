import JSONText
public import KubernetesModel
public import RBAC
public import Secrets

/// A token as the server issued it.
public struct IssuedToken: Sendable {
    public let token: Secret<String>
    public let expires: Timestamp
}

extension APIClient {
    /// Has the server issue a token for a service account (TokenRequest).
    public func requestToken(
        for account: String,
        in namespace: String? = nil,
        _ specification: AuthenticationV1.TokenSpecification = AuthenticationV1.TokenSpecification()
    ) async throws(ClientError) -> IssuedToken {
        let answer = try await create(
            "token",
            of: .serviceAccounts,
            name: account,
            specification.object,
            in: namespace
        )
        let (token, expires) = try Self.reading("TokenRequest") { () throws(ObjectError) in
            try AuthenticationV1.issuedToken(answer)
        }
        return IssuedToken(token: Secret(token), expires: expires)
    }

    /// Asks the server whose a token is (TokenReview).
    ///
    /// A token that is meant for none of the audiences is not authenticated; without audiences it has to be meant for
    /// the API server.
    public func review(
        token: Secret<String>,
        audiences: [String] = []
    ) async throws(ClientError) -> AuthenticationV1.TokenVerdict {
        var spec: JSONObject = token.reveal { ["token": .string($0)] }
        if !audiences.isEmpty { spec["audiences"] = .strings(audiences) }
        let answer = try await ask(.tokenReviews, spec)
        return try Self.reading("TokenReview") { () throws(ObjectError) in
            try AuthenticationV1.TokenVerdict(answer)
        }
    }

    /// Asks the server who we are (SelfSubjectReview).
    public func whoAmI() async throws(ClientError) -> AuthenticationV1.User {
        let answer = try await ask(.selfSubjectReviews, nil)
        return try Self.reading("SelfSubjectReview") { () throws(ObjectError) in
            try AuthenticationV1.ownUser(answer)
        }
    }

    /// Asks the server whether a user may do something (SubjectAccessReview).
    public func mayUser(
        _ user: UserInfo,
        _ attributes: RequestAttributes
    ) async throws(ClientError) -> AuthorizationV1.AccessVerdict {
        var spec = Self.spec(attributes)
        spec["user"] = .string(user.name)
        if !user.uid.isEmpty { spec["uid"] = .string(user.uid) }
        if !user.groups.isEmpty { spec["groups"] = .strings(user.groups) }
        if !user.extra.isEmpty {
            let extra = user.extra.sorted { $0.key < $1.key }
            spec["extra"] = .object(JSONObject(extra.map { ($0.key, .strings($0.value)) }))
        }
        return try await verdict(.subjectAccessReviews, spec)
    }

    /// Asks the server whether we may do something ourselves (SelfSubjectAccessReview).
    public func mayWe(
        _ attributes: RequestAttributes
    ) async throws(ClientError) -> AuthorizationV1.AccessVerdict {
        try await verdict(.selfSubjectAccessReviews, Self.spec(attributes))
    }

    private func verdict(
        _ type: ResourceType,
        _ spec: JSONObject
    ) async throws(ClientError) -> AuthorizationV1.AccessVerdict {
        let answer = try await ask(type, spec)
        return try Self.reading(type.kind) { () throws(ObjectError) in
            try AuthorizationV1.AccessVerdict(answer)
        }
    }

    private func ask(_ type: ResourceType, _ spec: JSONObject?) async throws(ClientError)
        -> UnstructuredObject
    {
        var question = UnstructuredObject()
        question.apiVersion = type.groupVersion.apiVersion
        question.kind = type.kind
        if let spec { question["spec"] = .object(spec) }
        return try await create(type, question)
    }

    private static func spec(_ attributes: RequestAttributes) -> JSONObject {
        switch attributes {
        case .path(let path, let verb):
            return ["nonResourceAttributes": ["path": .string(path), "verb": .string(verb)]]
        case .resource(let resource):
            var members = JSONObject()
            for (name, text) in [
                ("namespace", resource.namespace), ("verb", resource.verb), ("group", resource.group),
                ("version", resource.version), ("resource", resource.resource),
                ("subresource", resource.subresource), ("name", resource.name),
            ] where !text.isEmpty {
                members[name] = .string(text)
            }
            return ["resourceAttributes": .object(members)]
        }
    }

    static func reading<Value>(
        _ kind: String,
        _ work: () throws(ObjectError) -> Value
    ) throws(ClientError) -> Value {
        do {
            return try work()
        } catch {
            throw .malformed("a \(kind) whose \(error)")
        }
    }
}
