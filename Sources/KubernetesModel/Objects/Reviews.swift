import JSONText

/// The kinds of `authentication.k8s.io/v1`: questions about who somebody is.
public enum AuthenticationV1 {
    /// Who the server holds somebody to be.
    public struct User: Hashable, Sendable {
        public let name: String
        public let uid: String
        public let groups: [String]
        public let extra: [String: [String]]

        init(_ fields: ObjectFields) throws(ObjectError) {
            name = try fields.text("username")
            uid = try fields.text("uid")
            groups = try fields.strings("groups")
            extra = try fields.lists("extra")
        }
    }

    /// What a TokenReview found out.
    public struct TokenVerdict: Hashable, Sendable {
        public let isAuthenticated: Bool
        public let user: User
        /// Those of the audiences asked for that the token is meant for.
        public let audiences: [String]
        /// Why not; may be empty.
        public let error: String

        public init(_ review: UnstructuredObject) throws(ObjectError) {
            let status = try ObjectFields(review).optionalFields("status")
            isAuthenticated = try status.flag("authenticated")
            user = try User(status.optionalFields("user"))
            audiences = try status.strings("audiences")
            error = try status.text("error")
        }
    }

    /// Who we are ourselves (SelfSubjectReview).
    public static func ownUser(_ review: UnstructuredObject) throws(ObjectError) -> User {
        try User(ObjectFields(review).optionalFields("status").optionalFields("userInfo"))
    }

    /// A token as the server issued it (TokenRequest); the text is a secret and is handed over apart.
    public static func issuedToken(
        _ request: UnstructuredObject
    ) throws(ObjectError) -> (token: String, expires: Timestamp) {
        let status = try ObjectFields(request).optionalFields("status")
        let token = try status.require("token", try status.string("token"))
        return (token, try status.require("expirationTimestamp", try status.timestamp("expirationTimestamp")))
    }

    /// What is asked for with a TokenRequest.
    public struct TokenSpecification: Hashable, Sendable {
        /// Empty for the API server itself.
        public var audiences: [String]
        /// At least ten minutes; the server may give less, or more.
        public var lifetime: Duration?
        /// The token dies with this object: a Pod, a Secret or a Node.
        public var boundTo: ObjectReference?

        public init(audiences: [String] = [], lifetime: Duration? = nil, boundTo: ObjectReference? = nil) {
            self.audiences = audiences
            self.lifetime = lifetime
            self.boundTo = boundTo
        }

        public var object: UnstructuredObject {
            var spec: JSONObject = ["audiences": .strings(audiences)]
            if let lifetime { spec["expirationSeconds"] = .int(lifetime.components.seconds) }
            if var reference = boundTo {
                // The binding is within the namespace of the account; the field knows none.
                reference.namespace = ""
                spec["boundObjectRef"] = reference.json
            }
            return UnstructuredObject([
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": .object(spec),
            ])
        }
    }
}

/// The kinds of `authorization.k8s.io/v1`: questions about what somebody may do.
public enum AuthorizationV1 {
    /// The answer of every access review.
    ///
    /// Neither allowed nor denied means that nobody had an opinion, which a server takes for no.
    public struct AccessVerdict: Hashable, Sendable {
        public let isAllowed: Bool
        public let isDenied: Bool
        public let reason: String
        /// What could not be looked at; the answer may still be good.
        public let evaluationError: String

        public init(_ review: UnstructuredObject) throws(ObjectError) {
            let fields = ObjectFields(review)
            let status = try fields.require("status", try fields.fields("status"))
            isAllowed = try status.require("allowed", try status.bool("allowed"))
            isDenied = try status.flag("denied")
            reason = try status.text("reason")
            evaluationError = try status.text("evaluationError")
        }
    }
}
