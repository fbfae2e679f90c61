public import KubernetesModel

// What Kubernetes answers, word for word: programs compare reasons, and people search for messages.

extension APIStatus {
    public static func notFound(_ resource: GroupResource, name: String) -> APIStatus {
        about(404, .notFound, resource, name, "\(resource) \(GoText.quoted(name)) not found")
    }

    /// For a path that nothing is served under.
    public static let noSuchPath = APIStatus(
        code: 404,
        reason: .notFound,
        message: "the server could not find the requested resource"
    )

    public static func alreadyExists(_ resource: GroupResource, name: String) -> APIStatus {
        about(409, .alreadyExists, resource, name, "\(resource) \(GoText.quoted(name)) already exists")
    }

    /// All names that were made from a `generateName` were taken.
    public static func nameNotGenerated(_ resource: GroupResource, name: String) -> APIStatus {
        var status = about(
            409,
            .alreadyExists,
            resource,
            name,
            "\(resource) \(GoText.quoted(name)) already exists, the server was not able to generate a unique name for the object"
        )
        status.details.retryAfter = .seconds(1)
        return status
    }

    public static func conflict(_ resource: GroupResource, name: String, _ cause: String) -> APIStatus {
        about(
            409,
            .conflict,
            resource,
            name,
            "Operation cannot be fulfilled on \(resource) \(GoText.quoted(name)): \(cause)"
        )
    }

    /// The resource version that was given is not the stored one.
    public static func modified(_ resource: GroupResource, name: String) -> APIStatus {
        conflict(
            resource,
            name: name,
            "the object has been modified; please apply your changes to the latest version and try again"
        )
    }

    public static func invalid(_ kind: GroupVersionKind, name: String, causes: [Cause]) -> APIStatus {
        let texts = causes.map { $0.field.isEmpty ? $0.message : "\($0.field): \($0.message)" }
        let qualified = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
        var message = "\(qualified) \(GoText.quoted(name)) is invalid"
        switch texts.count {
        case 0: break
        case 1: message += ": \(texts[0])"
        default:
            // As Go's aggregate prints: each text once.
            var seen: Set<String> = []
            message += ": [\(texts.filter { seen.insert($0).inserted }.joined(separator: ", "))]"
        }
        return APIStatus(
            code: 422,
            reason: .invalid,
            message: message,
            details: Details(name: name, group: kind.group, kind: kind.kind, causes: causes)
        )
    }

    public static func forbidden(_ resource: GroupResource, name: String, _ cause: String) -> APIStatus {
        let subject =
            resource.resource.isEmpty ? "forbidden" : "\(resource) \(GoText.quoted(name)) is forbidden"
        return about(403, .forbidden, resource, name, "\(subject): \(cause)")
    }

    public static func badRequest(_ message: String) -> APIStatus {
        APIStatus(code: 400, reason: .badRequest, message: message)
    }

    public static let unauthorized = APIStatus(code: 401, reason: .unauthorized, message: "Unauthorized")

    public static func methodNotSupported(_ resource: GroupResource, verb: String) -> APIStatus {
        APIStatus(
            code: 405,
            reason: .methodNotAllowed,
            message: "\(verb) is not supported on resources of kind \(GoText.quoted(resource.description))",
            details: Details(group: resource.group, kind: resource.resource)
        )
    }

    /// A method that nothing is registered for under a path that exists.
    public static let methodNotAllowed = APIStatus(
        code: 405,
        reason: .methodNotAllowed,
        message: "the server does not allow this method on the requested resource"
    )

    public static func unsupportedMediaType(_ message: String) -> APIStatus {
        APIStatus(code: 415, reason: .unsupportedMediaType, message: message)
    }

    public static func notAcceptable(_ types: [String]) -> APIStatus {
        APIStatus(
            code: 406,
            reason: .notAcceptable,
            message: "only the following media types are accepted: \(types.joined(separator: ", "))"
        )
    }

    /// A list or watch from a revision that is no longer kept.
    public static func expired(_ message: String) -> APIStatus {
        APIStatus(code: 410, reason: .expired, message: message)
    }

    public static func resourceVersionTooOld(asked: UInt64, oldest: UInt64) -> APIStatus {
        expired("too old resource version: \(asked) (\(oldest))")
    }

    public static let continueExpired = expired(
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list."
    )

    public static func tooManyRequests(_ message: String, retryAfter: Duration) -> APIStatus {
        APIStatus(
            code: 429,
            reason: .tooManyRequests,
            message: message,
            details: Details(retryAfter: retryAfter)
        )
    }

    public static func requestEntityTooLarge(_ message: String) -> APIStatus {
        APIStatus(
            code: 413,
            reason: .requestEntityTooLarge,
            message: "Request entity too large: \(message)"
        )
    }

    public static func internalError(_ message: String) -> APIStatus {
        APIStatus(
            code: 500,
            reason: .internalError,
            message: "Internal error occurred: \(message)",
            details: Details(causes: [Cause(reason: "", message: message)])
        )
    }

    private static func about(
        _ code: Int,
        _ reason: Reason,
        _ resource: GroupResource,
        _ name: String,
        _ message: String
    ) -> APIStatus {
        APIStatus(
            code: code,
            reason: reason,
            message: message,
            details: Details(name: name, group: resource.group, kind: resource.resource)
        )
    }
}
