public import JSONText

/// What an API server answers when it does not answer with an object (`meta/v1` Status).
///
/// The server makes them and the client reads them, so reasons, codes and words are in one place.
public struct APIStatus: Error, Hashable, Sendable {
    /// Why, in a word that programs may compare (`meta/v1` StatusReason).
    public struct Reason: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        public static let unknown = Self(rawValue: "")
        public static let badRequest = Self(rawValue: "BadRequest")
        public static let unauthorized = Self(rawValue: "Unauthorized")
        public static let forbidden = Self(rawValue: "Forbidden")
        public static let notFound = Self(rawValue: "NotFound")
        public static let methodNotAllowed = Self(rawValue: "MethodNotAllowed")
        public static let notAcceptable = Self(rawValue: "NotAcceptable")
        public static let alreadyExists = Self(rawValue: "AlreadyExists")
        public static let conflict = Self(rawValue: "Conflict")
        public static let gone = Self(rawValue: "Gone")
        public static let expired = Self(rawValue: "Expired")
        public static let requestEntityTooLarge = Self(rawValue: "RequestEntityTooLarge")
        public static let unsupportedMediaType = Self(rawValue: "UnsupportedMediaType")
        public static let invalid = Self(rawValue: "Invalid")
        public static let tooManyRequests = Self(rawValue: "TooManyRequests")
        public static let internalError = Self(rawValue: "InternalError")
        public static let serviceUnavailable = Self(rawValue: "ServiceUnavailable")
        public static let timeout = Self(rawValue: "Timeout")
        public static let serverTimeout = Self(rawValue: "ServerTimeout")
    }

    /// One thing that is wrong with one field (`meta/v1` StatusCause).
    public struct Cause: Hashable, Sendable {
        /// Such as `FieldValueRequired`, `FieldValueInvalid`, `FieldManagerConflict`.
        public var reason: String
        public var message: String
        /// Such as `spec.ports[0].port`.
        public var field: String

        public init(reason: String, message: String, field: String = "") {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    public struct Details: Hashable, Sendable {
        public var name: String
        public var group: String
        /// A kind, or a resource's plural: Kubernetes writes either.
        public var kind: String
        public var uid: String
        public var causes: [Cause]
        public var retryAfter: Duration?

        public init(
            name: String = "",
            group: String = "",
            kind: String = "",
            uid: String = "",
            causes: [Cause] = [],
            retryAfter: Duration? = nil
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfter = retryAfter
        }

        public var isEmpty: Bool { self == Details() }
    }

    /// The HTTP status.
    public var code: Int
    public var reason: Reason
    public var message: String
    public var details: Details

    public init(code: Int, reason: Reason, message: String, details: Details = Details()) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }

    public var isSuccess: Bool { (200..<300).contains(code) }
}

extension APIStatus: CustomStringConvertible {
    public var description: String {
        reason == .unknown ? "\(code): \(message)" : "\(code) \(reason.rawValue): \(message)"
    }
}

// MARK: - The wire

extension APIStatus {
    /// Reads a Status object; `nil` when the value is none.
    public init?(_ value: JSONValue) {
        guard value["kind"]?.string == "Status" else { return nil }
        let given = value["details"]
        var details = Details(
            name: given?["name"]?.string ?? "",
            group: given?["group"]?.string ?? "",
            kind: given?["kind"]?.string ?? "",
            uid: given?["uid"]?.string ?? ""
        )
        details.causes = (given?["causes"]?.array ?? []).map { cause in
            Cause(
                reason: cause["reason"]?.string ?? "",
                message: cause["message"]?.string ?? "",
                field: cause["field"]?.string ?? ""
            )
        }
        // Hostile input: a wait of more than a day is as good as none said.
        if let seconds = given?["retryAfterSeconds"]?.int, (1...86_400).contains(seconds) {
            details.retryAfter = .seconds(seconds)
        }
        let isSuccess = value["status"]?.string == "Success"
        self.init(
            code: value["code"]?.int ?? (isSuccess ? 200 : 500),
            reason: Reason(rawValue: value["reason"]?.string ?? ""),
            message: value["message"]?.string ?? "",
            details: details
        )
    }

    public var json: JSONValue {
        var members: JSONObject = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:],
            "status": .string(isSuccess ? "Success" : "Failure"),
        ]
        if !message.isEmpty { members["message"] = .string(message) }
        if reason != .unknown { members["reason"] = .string(reason.rawValue) }
        if !details.isEmpty { members["details"] = details.json }
        members["code"] = .int(code)
        return .object(members)
    }
}

extension APIStatus.Details {
    fileprivate var json: JSONValue {
        var members = JSONObject()
        for (name, text) in [("name", name), ("group", group), ("kind", kind), ("uid", uid)]
        where !text.isEmpty {
            members[name] = .string(text)
        }
        if !causes.isEmpty {
            members["causes"] = .array(
                causes.map { cause in
                    var members = JSONObject()
                    for (name, text) in [
                        ("reason", cause.reason), ("message", cause.message), ("field", cause.field),
                    ] where !text.isEmpty {
                        members[name] = .string(text)
                    }
                    return .object(members)
                }
            )
        }
        if let retryAfter { members["retryAfterSeconds"] = .int(retryAfter.components.seconds) }
        return .object(members)
    }
}
