public import KubernetesModel

/// Signs the tokens of service accounts (`serviceaccounts/token`).
public protocol TokenIssuer: Sendable {
    /// Throws what the caller is told, when no token can be made.
    func issue(_ order: TokenOrder) async throws(APIStatus) -> IssuedToken
}

/// A token that was asked for, by someone who may, for a service account that exists.
public struct TokenOrder: Hashable, Sendable {
    /// An object that the token dies with.
    public struct BoundObject: Hashable, Sendable {
        public var apiVersion: String
        /// `Pod`, `Secret` or `Node`.
        public var kind: String
        public var name: String
        public var uid: String

        public init(apiVersion: String, kind: String, name: String, uid: String) {
            self.apiVersion = apiVersion
            self.kind = kind
            self.name = name
            self.uid = uid
        }
    }

    public var namespace: String
    public var serviceAccount: String
    public var serviceAccountUID: String
    /// Empty for the API server itself.
    public var audiences: [String]
    /// At least ten minutes.
    public var lifetime: Duration
    public var boundTo: BoundObject?

    public init(
        namespace: String,
        serviceAccount: String,
        serviceAccountUID: String,
        audiences: [String],
        lifetime: Duration,
        boundTo: BoundObject?
    ) {
        self.namespace = namespace
        self.serviceAccount = serviceAccount
        self.serviceAccountUID = serviceAccountUID
        self.audiences = audiences
        self.lifetime = lifetime
        self.boundTo = boundTo
    }
}

/// A signed token, and how long it is good for.
public struct IssuedToken: Sendable {
    /// A secret: it goes into the answer and nowhere else.
    public var token: String
    /// Those that were asked for, or the API server's own.
    public var audiences: [String]
    public var expires: Timestamp

    public init(token: String, audiences: [String], expires: Timestamp) {
        self.token = token
        self.audiences = audiences
        self.expires = expires
    }
}
