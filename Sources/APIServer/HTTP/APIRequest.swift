public import JSONText
public import KubernetesModel
public import NIOCore
public import RBAC

/// One request to the API, after HTTP and after authentication.
public struct APIRequest: Sendable {
    /// Upper case.
    public var method: String
    /// Begins with `/`; percent-decoded by segment, so that a `%2F` within a segment was refused before.
    public var path: String
    public var query: [(name: String, value: String)]
    public var contentType: String
    /// What the caller takes, in its order of preference, as written.
    public var accept: String
    public var userAgent: String
    /// Whole, and within the limit.
    public var body: [UInt8]
    public var user: UserInfo
    /// Goes back as `Audit-Id`.
    public var auditID: String

    public init(
        method: String,
        path: String,
        query: [(name: String, value: String)] = [],
        contentType: String = "",
        accept: String = "",
        userAgent: String = "",
        body: [UInt8] = [],
        user: UserInfo,
        auditID: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.contentType = contentType
        self.accept = accept
        self.userAgent = userAgent
        self.body = body
        self.user = user
        self.auditID = auditID
    }

    /// The first value of a query parameter; `nil` when it is absent.
    public func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

/// What goes back.
public struct APIResponse: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        /// A watch: chunks are written as they come, until the sequence ends or the caller leaves.
        case stream(any AsyncSequence<ByteBuffer, any Error> & Sendable)
    }

    public var code: Int
    public var contentType: String
    /// Become `Warning: 299 - "…"` (RFC 7234, section 5.5).
    public var warnings: [String]
    public var headers: [(name: String, value: String)]
    public var body: Body
    /// What webhooks want to have written down about the request.
    public var auditAnnotations: [(name: String, value: String)] = []

    public init(
        code: Int = 200,
        contentType: String = "application/json",
        warnings: [String] = [],
        headers: [(name: String, value: String)] = [],
        body: Body
    ) {
        self.code = code
        self.contentType = contentType
        self.warnings = warnings
        self.headers = headers
        self.body = body
    }

    public init(code: Int = 200, _ value: JSONValue, warnings: [String] = []) {
        self.init(code: code, warnings: warnings, body: .bytes(value.bytes()))
    }

    public init(_ status: APIStatus, warnings: [String] = []) {
        self.init(code: status.code, status.json, warnings: warnings)
        if let wait = status.details.retryAfter {
            headers.append(("Retry-After", "\(wait.components.seconds)"))
        }
    }
}
