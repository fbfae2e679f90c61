public import KubernetesModel

/// Why a list or a watch came to nothing, as far as the next step depends on it.
public enum ListWatchFailure: Error, Hashable, Sendable {
    /// The version or the page asked for is no longer kept (410, `Gone` or `Expired`).
    case expired
    /// The server has not reached the version asked for (504 with the cause `ResourceVersionTooLarge`).
    case versionTooLarge(retryAfter: Duration?)
    /// 429, 503, or any other status that says when to come back.
    case overloaded(retryAfter: Duration?)
    /// Any other status. The text is for people.
    case refused(code: Int, String)
    /// Not reached, or gone within the answer.
    case connection(String)
    /// Half a frame, no JSON, no object: what came is no answer.
    case malformed(String)
    /// Nothing was heard for too long.
    case silent

    public init(_ status: APIStatus) {
        if status.code == 410 || status.reason == .expired || status.reason == .gone {
            self = .expired
        } else if status.details.causes.contains(where: { $0.reason == "ResourceVersionTooLarge" })
            || (status.code == 504 && status.message.hasPrefix("Too large resource version"))
        {
            self = .versionTooLarge(retryAfter: status.details.retryAfter)
        } else if status.code == 429 || status.code == 503 || status.details.retryAfter != nil {
            self = .overloaded(retryAfter: status.details.retryAfter)
        } else {
            self = .refused(code: status.code, status.message)
        }
    }

    var retryAfter: Duration? {
        switch self {
        case .versionTooLarge(let wait), .overloaded(let wait): wait
        case .expired, .refused, .connection, .malformed, .silent: nil
        }
    }
}

extension ListWatchFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .expired: "the version asked for is no longer kept"
        case .versionTooLarge: "the server has not reached the version asked for"
        case .overloaded(nil): "the server is overloaded"
        case .overloaded(let wait?): "the server is overloaded, and asks to come back in \(wait)"
        case .refused(let code, let text): "the server answered \(code): \(text)"
        case .connection(let text): "the connection failed: \(text)"
        case .malformed(let text): "the answer makes no sense: \(text)"
        case .silent: "nothing was heard for too long"
        }
    }
}
